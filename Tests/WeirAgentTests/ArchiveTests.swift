import Testing
import WeirAgent
import WeirBytes
import WeirModel
import WeirSystem
import WeirTesting

@Suite struct ArchiveTests {
    private func archiveScene() throws -> FollowingScene {
        try FollowingScene { configuration in
            configuration.docker = nil
            configuration.scrapes[0].isCompressed = true
        }
    }

    private func pack(_ lines: [String], to path: String, in scene: FollowingScene) throws {
        let packed = InflateCodec.compressGzip(Array(lines.map { $0 + "\n" }.joined().utf8))
        let file = try scene.system.open(scene.folder.path + "/" + path, .create)
        defer { file.close() }
        try packed.withUnsafeBytes { try file.write($0, at: 0) }
    }

    @Test func `an archive is read from start to end`() async throws {
        let scene = try archiveScene()
        let lines = (0..<50_000).map { "line \($0) of the archive" }
        let text = Array(lines.map { $0 + "\n" }.joined().utf8)
        let half = text.count / 2
        // Two members, as two appends of gzip make them.
        let packed =
            InflateCodec.compressGzip(Array(text[..<half])) + InflateCodec.compressGzip(Array(text[half...]))
        let file = try scene.system.open(scene.folder.path + "/logs/old.log", .create)
        try packed.withUnsafeBytes { try file.write($0, at: 0) }
        file.close()
        await scene.settle()
        #expect(scene.destination.lines == lines)
    }

    @Test func `an archive that is still there is not read again after a restart, another one is`() async throws {
        let scene = try archiveScene()
        let lines = (0..<20_000).map { "line \($0) of the archive" }
        try pack(lines, to: "logs/old.log", in: scene)
        await scene.settle()
        scene.follower.savePositions()
        try scene.restart()
        try pack(["new"], to: "logs/new.log", in: scene)
        await scene.settle()
        #expect(scene.destination.lines == lines + ["new"])
        try pack(["replaced"], to: "logs/old.log", in: scene)
        try scene.restart()
        await scene.settle()
        #expect(scene.destination.lines == lines + ["new", "replaced"])
    }

    @Test func `an archive that is still being written is read on`() async throws {
        let scene = try archiveScene()
        let packed = InflateCodec.compressGzip(Array((0..<5_000).map { "line \($0)\n" }.joined().utf8))
        let file = try scene.system.open(scene.folder.path + "/logs/old.log", .create)
        defer { file.close() }
        await scene.settle()
        for part in [0..<7, 7..<packed.count / 2, packed.count / 2..<packed.count] {
            try Array(packed[part]).withUnsafeBytes { try file.write($0, at: part.lowerBound) }
            await scene.settle()
        }
        #expect(scene.destination.lines == (0..<5_000).map { "line \($0)" })
    }

    @Test func `an archive of which half was delivered goes on where it was`() async throws {
        let scene = try archiveScene()
        let lines = (0..<20_000).map { "line \($0) of the archive" }
        try pack(lines, to: "logs/old.log", in: scene)
        scene.read()
        await scene.deliver(atMost: 3)
        scene.follower.savePositions()
        let delivered = scene.destination.lines.count
        #expect(delivered > 0 && delivered < lines.count)
        try scene.restart()
        await scene.settle()
        #expect(scene.destination.lines == lines)
    }

    @Test func `files that rotation packed while the agent was away go on where they were`() async throws {
        let scene = try FollowingScene()
        let log = try scene.addContainer("api")
        func records(_ range: Range<Int>) -> [String] {
            range.map { String(dockerRecord("line \($0)\\n", nanosecond: $0).dropLast()) }
        }
        // One file that was read wholly and packed meanwhile, one of which half was read, one that was never seen.
        try scene.append(records(0..<100).joined(separator: "\n") + "\n", to: log)
        await scene.settle()
        try scene.rotate(log)
        try scene.append(records(100..<150).joined(separator: "\n") + "\n", to: log)
        await scene.settle()
        scene.follower.savePositions()
        scene.follower.stop()
        // As rotation does it: the new file is there before the old one goes, so that no number of a file is used twice.
        try pack(records(0..<100), to: "\(log).3.gz", in: scene)
        try pack(records(100..<200), to: "\(log).2.gz", in: scene)
        try pack(records(200..<300), to: "\(log).1.gz", in: scene)
        try scene.append(records(300..<310).joined(separator: "\n") + "\n", to: "\(log).new")
        try scene.system.remove(scene.folder.path + "/\(log).1")
        try scene.system.rename(scene.folder.path + "/\(log).new", to: scene.folder.path + "/\(log)")
        try scene.restart()
        await scene.settle()
        #expect(scene.destination.lines == (0..<310).map { "line \($0)" })
        scene.follower.savePositions()
        try scene.restart()
        await scene.settle()
        #expect(scene.destination.lines.count == 310)
    }
}
