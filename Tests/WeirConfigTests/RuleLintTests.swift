import Testing
import WeirConfig

@Suite struct RuleLintTests {
    private func remarks(_ rules: String) -> [String] {
        let file = RuleFile.read("groups:\n- name: g\n  rules:\n" + rules, file: "r.yml", namespace: "r.yml")
        #expect(file.diagnostics.filter { $0.severity != .note } == [])
        return RuleLint(file.groups).remarks.map { "\($0)" }
    }

    @Test func `a threshold that something falls below needs a value for silence`() {
        let found = remarks("  - {alert: A, expr: 'sum(rate({app=\"order\"}[5m])) * 60 < 10'}\n")
        #expect(found.count == 1)
        #expect(found.first?.contains("never fires when everything is silent") == true)
        #expect(found.first?.contains("or vector(0)) < 10") == true)
        #expect(remarks("  - {alert: A, expr: '(sum(rate({app=\"order\"}[5m])) or vector(0)) < 10'}\n") == [])
    }

    @Test func `series that nothing records are named with who usually has them`() {
        let found = remarks(
            "  - {alert: A, expr: 'node_load15 > 4'}\n  - {record: x, expr: 'sum(x:y)'}\n  - {alert: B, expr: x > 1}\n")
        #expect(
            found == [
                "r.yml:4:1: warning: A: no rule here records `node_load15`, usually of node_exporter, so this finds "
                    + "nothing unless something else does",
                "r.yml:5:1: warning: x: no rule here records `x:y`, so this finds nothing unless something else does",
            ])
    }

    @Test func `ratios that are always 1, and sides that never meet`() {
        let ratio = remarks(
            "  - {alert: A, expr: 'rate(a{s=\"5\"}[5m]) / rate(a[5m]) > 0.1'}\n  - {record: a, expr: vector(1)}\n")
        #expect(ratio.count == 1)
        #expect(ratio.first?.contains("always 1") == true)
        let load = remarks(
            "  - {alert: A, expr: 'a / count(b) > 2'}\n  - {record: a, expr: vector(1)}\n  - {record: b, expr: vector(1)}\n"
        )
        #expect(load.count == 1)
        #expect(load.first?.contains("nothing ever matches") == true)
    }

    @Test func `a rate shown as a percentage, and a value in a label`() {
        let found = remarks(
            """
              - alert: A
                expr: rate(a[5m]) > 0.05
                labels: {v: "{{ $value }}", severity: critical}
                annotations: {d: "{{ $value | humanizePercentage }}"}
              - {record: a, expr: vector(1)}
            """)
        #expect(found.count == 3)
        #expect(found[0].contains("every evaluation makes another alert"))
        #expect(found[1].contains("shows it as a percentage"))
        #expect(found[2].contains("note: A: a critical alert without the annotation runbook_url"))
    }
}
