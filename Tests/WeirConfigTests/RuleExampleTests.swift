import Foundation
import LogQL
import Testing
import WeirConfig
import WeirModel
import WeirRules

/// The files under config/rules are what people start from, so they must load without a remark, and their tests pass.
@Suite struct RuleExampleTests {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("config/rules")

    private func text(_ path: String) throws -> String {
        try String(contentsOf: Self.root.appendingPathComponent(path), encoding: .utf8)
    }

    @Test func `the examples load without a remark and pass their tests`() async throws {
        let rules = RuleFile.read(try text("logs.yaml"), file: "logs.yaml", namespace: "logs.yaml")
        #expect(rules.diagnostics == [])
        #expect(RuleLint(rules.groups).remarks == [])
        let tests = RuleTestFile.read(try text("logs_test.yaml"), file: "logs_test.yaml")
        #expect(tests.diagnostics == [])
        #expect(tests.ruleFiles == ["logs.yaml"])
        #expect(tests.tests.count == 3)
        let run = RuleTestRun(
            rules.groups, intervalNanoseconds: tests.intervalNanoseconds,
            clocks: QueryEngine.Clocks(monotonic: { 0 }, wall: { 0 }))
        for test in tests.tests { #expect(try await run.run(test) == [], "\(test.name)") }
    }

    @Test func `promtool's form is read as it is`() {
        let file = RuleTestFile.read(
            """
            rule_files: [alerts.yml]
            evaluation_interval: 1m
            group_eval_order: [b, a]
            fuzzy_compare: true
            tests:
            - interval: 1m
              name: x
              external_labels: {region: north}
              input_series:
              - series: 'up{job="a"}'
                values: '1 1 0x10 _ stale'
              alert_rule_test:
              - eval_time: 10m
                alertname: Down
                exp_alerts:
                - exp_labels: {job: a}
                  exp_annotations: {s: t}
              promql_expr_test:
              - expr: up
                eval_time: 1m
                exp_samples: [{labels: 'up{job="a"}', value: 1}]
            """, file: "t.yml")
        #expect(file.diagnostics.filter { $0.severity != .note } == [])
        #expect(file.order == ["b", "a"])
        #expect(file.tests.first?.series.first?.values.count == 15)
        #expect(file.tests.first?.alerts.first?.alerts.first?.labels == ["job": "a"])
        #expect(file.tests.first?.queries.first?.samples == [["__name__": "up", "job": "a"]: 1])
    }
}
