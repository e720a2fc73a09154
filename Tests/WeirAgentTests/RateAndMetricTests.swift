import Testing
import WeirAgent
import WeirModel
import WeirTesting

/// Stages that look at more than one line: rates and metrics.
@Suite struct RateAndMetricTests {
    private func limit(_ rate: Double, burst: Int, configure: (inout StageConfiguration.Limit) -> Void = { _ in })
        -> StageConfiguration
    {
        var settings = StageConfiguration.Limit(rate: rate, burst: burst)
        configure(&settings)
        return .limit(settings)
    }

    private func lines(_ count: Int, from first: Int = 0) -> String {
        (first..<first + count).map { "line \($0)\n" }.joined()
    }

    @Test func `lines beyond a rate are dropped and counted`() async throws {
        let scene = try FollowingScene(stages: [limit(10, burst: 3) { $0.drops = true }])
        try scene.append(lines(5), to: "logs/a.log")
        scene.read()
        scene.clock.advance(byNanoseconds: 200_000_000)
        try scene.append(lines(5, from: 5), to: "logs/a.log")
        await scene.settle()
        #expect(scene.destination.lines == ["line 0", "line 1", "line 2", "line 5", "line 6"])
        let dropped = scene.follower.snapshot().metrics.first { $0.name == "logentry_dropped_lines_total" }
        #expect(dropped?.samples.map(\.value) == [5])
        #expect(dropped?.samples.first?.labels == ["reason": "ratelimit_drop_stage"])
    }

    @Test func `a rate that does not drop lets reading wait, and nothing is lost`() async throws {
        let scene = try FollowingScene(stages: [limit(10, burst: 1)])
        try scene.append(lines(11), to: "logs/a.log")
        scene.read()
        try scene.append(lines(1, from: 11), to: "logs/a.log")
        // Ten lines too many are a second's worth; until then nothing is read.
        scene.clock.advance(byNanoseconds: 900_000_000)
        scene.read()
        #expect(scene.follower.snapshot().targets.map(\.linesRead) == [11])
        scene.clock.advance(byNanoseconds: 200_000_000)
        await scene.settle()
        #expect(scene.destination.lines == (0..<12).map { "line \($0)" })
    }

    @Test func `each value of a label has a rate of its own`() async throws {
        let pairs = StageConfiguration.logfmt(.init(mapping: ["app": nil]))
        let scene = try FollowingScene(stages: [
            pairs, .labels(["app": nil]),
            limit(1, burst: 1) {
                $0.drops = true
                $0.labelName = "app"
            },
        ])
        try scene.append("app=a\napp=b\napp=a\nnone\nnone\n", to: "logs/a.log")
        await scene.settle()
        #expect(Set(scene.destination.lines) == ["app=a", "app=b", "none"])
        #expect(scene.destination.lines.count == 4)
    }

    @Test func `the rate of reading holds for all files together`() async throws {
        let scene = try FollowingScene { configuration in
            configuration.limits.linesPerSecondMax = 100
            configuration.limits.linesBurstMax = 4
            configuration.limits.dropsLinesBeyondRate = true
        }
        try scene.append(lines(3), to: "logs/a.log")
        try scene.append(lines(3), to: "logs/b.log")
        scene.read()
        await scene.settle()
        #expect(scene.destination.lines.count == 4)
    }

    private func metric(
        _ name: String, _ kind: StageConfiguration.Metric.Kind, _ action: StageConfiguration.Metric.Action,
        configure: (inout StageConfiguration.Metric) -> Void = { _ in }
    ) -> StageConfiguration.Metric {
        var metric = StageConfiguration.Metric(name: name, kind: kind, action: action)
        configure(&metric)
        return metric
    }

