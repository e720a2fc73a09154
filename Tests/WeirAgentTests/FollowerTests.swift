import Testing
import WeirAgent
import WeirModel
import WeirSystem
import WeirTesting

@Suite struct FollowerTests {
    @Test(arguments: [1, 2, 3] as [UInt64])
    func `every line of two containers arrives once, through rotations and truncations`(seed: UInt64) async throws {
        let scene = try FollowingScene()
        var random = SeededGenerator(seed: seed)
        let logs = [try scene.addContainer("api"), try scene.addContainer("web")]
        var written: [String: [String]] = [:]
        scene.read()
        var number = 0
        while number < 100_000 {
            let index = Int.random(in: 0..<2, using: &random)
            var text = ""
            for _ in 0..<Int.random(in: 1...2_000, using: &random) {
                number += 1
                let line = "line \(number) " + String(repeating: "x", count: number % 90)
                text += dockerRecord(line + "\\n", nanosecond: number)
                written[logs[index], default: []].append(line)
            }
            try scene.append(text, to: logs[index])
            switch Int.random(in: 0..<10, using: &random) {
            case 0, 1: try scene.rotate(logs[index])
            case 2:
                await scene.settle()
                try scene.truncate(logs[index])
            case 3...5: await scene.settle()
            case 6: scene.read()
            default: break
            }
        }
        await scene.settle()
        for (container, log) in [("api", logs[0]), ("web", logs[1])] {
            let got = scene.destination.entries.filter { $0.labels["container"] == container }.map(\.line)
            #expect(got.count == written[log]?.count)
            #expect(got == written[log])
        }
    }

    @Test(arguments: Array(1...12) as [UInt64])
    func `nothing is lost when the agent dies in the middle, again and again`(seed: UInt64) async throws {
        let scene = try FollowingScene(batchBytes: 20_000)
        var random = SeededGenerator(seed: seed)
        let log = try scene.addContainer("api")
        scene.read()
        var number = 0
        var rotationsSinceDelivery = 0
        while number < 8_000 {
            var text = ""
            for _ in 0..<Int.random(in: 1...300, using: &random) {
                number += 1
                text += dockerRecord("line \(number)\\n", nanosecond: number)
            }
            try scene.append(text, to: log)
            switch Int.random(in: 0..<8, using: &random) {
            case 0 where rotationsSinceDelivery < 3:
                try scene.rotate(log)
                rotationsSinceDelivery += 1
            case 1:
                scene.read()
                await scene.deliver(atMost: Int.random(in: 0...3, using: &random))
                scene.clock.advance(byNanoseconds: 11_000_000_000)
                _ = scene.follower.step()
            case 2:
                scene.read()
                await scene.deliver(atMost: Int.random(in: 0...3, using: &random))
                if Bool.random(using: &random) { scene.follower.savePositions() }
                try scene.restart()
            case 3:
                await scene.settle()
                scene.follower.savePositions()
                rotationsSinceDelivery = 0
            default: break
            }
        }
        await scene.settle()
        let got = Set(scene.destination.lines)
        let missing = (1...number).filter { !got.contains("line \($0)") }
        #expect(missing.isEmpty, "seed \(seed): \(missing.count) lines from \(missing.first ?? 0) on")
    }

    @Test func `rotated files of a container are read, but not on the very first run`() async throws {
        let scene = try FollowingScene()
        let old = try scene.addContainer("old")
        try scene.append(dockerRecord("before\\n"), to: old + ".1")
        try scene.append(dockerRecord("one\\n"), to: old)
        await scene.settle()
        let new = try scene.addContainer("new")
        try scene.append(dockerRecord("two\\n"), to: new)
        try scene.rotate(new)
        try scene.append(dockerRecord("three\\n"), to: new)
        await scene.settle()
        #expect(scene.destination.lines == ["one", "two", "three"])
    }

    @Test func `a stop and a start repeat nothing`() async throws {
        let scene = try FollowingScene()
        try scene.append("one\ntwo\n", to: "logs/a.log")
        await scene.settle()
        scene.follower.stop()
        await scene.deliver()
        scene.follower.savePositions()
        try scene.restart()
        try scene.append("three\n", to: "logs/a.log")
        await scene.settle()
        #expect(scene.destination.lines == ["one", "two", "three"])
    }

