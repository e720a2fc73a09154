import Synchronization
import Testing
import WeirAgent
import WeirModel
import WeirSystem
import WeirTesting

/// Files that rotate and are cut, an agent that is killed, a server that refuses, breaks off, is killed and is away:
/// every line in a file that is still there arrives, and none is stored twice.
///
/// The lines have no time of their own, so a line that was read twice would be two entries to the store.
@Suite struct ExactlyOnceTests {
    /// One log as logrotate keeps it: at most so many files, the oldest deleted.
    private struct Writer {
        let log: String
        let filesMax: Int
        var number = 0
        /// The lines of each file, the present one first.
        var files: [[String]] = [[]]

        mutating func write(_ count: Int, to scene: DeliveryScene) throws {
            var text = ""
            for _ in 0..<count {
                number += 1
                let line = "\(log) line \(number) " + String(repeating: "x", count: number % 50)
                text += line + "\n"
                files[0].append(line)
            }
            try scene.append(text, to: log)
        }

        mutating func rotate(in scene: DeliveryScene) throws {
            let path = scene.folder.path + "/" + log
            try scene.system.remove(path + ".\(filesMax - 1)")
            for number in stride(from: filesMax - 2, through: 1, by: -1)
            where try scene.system.status(path + ".\(number)") != nil {
                try scene.system.rename(path + ".\(number)", to: path + ".\(number + 1)")
            }
            try scene.system.rename(path, to: path + ".1")
            try scene.append("", to: log)
            files.insert([], at: 0)
            if files.count > filesMax { files.removeLast() }
        }

        mutating func cut(in scene: DeliveryScene) throws {
            let file = try scene.system.open(scene.folder.path + "/" + log, .update)
            defer { file.close() }
            try file.truncate(to: 0)
            files[0] = []
        }
    }

    @Test(arguments: Array(1...12) as [UInt64])
    func `whatever happens, every line that is still there arrives once`(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let scene = try DeliveryScene()
        let faults = Mutex(SeededGenerator(seed: seed &+ 1_000))
        scene.server.misbehave {
            faults.withLock {
                Int.random(in: 0..<2, using: &$0) == 0 ? .none : FaultyServer.Fault.allCases.randomElement(using: &$0)!
            }
        }
        var writers = ["logs/api.log", "logs/web.log"].map { Writer(log: $0, filesMax: 2 + Int(seed % 4)) }
        for index in writers.indices { try writers[index].write(1, to: scene) }
        for _ in 0..<80 {
            let index = Int.random(in: 0..<2, using: &random)
            switch Int.random(in: 0..<12, using: &random) {
            case 0...3: try writers[index].write(Int.random(in: 1...200, using: &random), to: scene)
            case 4: try writers[index].rotate(in: scene)
            case 5: scene.read()
            case 6:
                scene.read()
                await scene.deliver(
                    atMost: Int.random(in: 0...3, using: &random), attempts: Int.random(in: 1...3, using: &random))
            case 7: scene.pass(Int64.random(in: 1...12_000_000_000, using: &random))
            case 8:
                if Bool.random(using: &random) { scene.follower.savePositions() }
                try scene.kill()
            case 9:
                await scene.settle()
                try writers[index].cut(in: scene)
            case 10: try await scene.server.flush()
            default: await scene.settle()
            }
        }
        scene.server.misbehave { .none }
        await scene.settle()
        let stored = try await scene.server.lines()
        let arrived = Set(stored)
        for writer in writers {
            let missing = writer.files.flatMap { $0 }.filter { !arrived.contains($0) }
            #expect(
                missing.isEmpty, "seed \(seed), \(writer.log): \(missing.count) missing, first \(missing.prefix(2))")
        }
        #expect(stored.count == arrived.count, "seed \(seed): \(stored.count - arrived.count) lines are stored twice")
    }

    @Test func `an answer that is lost costs no line and doubles none, whoever dies then`() async throws {
        let scene = try DeliveryScene()
        scene.server.misbehave { .lostAnswer }
        try scene.append("one\ntwo\n", to: "logs/a.log")
        scene.read()
        scene.pass(2_000_000_000)
        await scene.deliver(attempts: 1)
        // The agent dies, and the server after it has written a segment.
        try scene.kill()
        try await scene.server.flush()
        await scene.server.crash()
        scene.server.misbehave { .none }
        try scene.append("three\n", to: "logs/a.log")
        await scene.settle()
        #expect(try await scene.server.lines().sorted() == ["one", "three", "two"])
    }
}
