import Testing
import WeirAgent
import WeirModel
import WeirSystem
import WeirTesting

@Suite struct DryRunTests {
    private func configuration(_ stages: [StageConfiguration], path: String = "/none") -> AgentConfiguration {
        var configuration = AgentConfiguration()
        configuration.positions.filename = "/none/positions.yaml"
        var scrape = ScrapeConfiguration(jobName: "app")
        scrape.targets = [StaticTarget(labels: ["job": "app", "__path__": path])]
        scrape.stages = stages
        configuration.scrapes = [scrape]
        return configuration
    }

    private func trace(_ stages: [StageConfiguration], _ text: String) throws -> [TracedEntry] {
        let folder = TemporaryFolder()
        var traced: [TracedEntry] = []
        let dryRun = try DryRun(configuration(stages), system: folder.files, clock: ManualClock())
        #expect(dryRun.begin { traced.append($0) } == ["job": "app"])
        // Pieces of any size make the same lines.
        for byte in text.utf8 { dryRun.feed([byte]) }
        dryRun.finish()
        return traced
    }

    @Test func `each stage shows what it changed`() throws {
        let entries = try trace(
            [
                .logfmt(.init(mapping: ["level": nil])), .labels(["level": nil]), .decolorize,
                .output(source: "level"),
            ], "level=warn x\n")
        let entry = try #require(entries.first)
        #expect(entries.count == 1 && entry.input == "level=warn x")
        #expect(entry.steps.map(\.stage) == ["logfmt", "labels", "decolorize", "output"])
        #expect(entry.steps[0].changes == [.init(subject: "value level", before: nil, after: "warn")])
        #expect(entry.steps[1].changes == [.init(subject: "label level", before: nil, after: "warn")])
        #expect(entry.steps[2].changes.isEmpty)
        #expect(entry.steps[3].changes == [.init(subject: "line", before: "level=warn x", after: "warn")])
        #expect(entry.output?.labels == ["job": "app", "level": "warn"] && entry.output?.line == "warn")
    }

    @Test func `dropped and held entries say so`() throws {
        var drop = StageConfiguration.Drop()
        drop.expression = "^no"
        let entries = try trace([.drop(drop), .multiline(.init(firstLine: "^[^ ]"))], "no\na\n b\nc")
        #expect(entries.first?.steps.map(\.end) == [.dropped])
        #expect(entries.compactMap(\.output?.line) == ["a\n b", "c"])
    }

    @Test func `files are read and nothing is written`() throws {
        let scene = try FollowingScene(stages: [.decolorize])
        try scene.append("one\n\u{1b}[1mtwo\u{1b}[0m\nend", to: "logs/a.log")
        let dryRun = try DryRun(scene.configuration, system: scene.system, clock: scene.clock)
        #expect(dryRun.files().map(\.labels) == [["job": "app", "filename": scene.folder.path + "/logs/a.log"]])
        var lines: [String] = []
        try dryRun.run { _, entry in
            if let line = entry?.output?.line { lines.append(line) }
        }
        #expect(lines == ["one", "two", "end"])
        #expect(try scene.system.status(scene.configuration.positions.filename) == nil)
    }
}
