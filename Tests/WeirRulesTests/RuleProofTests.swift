import LogQL
import Testing
import WeirModel
import WeirRules
import WeirTesting

/// Tests of rules, and rules over the past.
@Suite struct RuleProofTests {
    private static let minute: Int64 = 60_000_000_000
    private static let clocks = QueryEngine.Clocks(monotonic: { 0 }, wall: { 0 })

    private static let rules = RuleGroupDefinition.test([
        Rule(
            name: "job:errors:count",
            expression: #"sum by (job) (count_over_time({job="web"} | json | status >= 500 [5m]))"#, kind: .recording),
        .alert(
            "Errors", "job:errors:count > 3", hold: 2 * minute, labels: ["severity": "page"],
            annotations: ["summary": "{{ $value }} errors"]),
    ])

    /// One line a minute from minute 1 on, every one an error until minute 10.
    private static var test: RuleTest {
        var test = RuleTest()
        test.lines = [
            RuleTest.InputLine(
                labels: ["job": "web"], atNanoseconds: minute, everyNanoseconds: minute, count: 10,
                line: #"{"status":500,"n":{{.n}}}"#)
        ]
        return test
    }

    private static let expected = RuleTest.ExpectedAlert(
        labels: ["job": "web", "severity": "page"], annotations: ["summary": "5 errors"])

    @Test func `lines, rules and the alerts that come of them`() async throws {
        var test = Self.test
        let pending = RuleTest.ExpectedAlert(
            labels: Self.expected.labels, annotations: ["summary": "4 errors"], state: .pending)
        test.alerts = [
            RuleTest.AlertExpectation(atNanoseconds: 3 * Self.minute, name: "Errors", group: nil, alerts: []),
            RuleTest.AlertExpectation(atNanoseconds: 4 * Self.minute, name: "Errors", group: "g", alerts: [pending]),
            RuleTest.AlertExpectation(
                atNanoseconds: 6 * Self.minute + 1, name: "Errors", group: nil, alerts: [Self.expected]),
            RuleTest.AlertExpectation(atNanoseconds: 20 * Self.minute, name: "Errors", group: nil, alerts: []),
        ]
        let labels: LabelSet = ["__name__": "job:errors:count", "job": "web"]
        test.queries = [
            RuleTest.QueryExpectation(
                atNanoseconds: 4 * Self.minute, expression: "job:errors:count", samples: [labels: 4])
        ]
        let run = RuleTestRun([Self.rules], intervalNanoseconds: Self.minute, clocks: Self.clocks)
        #expect(try await run.run(test) == [])
    }

    @Test func `what is not as expected is shown beside what is`() async throws {
        var test = Self.test
        test.alerts = [
            RuleTest.AlertExpectation(atNanoseconds: 8 * Self.minute, name: "Errors", group: nil, alerts: [])
        ]
        let run = RuleTestRun([Self.rules], intervalNanoseconds: Self.minute, clocks: Self.clocks)
        let failures = try await run.run(test)
        #expect(failures.first == "    alertname: Errors, time: 8m,")
        #expect(failures.contains("        exp:[],"))
        #expect(failures.last?.contains(#"Labels:{job="web", severity="page"}"#) == true)
    }

    @Test func `series come as promtool writes them`() throws {
        #expect(
            try SeriesNotation.values("0+10x3 _x2 5 stale 7x1 3-1x2").map { $0?.isNaN == true ? nil : $0 }
                == [0, 10, 20, 30, nil, nil, 5, nil, 7, 7, 3, 2, 1])
        #expect(try SeriesNotation.labels(#"up{job="a"}"#) == ["__name__": "up", "job": "a"])
        #expect(try SeriesNotation.labels(#"{job="a"}"#) == ["job": "a"])
        #expect(try SeriesNotation.labels("{}") == [:])
        #expect(throws: RuleError.self) { try SeriesNotation.values("5 x") }
        #expect(throws: RuleError.self) { try SeriesNotation.labels(#"up{job=~"a"}"#) }
    }

    /// The same rules evaluated live, minute by minute, and over the past in bulk: the same steps.
    @Test(arguments: 1...5) func `a backtest finds what an engine would have`(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        var lines = FixtureLines()
        let start = Timestamp.minutes(0)
        for minute in 0..<600 where generator.next() % 5 > 1 || minute % 100 > 70 {
            for _ in 0..<Int(generator.next() % 3) {
                let status = generator.next() % 4 == 0 ? 200 : 503
                lines.add(
                    ["job": generator.next() % 2 == 0 ? "web" : "api"], at: .minutes(Double(minute) + 0.25),
                    "{\"status\":\(status)}")
            }
        }
        let source = lines
        let direct: Rule = .alert(
            "Direct", #"sum by (job) (count_over_time({job=~".+"} | json | status >= 500 [5m])) > 4"#,
            hold: 2 * Self.minute, keep: Self.minute)
        let definitions = [Self.rules, RuleGroupDefinition.test([direct], name: "h")]
        let report = try await RuleBacktest(intervalNanoseconds: Self.minute) { samples in
            QueryEngine(source: source, samples: samples, clocks: Self.clocks)
        }.run(definitions, from: start, to: .minutes(600))
        #expect(report.errors == [])
        #expect(report.steps.contains { $0.change.kind == .firing && $0.rule == "Direct" })

        var live: [RuleBacktest.Step] = []
        let engine = QueryEngine(source: source, clocks: Self.clocks)
        var group = try RuleGroup(
            definitions[1], schedule: RuleSchedule(definitions[1].key, intervalNanoseconds: Self.minute))
        var slot = group.schedule.slot(after: start)
        while slot <= .minutes(600) {
            let surroundings = RuleSurroundings(ask: { question throws(RuleError) in
                try await RuleAnswers.answer(question, engine)
            })
            live += try await group.evaluate(at: slot, surroundings).changes
                .map { RuleBacktest.Step(key: definitions[1].key, rule: $0.rule, change: $0.change) }
            slot = group.schedule.slot(after: slot)
        }
        #expect(report.steps.filter { $0.rule == "Direct" } == live)
    }
}
