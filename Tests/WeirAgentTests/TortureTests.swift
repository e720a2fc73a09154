import Testing
import WeirAgent
import WeirModel
import WeirSystem
import WeirTesting

/// Writers that rotate and delete, an agent that is killed, a server that comes and goes: whatever happens, every line
/// in a file that is still there at the end has arrived.
@Suite struct TortureTests {
    /// One container's log as Docker keeps it: at most so many files, the oldest deleted.
    private struct Writer {
        let log: String
        let filesMax: Int
        var number = 0
        /// The lines of each file, the present one first.
        var files: [[String]] = [[]]

        mutating func write(_ count: Int, to scene: FollowingScene) throws {
            var text = ""
            for _ in 0..<count {
                number += 1
                let line = "line \(number) " + String(repeating: "x", count: number % 50)
                text += dockerRecord(line + "\\n", nanosecond: number)
                files[0].append(line)
            }
            try scene.append(text, to: log)
        }

        mutating func rotate(in scene: FollowingScene) throws {
            let oldest = scene.folder.path + "/\(log).\(filesMax - 1)"
            try scene.system.remove(oldest)
            try scene.rotate(log, keeping: filesMax)
            try scene.append("", to: log)
            files.insert([], at: 0)
            if files.count > filesMax { files.removeLast() }
        }
    }

    @Test(arguments: Array(1...40) as [UInt64])
    func `every line in a file that is still there arrives`(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let scene = try FollowingScene(batchBytes: 8_000) { configuration in
            configuration.limits.bufferBytesMax = 30_000
        }
        let names = ["api", "web"]
        var writers = try names.map { Writer(log: try scene.addContainer($0), filesMax: 2 + Int(seed % 4)) }
        for index in writers.indices { try writers[index].write(1, to: scene) }
        scene.read()
        for _ in 0..<120 {
            let index = Int.random(in: 0..<2, using: &random)
            switch Int.random(in: 0..<12, using: &random) {
            case 0...3: try writers[index].write(Int.random(in: 1...200, using: &random), to: scene)
            case 4, 5: try writers[index].rotate(in: scene)
            case 6: scene.read(lookingForFiles: Bool.random(using: &random))
            case 7:
                // The server takes some of what is waiting; the rest stays where it is.
                scene.read()
                await scene.deliver(atMost: Int.random(in: 0...3, using: &random))
            case 8:
                scene.clock.advance(byNanoseconds: Int64.random(in: 1...12_000_000_000, using: &random))
                _ = scene.follower.step()
            case 9:
                if Bool.random(using: &random) { scene.follower.savePositions() }
                try scene.restart()
            case 10:
                await scene.settle()
                try scene.truncate(writers[index].log)
                writers[index].files[0] = []
            default: await scene.settle()
            }
        }
        await scene.settle()
        for (name, writer) in zip(names, writers) {
            let arrived = Set(scene.destination.entries.filter { $0.labels["container"] == name }.map(\.line))
            let missing = writer.files.flatMap { $0 }.filter { !arrived.contains($0) }
            #expect(missing.isEmpty, "seed \(seed), \(name): \(missing.count) missing, such as \(missing.prefix(3))")
        }
    }

    @Test func `files deleted while the server is away are still delivered`() async throws {
        let scene = try FollowingScene(batchBytes: 4_000) { $0.limits.bufferBytesMax = 8_000 }
        var writer = Writer(log: try scene.addContainer("api"), filesMax: 2)
        for _ in 0..<8 {
            try writer.write(100, to: scene)
            scene.read()
            try writer.rotate(in: scene)
            scene.read()
        }
        await scene.settle()
        #expect(scene.destination.lines.count == 800)
    }

    @Test func `a number that a deleted file had is no reason to skip the files before its new owner`() async throws {
        // The known file is deleted, and a later one has got its number; what lies between them was never read.
        let scene = try FollowingScene()
        try scene.append("known\n", to: "logs/a.log")
        await scene.settle()
        scene.follower.savePositions()
        let number = try #require(try scene.system.status(scene.folder.path + "/logs/a.log")).inode
        scene.follower.stop()
        try scene.append("between\n", to: "logs/b")
        try scene.system.remove(scene.folder.path + "/logs/a.log")
        try scene.rename("logs/b", to: "logs/a.log.2")
        // File systems give a free number to the next file, or to one soon after.
        var spare = 0
        while true {
            try scene.append("owner \(spare)\n", to: "logs/a.log.1")
            if try scene.system.status(scene.folder.path + "/logs/a.log.1")?.inode == number { break }
            spare += 1
            guard spare < 100 else { return }
            try scene.rename("logs/a.log.1", to: "logs/spare\(spare)")
        }
        try scene.append("present\n", to: "logs/a.log")
        try scene.restart()
        await scene.settle()
        #expect(scene.destination.lines == ["known", "between", "owner \(spare)", "present"])
    }
}