    @Test func `two rotations while nobody looked lose nothing`() async throws {
        let scene = try FollowingScene()
        try scene.append("one\n", to: "logs/a.log")
        await scene.settle()
        try scene.append("two\n", to: "logs/a.log")
        try scene.rotate("logs/a.log")
        try scene.append("three\n", to: "logs/a.log")
        try scene.rotate("logs/a.log")
        try scene.append("four\n", to: "logs/a.log")
        await scene.settle()
        #expect(scene.destination.lines == ["one", "two", "three", "four"])
    }

    @Test func `rotations while the agent was down lose nothing`() async throws {
        let scene = try FollowingScene()
        try scene.append("one\n", to: "logs/a.log")
        await scene.settle()
        scene.follower.savePositions()
        scene.follower.stop()
        try scene.append("two\n", to: "logs/a.log")
        try scene.rotate("logs/a.log")
        try scene.append("three\n", to: "logs/a.log")
        try scene.rotate("logs/a.log")
        try scene.append("four\n", to: "logs/a.log")
        try scene.restart()
        await scene.settle()
        #expect(scene.destination.lines == ["one", "two", "three", "four"])
    }

    @Test func `a copy-truncated file that outgrew its old size is read from its start`() async throws {
        let scene = try FollowingScene()
        try scene.append("one\ntwo\n", to: "logs/a.log")
        await scene.settle()
        try scene.truncate("logs/a.log")
        try scene.append("first of the new contents\nsecond\n", to: "logs/a.log")
        await scene.settle()
        #expect(scene.destination.lines == ["one", "two", "first of the new contents", "second"])
    }

    @Test func `a truncation while the agent was down is seen`() async throws {
        let scene = try FollowingScene()
        try scene.append("one\ntwo\n", to: "logs/a.log")
        await scene.settle()
        scene.follower.savePositions()
        scene.follower.stop()
        try scene.truncate("logs/a.log")
        try scene.append("other contents, longer than before\n", to: "logs/a.log")
        try scene.restart()
        await scene.settle()
        #expect(scene.destination.lines == ["one", "two", "other contents, longer than before"])
    }

    @Test func `a deleted file that is made again is another file`() async throws {
        let scene = try FollowingScene()
        try scene.append("one\n", to: "logs/a.log")
        await scene.settle()
        try scene.append("two\n", to: "logs/a.log")
        scene.read()
        try scene.system.remove(scene.folder.path + "/logs/a.log")
        await scene.settle()
        try scene.append("three\n", to: "logs/a.log")
        await scene.settle()
        #expect(scene.destination.lines == ["one", "two", "three"])
    }

    @Test func `what is written to a file after its rotation still arrives`() async throws {
        let scene = try FollowingScene()
        try scene.append("one\n", to: "logs/a.log")
        await scene.settle()
        try scene.rotate("logs/a.log")
        try scene.append("two\n", to: "logs/a.log")
        scene.read()
        try scene.append("late\n", to: "logs/a.log.1")
        scene.read()
        await scene.settle()
        #expect(scene.destination.lines.sorted() == ["late", "one", "two"])
    }

    @Test func `a last line without newline is sent after a while, and at once when the file is rotated away`()
        async throws
    {
        let scene = try FollowingScene()
        try scene.append("one\ntw", to: "logs/a.log")
        await scene.settle()
        #expect(scene.destination.lines == ["one"])
        try scene.append("o\nthree", to: "logs/a.log")
        await scene.settle()
        #expect(scene.destination.lines == ["one", "two"])
        scene.clock.advance(byNanoseconds: 6_000_000_000)
        await scene.settle()
        #expect(scene.destination.lines == ["one", "two", "three"])
    }

