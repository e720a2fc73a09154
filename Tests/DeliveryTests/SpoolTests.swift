import Testing
import WeirAgent
import WeirModel
import WeirSystem
import WeirTesting

@Suite struct SpoolTests {
    /// A scene whose server is away; the spool takes over after five seconds.
    private func sceneWithoutServer(
        _ configure: (inout SpoolConfiguration) -> Void = { _ in }
    ) throws -> DeliveryScene {
        let scene = try DeliveryScene { configure(&$0.spool) }
        scene.server.misbehave { .unreachable }
        return scene
    }

    private func lines(_ range: Range<Int>) -> [String] {
        range.map { "line \($0) " + String(repeating: "\($0 % 7)", count: 90) }
    }

    /// Writes lines, which the agent reads as far as it may.
    private func write(_ range: Range<Int>, in scene: DeliveryScene) async throws {
        for start in stride(from: range.lowerBound, to: range.upperBound, by: 100) {
            let part = lines(start..<min(start + 100, range.upperBound))
            try scene.append(part.map { $0 + "\n" }.joined(), to: "logs/a.log")
            scene.read()
            await scene.deliver(attempts: 1)
            scene.pass(6_000_000_000)
            scene.read()
        }
    }

    @Test func `files that are deleted while the server is away arrive, also after a restart`() async throws {
        let scene = try sceneWithoutServer()
        try await write(0..<2_000, in: scene)
        #expect(scene.queue.spooledBytes > 10_000)
        try scene.system.remove(scene.folder.path + "/logs/a.log")
        try scene.kill()
        scene.server.misbehave { .none }
        await scene.settle()
        #expect(try await scene.server.lines() == lines(0..<2_000))
        #expect(scene.queue.spooledBytes == 0)
    }

    @Test func `a full spool lets reading wait, and nothing is lost`() async throws {
        let scene = try sceneWithoutServer { $0.bytesMax = 60_000 }
        try await write(0..<4_000, in: scene)
        #expect(scene.queue.spooledBytes < 100_000)
        #expect(scene.queue.dropped.isEmpty)
        scene.server.misbehave { .none }
        await scene.settle()
        #expect(try await scene.server.lines().sorted() == lines(0..<4_000).sorted())
    }

    @Test func `a full spool drops what has waited longest where that is wanted`() async throws {
        let scene = try sceneWithoutServer { spool in
            spool.bytesMax = 20_000
            spool.overflow = .dropOldest
        }
        try await write(0..<6_000, in: scene)
        scene.server.misbehave { .none }
        await scene.settle()
        let arrived = try await scene.server.lines()
        let dropped = try #require(scene.queue.dropped["spool_full"])
        #expect(dropped > 0 && arrived.count + dropped == 6_000)
        #expect(arrived.suffix(50) == lines(5_950..<6_000)[...])
    }

    @Test func `a full spool drops what was just read where that is wanted`() async throws {
        let scene = try sceneWithoutServer { spool in
            spool.bytesMax = 20_000
            spool.overflow = .dropNewest
        }
        try await write(0..<6_000, in: scene)
        scene.server.misbehave { .none }
        await scene.settle()
        let arrived = try await scene.server.lines()
        let dropped = try #require(scene.queue.dropped["spool_full"])
        #expect(dropped > 0 && arrived.count + dropped == 6_000)
        #expect(arrived.prefix(50) == lines(0..<50)[...])
    }

    @Test func `what is too old is dropped and counted`() async throws {
        let scene = try sceneWithoutServer { $0.ageMax = .seconds(600) }
        try await write(0..<1_000, in: scene)
        scene.pass(1_000_000_000_000)
        try await write(1_000..<1_100, in: scene)
        scene.server.misbehave { .none }
        await scene.settle()
        let dropped = try #require(scene.queue.dropped["spool_too_old"])
        let arrived = try await scene.server.lines()
        #expect(dropped > 0 && arrived.count + dropped == 1_100)
        #expect(arrived.suffix(100) == lines(1_000..<1_100)[...])
    }

    @Test func `a batch of which only half reached the disk is read again from its file`() async throws {
        let scene = try sceneWithoutServer()
        try await write(0..<300, in: scene)
        let folder = scene.folder.path + "/positions.yaml.spool"
        let name = try #require(try scene.system.list(folder).last)
        let file = try scene.system.open(folder + "/" + name, .update)
        try file.truncate(to: try file.size() - 7)
        file.close()
        // As if the machine had stopped before the positions were saved, too.
        try scene.system.remove(scene.folder.path + "/positions.yaml")
        try scene.kill()
        scene.server.misbehave { .none }
        await scene.settle()
        #expect(try await scene.server.lines().sorted() == lines(0..<300).sorted())
    }
}
