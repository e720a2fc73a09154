import Testing
import WeirSystem
import WeirTesting

/// What both file systems must do alike.
@Suite struct FileSystemTests {
    private let folder = TemporaryFolder()

    private var both: [(files: any FileSystem, root: String)] {
        let simulated = SimulatedFileSystem()
        return [(folder.files, folder.path), (simulated, "/x")]
    }

    private func write(_ text: String, to path: String, on files: any FileSystem) throws {
        let file = try files.open(path, .create)
        try Array(text.utf8).withUnsafeBytes { try file.write($0, at: 0) }
        try file.sync()
        file.close()
    }

    @Test func `files are written, listed, renamed and removed`() throws {
        for (files, root) in both {
            try files.createFolder(root + "/a/b")
            try files.createFolder(root + "/a/b")
            try write("one", to: root + "/a/2", on: files)
            try write("two", to: root + "/a/1", on: files)
            #expect(try files.list(root + "/a") == ["1", "2", "b"])
            try files.rename(root + "/a/2", to: root + "/a/1")
            #expect(try files.list(root + "/a") == ["1", "b"])
            #expect(try files.contents(of: root + "/a/1") == Array("one".utf8))
            #expect(try files.status(root + "/a/1")?.size == 3)
            #expect(try files.status(root + "/a")?.isFolder == true)
            #expect(try files.status(root + "/c") == nil)
            try files.syncFolder(root + "/a")
            try files.remove(root + "/a/1")
            try files.remove(root + "/a/1")
            try write("x", to: root + "/a/b/3", on: files)
            try files.removeFolder(root + "/a")
            try files.removeFolder(root + "/a")
            #expect(try files.status(root + "/a") == nil)
            #expect(try files.freeBytes(root) > 0)
        }
    }

    @Test func `reads end at the end of the file and writes leave holes of zeros`() throws {
        for (files, root) in both {
            try files.createFolder(root)
            let file = try files.open(root + "/f", .create)
            try [UInt8]([1, 2]).withUnsafeBytes { try file.write($0, at: 3) }
            var bytes = [UInt8](repeating: 9, count: 8)
            let count = try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: 1) }
            #expect(count == 4)
            #expect(bytes == [0, 0, 1, 2, 9, 9, 9, 9])
            try file.truncate(to: 4)
            #expect(try file.size() == 4)
        }
    }

    @Test func `errors name the call, the path and the reason`() throws {
        for (files, root) in both {
            try files.createFolder(root)
            do throws(FileError) {
                _ = try files.open(root + "/missing", .read)
                Issue.record("opened a file that is not there")
            } catch {
                #expect(error.description == "cannot open \(root)/missing: No such file or directory")
            }
        }
    }

    @Test func `a second lock names the process that holds the first`() throws {
        let lock = try FolderLock(folder: folder.path)
        do throws(FolderLockError) {
            _ = try FolderLock(folder: folder.path)
            Issue.record("locked twice")
        } catch {
            #expect(error.description.contains("is held by pid "))
        }
        lock.release()
        try FolderLock(folder: folder.path).release()
    }

    @Test(arguments: UInt64(0)..<50)
    func `a replaced file holds the old bytes or the new after a crash at any call`(seed: UInt64) throws {
        let disk = SimulatedFileSystem()
        try disk.createFolder("/x")
        let (old, new) = ([UInt8](repeating: 1, count: 2000), [UInt8](repeating: 2, count: 3000))
        try AtomicReplace.write(old, to: "/x/f", on: disk)
        disk.losePower(afterCalls: Int(seed % 7))
        let isDone = (try? AtomicReplace.write(new, to: "/x/f", on: disk)) != nil
        disk.crash(seed: seed)
        let found = try disk.contents(of: "/x/f")
        #expect(found == new || (!isDone && found == old))
    }

    @Test func `a crash forgets what was not synced`() throws {
        var outcomes: Set<[UInt8]> = []
        for seed in UInt64(0)..<60 {
            let disk = SimulatedFileSystem()
            try disk.createFolder("/x")
            let file = try disk.open("/x/f", .create)
            try disk.syncFolder("/x")
            try [UInt8](repeating: 1, count: 1024).withUnsafeBytes { try file.write($0, at: 0) }
            try file.sync()
            try [UInt8](repeating: 2, count: 1024).withUnsafeBytes { try file.write($0, at: 0) }
            disk.crash(seed: seed)
            #expect(throws: FileError.self) { try file.sync() }
            outcomes.insert(try disk.contents(of: "/x/f"))
        }
        // Each of the two sectors is old or new.
        #expect(outcomes.count == 4)
    }
}