    @Test func `lines are counted and measured by their labels`() async throws {
        let scene = try FollowingScene(stages: [
            .logfmt(.init(mapping: ["app": nil, "took": nil, "level": nil])), .labels(["app": nil]),
            .metrics([
                metric("lines_total", .counter, .increase) { $0.matchesAll = true },
                metric("bytes_total", .counter, .add) { ($0.matchesAll, $0.countsBytes) = (true, true) },
                metric("errors_total", .counter, .increase) { ($0.source, $0.value) = ("level", "error") },
                metric("last_took", .gauge, .set) { $0.source = "took" },
                metric("took", .histogram, .observe) { ($0.buckets, $0.prefix) = ([1, 5], "my_") },
            ]),
        ])
        try scene.append(
            "app=a took=0.5 level=info\napp=a took=7 level=error\napp=b took=5 level=error\n", to: "logs/a.log")
        await scene.settle()
        let families = scene.follower.snapshot().metrics
        func value(_ name: String, _ app: String, suffix: String = "", le: String? = nil) -> Double? {
            families.first { $0.name == name }?.samples.first {
                $0.suffix == suffix && $0.labels["app"] == app && $0.labels["le"] == le
            }?.value
        }
        #expect(value("promtail_custom_lines_total", "a") == 2)
        #expect(value("promtail_custom_bytes_total", "a") == 49)
        #expect(value("promtail_custom_errors_total", "a") == 1 && value("promtail_custom_errors_total", "b") == 1)
        #expect(value("promtail_custom_last_took", "a") == 7)
        #expect(value("my_took", "a", suffix: "_bucket", le: "1") == 1)
        #expect(value("my_took", "b", suffix: "_bucket", le: "5") == 1)
        #expect(value("my_took", "a", suffix: "_sum") == 7.5 && value("my_took", "a", suffix: "_count") == 2)
        scene.clock.advance(byNanoseconds: 400_000_000_000)
        scene.read()
        let later = scene.follower.snapshot().metrics.first { $0.name == "promtail_custom_lines_total" }
        #expect(later?.samples.isEmpty == true)
    }

    @Test func `blocks are joined inside a match`() async throws {
        var match = StageConfiguration.Match(selector: #"{job="app"}"#)
        match.stages = [.multiline(.init(firstLine: "^[^ ]")), .staticLabels(["joined": "yes"])]
        let scene = try FollowingScene(stages: [.match(match), .staticLabels(["behind": "yes"])])
        try scene.append("a\n 1\nb\n", to: "logs/a.log")
        await scene.settle()
        scene.clock.advance(byNanoseconds: 4_000_000_000)
        await scene.settle()
        #expect(scene.destination.lines == ["a\n 1", "b"])
        #expect(scene.destination.entries.allSatisfy { $0.labels["joined"] == "yes" && $0.labels["behind"] == "yes" })
    }

    @Test func `rules make the path, and files of other machines are left alone`() async throws {
        let scene = try FollowingScene { configuration in
            let folder = configuration.docker?.containersFolder.dropLast("/containers".count) ?? ""
            configuration.docker = nil
            configuration.hostName = "here"
            func job(_ name: String, host: String) -> ScrapeConfiguration {
                var job = ScrapeConfiguration(jobName: name)
                job.targets = [StaticTarget(labels: ["job": name, "__host__": "\(host)", "folder": "\(folder)/logs"])]
                var rule = RelabelRule()
                rule.sourceLabels = ["folder", "job"]
                rule.regex = "(.*);(.*)"
                rule.targetLabel = "__path__"
                rule.replacement = "$1/$2.log"
                var drop = RelabelRule()
                (drop.action, drop.regex) = (.labeldrop, "folder")
                job.relabelRules = [rule, drop]
                return job
            }
            configuration.scrapes = [job("a", host: "here"), job("b", host: "there")]
        }
        for name in ["a", "b", "c"] { try scene.append("\(name)\n", to: "logs/\(name).log") }
        await scene.settle()
        #expect(scene.destination.lines == ["a"])
        #expect(scene.destination.entries.first?.labels.removing(["filename"]) == ["job": "a"])
    }
}