    @Test func `an over-long line is cut at the limit and the next one is whole`() async throws {
        let scene = try FollowingScene(lineBytesMax: 100_000)
        let long = String(repeating: "y", count: 10 << 20)
        try scene.append("before\n\(long)\nafter\n", to: "logs/a.log")
        await scene.settle()
        #expect(scene.destination.lines.map(\.utf8.count) == [6, 100_000, 5])
        #expect(
            scene.follower.snapshot().metrics.first { $0.name == "weir_agent_lines_cut_total" }?.samples[0].value == 1)
    }

    @Test func `labels of Promtail's targets are job and filename, those of Docker's source name the container`()
        async throws
    {
        let scene = try FollowingScene()
        try scene.append("one\n", to: "logs/a.log")
        try scene.append(dockerRecord("two\\n", stream: "stderr"), to: try scene.addContainer("api"))
        await scene.settle()
        let labels = Set(scene.destination.entries.map(\.labels))
        #expect(
            labels == [
                ["filename": scene.folder.path + "/logs/a.log", "job": "app"],
                [
                    "compose_project": "shop", "compose_service": "api", "container": "api", "image": "shop/api:1",
                    "job": "docker", "stream": "stderr",
                ],
            ])
    }

    @Test func `reading waits while too much is not delivered`() async throws {
        let scene = try FollowingScene(batchBytes: 16 << 10) { $0.limits.bufferBytesMax = 64 << 10 }
        let line = String(repeating: "z", count: 999) + "\n"
        try scene.append(String(repeating: line, count: 1_000), to: "logs/a.log")
        scene.read()
        #expect(scene.queue.outstandingBytes <= 96 << 10)
        await scene.settle()
        await scene.settle()
        #expect(scene.destination.lines.count == 1_000)
    }

    @Test func `a Promtail positions file is taken over`() async throws {
        let scene = try FollowingScene()
        try scene.append("one\ntwo\n", to: "logs/a.log")
        try scene.append("positions:\n  \(scene.folder.path)/logs/a.log: \"4\"\n", to: "positions.yaml")
        try scene.restart()
        await scene.settle()
        #expect(scene.destination.lines == ["two"])
    }

    @Test func `the seed's pipeline yields the text of records, one per line, with the stream's name`() async throws {
        var seed = StageConfiguration.JSON(expressions: ["output": "log", "stream": "stream"])
        seed.dropsMalformed = false
        let scene = try FollowingScene(stages: [
            .json(seed), .output(source: "output"), .labels(["stream": nil]),
        ]) { configuration in
            configuration.scrapes[0].targets = [
                StaticTarget(labels: [
                    "job": "docker", "__path__": configuration.docker!.containersFolder + "/*/*-json.log",
                ])
            ]
            configuration.docker = nil
        }
        let log = try scene.addContainer("api")
        let piece = String(repeating: "p", count: 16_384)
        try scene.append(
            dockerRecord("hello \\u003cout\\u003e\\n", nanosecond: 5) + dockerRecord(piece, nanosecond: 6)
                + dockerRecord("between\\n", stream: "stderr", nanosecond: 7) + dockerRecord("end\\n", nanosecond: 6)
                + "no record\n", to: log)
        await scene.settle()
        #expect(scene.destination.lines == ["hello <out>", "between", piece + "end", "no record"])
        #expect(scene.destination.entries.map { $0.labels["stream"] } == ["stdout", "stderr", "stdout", nil])
        #expect(scene.destination.entries[0].timestamp % 1_000_000_000 == 5)
        #expect(Set(scene.destination.entries[0].labels.labels.map(\.name)) == ["filename", "job", "stream"])
    }

    @Test func `pieces of one line that a rotation parts are joined`() async throws {
        let scene = try FollowingScene()
        let log = try scene.addContainer("api")
        let piece = String(repeating: "p", count: 16_384)
        try scene.append(dockerRecord(piece), to: log)
        await scene.settle()
        try scene.rotate(log)
        try scene.append(dockerRecord("end\\n"), to: log)
        await scene.settle()
        #expect(scene.destination.lines == [piece + "end"])
    }

    @Test func `a piece whose end has not come is read again after a restart`() async throws {
        let scene = try FollowingScene()
        let log = try scene.addContainer("api")
        let piece = String(repeating: "p", count: 16_384)
        try scene.append(dockerRecord("whole\\n") + dockerRecord(piece), to: log)
        scene.read()
        scene.clock.advance(byNanoseconds: 1_100_000_000)
        scene.read()
        await scene.deliver()
        scene.follower.savePositions()
        try scene.restart()
        try scene.append(dockerRecord("end\\n"), to: log)
        await scene.settle()
        #expect(scene.destination.lines == ["whole", piece + "end"])
    }
}
