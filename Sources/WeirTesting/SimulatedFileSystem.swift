internal import Glibc
internal import Synchronization
public import WeirSystem

/// A disk in memory that remembers what was synced, and forgets the rest at random when it crashes.
///
/// What survives ``crash(seed:)``: bytes that were synced; of the others any choice of 512-byte sectors; folder changes
/// up to a random point in their order, and those that a synced folder or a later change of the same file needs.
/// Files that were open before a crash answer `EIO` after it, as if they belonged to a dead process.
public final class SimulatedFileSystem: FileSystem {
    private let disk: Mutex<SimulatedDisk>

    /// Creates an empty disk that holds the root folder and takes `bytesMax` bytes of file contents.
    public init(bytesMax: Int = .max) {
        disk = Mutex(SimulatedDisk(bytesMax: bytesMax))
    }

    /// Loses power: every file and folder becomes something that the calls so far allow it to be.
    public func crash(seed: UInt64) {
        disk.withLock { $0.crash(seed: seed) }
    }

    /// The bytes that all files together may occupy; beyond it writes fail with `ENOSPC`.
    public var bytesMax: Int {
        get { disk.withLock { $0.bytesMax } }
        set { disk.withLock { $0.bytesMax = newValue } }
    }

    /// Lets the next `count` syncs of files fail with `EIO`; what they should have synced may be lost for good.
    public func failSyncs(_ count: Int) {
        disk.withLock { $0.syncFailuresDue = count }
    }

    /// Lets the next `count` writes fail with `EIO` without writing.
    public func failWrites(_ count: Int) {
        disk.withLock { $0.writeFailuresDue = count }
    }

    /// Cuts the power at a call to come: the next `count` calls that change something work, all later ones fail with
    /// `EIO` until ``crash(seed:)``.
    public func losePower(afterCalls count: Int) {
        disk.withLock { $0.callsUntilPowerLoss = count }
    }

    /// How many syncs of files have succeeded.
    public var syncCount: Int { disk.withLock { $0.syncCount } }

    /// Changes bytes of a file behind everybody's back, as a failing disk does; they count as synced.
    public func corrupt(_ path: String, at offset: Int, _ change: (UInt8) -> UInt8) {
        disk.withLock { disk in
            guard let file = disk.files[path], offset < file.current.count else { return }
            file.current[offset] = change(file.current[offset])
            file.commit(lost: false)
        }
    }

    /// Opens a file.
    public func open(_ path: String, _ mode: FileMode) throws(FileError) -> any File {
        let (contents, generation) = try disk.withLock { (disk) throws(FileError) in
            (try disk.open(path, mode), disk.generation)
        }
        return SimulatedFile(system: self, path: path, contents: contents, generation: generation)
    }

    /// The names in a folder, in the order of their bytes.
    public func list(_ folder: String) throws(FileError) -> [String] {
        try disk.withLock { (disk) throws(FileError) in try disk.list(folder) }
    }

    /// Creates a folder and its missing parents, durably: what a crash does to folders is not the subject here.
    public func createFolder(_ path: String) throws(FileError) {
        disk.withLock { disk in
            var next: String? = path
            while let folder = next, disk.folders.insert(folder).inserted { next = FolderPath.parent(of: folder) }
        }
    }

    /// What is known about a path; nil when nothing is there.
    public func status(_ path: String) throws(FileError) -> FileStatus? {
        disk.withLock { disk in
            if let file = disk.files[path] {
                let size = file.current.count
                return FileStatus(size: size, device: 1, inode: file.number, modified: 0, isFolder: false)
            }
            guard disk.folders.contains(path) else { return nil }
            return FileStatus(size: 0, device: 1, inode: 0, modified: 0, isFolder: true)
        }
    }

    /// Renames, replacing what is at `target`; of a folder every file is renamed by itself, and the folder durably.
    public func rename(_ source: String, to target: String) throws(FileError) {
        try disk.withLock { (disk) throws(FileError) in
            try disk.spendCall("rename", source)
            if disk.folders.contains(source) { return disk.renameFolder(source, to: target) }
            guard let file = disk.files[source] else {
                throw FileError(operation: "rename to \(target)", path: source, code: ENOENT)
            }
            try disk.requireFolder(of: target, "rename to")
            disk.change(.rename(source, to: target, file))
        }
    }

    /// Removes a file; one that is missing is fine.
    public func remove(_ path: String) throws(FileError) {
        try disk.withLock { (disk) throws(FileError) in
            try disk.spendCall("remove", path)
            if let file = disk.files[path] { disk.change(.unlink(path, file)) }
        }
    }

    /// Removes a folder with everything in it; the files in it may come back in a crash.
    public func removeFolder(_ path: String) throws(FileError) {
        disk.withLock { disk in
            for (name, file) in disk.files where name.hasPrefix(path + "/") { disk.change(.unlink(name, file)) }
            disk.folders = disk.folders.filter { $0 != path && !$0.hasPrefix(path + "/") }
        }
    }

    /// Makes renames, creations and removals in a folder durable.
    public func syncFolder(_ path: String) throws(FileError) {
        try disk.withLock { (disk) throws(FileError) in
            try disk.spendCall("sync folder", path)
            guard disk.folders.contains(path) else {
                throw FileError(operation: "sync folder", path: path, code: ENOENT)
            }
            disk.syncFolder(path)
        }
    }

    /// Bytes that may still be written.
    public func freeBytes(_ path: String) throws(FileError) -> Int {
        disk.withLock { $0.bytesMax - $0.bytesUsed }
    }

    fileprivate func access<Value: Sendable>(
        _ file: SimulatedFile, _ operation: String, _ body: (inout SimulatedDisk) throws(FileError) -> Value
    ) throws(FileError) -> Value {
        try disk.withLock { (disk) throws(FileError) in
            guard disk.generation == file.generation else {
                throw FileError(operation: operation, path: file.path, code: EIO)
            }
            return try body(&disk)
        }
    }
}

/// An open file of a simulated disk.
private final class SimulatedFile: File {
    let path: String
    let generation: Int
    private let system: SimulatedFileSystem
    private let contents: SimulatedContents

    init(system: SimulatedFileSystem, path: String, contents: SimulatedContents, generation: Int) {
        self.system = system
        self.path = path
        self.contents = contents
        self.generation = generation
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) -> Int {
        try system.access(self, "read") { _ in
            let count = max(0, min(buffer.count, contents.current.count - offset))
            if count > 0 { buffer.copyBytes(from: contents.current[offset..<offset + count]) }
            return count
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileError) {
        try system.access(self, "write") { (disk) throws(FileError) in
            try disk.write(bytes, to: contents, at: offset, path: path)
        }
    }

    func sync() throws(FileError) {
        try system.access(self, "sync") { (disk) throws(FileError) in
            try disk.spendCall("sync", path)
            let fails = disk.syncFailuresDue > 0
            contents.commit(lost: fails)
            guard !fails else {
                disk.syncFailuresDue -= 1
                throw FileError(operation: "sync", path: path, code: EIO)
            }
            disk.syncCount += 1
        }
    }

    func size() throws(FileError) -> Int {
        try system.access(self, "measure") { _ in contents.current.count }
    }

    func truncate(to size: Int) throws(FileError) {
        try system.access(self, "truncate") { _ in contents.truncate(to: size) }
    }

    func close() {}
}
