import Testing
import WeirConfig
import WeirModel
import WeirRules

@Suite struct RuleFileTests {
    private func read(_ text: String) -> RuleFile { RuleFile.read(text, file: "r.yml", namespace: "r.yml") }

    private func remarks(_ text: String) -> [String] { read(text).diagnostics.map { "\($0)" } }

    @Test func `a file of groups`() {
        let file = read(
            """
            groups:
            - name: web
              interval: 30s
              limit: 10
              query_offset: 1m
              labels: {team: ops}
              rules:
              - alert: High
                expr: |
                  sum(rate({job="web"} |= "error" [5m])) > 1
                for: 5m
                keep_firing_for: 10m
                labels: {severity: page}
                annotations: {summary: "{{ $value | humanize }} errors"}
              - record: job:errors:rate5m
                expr: sum by (job) (rate({job="web"} |= "error" [5m]))
            """)
        #expect(file.diagnostics == [])
        let minute: Int64 = 60_000_000_000
        let key = RuleGroupDefinition.Key(tenant: .default, namespace: "r.yml", name: "web")
        let alert = Rule(
            name: "High", expression: "sum(rate({job=\"web\"} |= \"error\" [5m])) > 1\n", labels: ["severity": "page"],
            kind: .alerting(
                holdNanoseconds: 5 * minute, keepNanoseconds: 10 * minute,
                annotations: ["summary": "{{ $value | humanize }} errors"]), line: 8)
        let recording = Rule(
            name: "job:errors:rate5m", expression: #"sum by (job) (rate({job="web"} |= "error" [5m]))"#,
            kind: .recording, line: 15)
        #expect(
            file.groups == [
                RuleGroupDefinition(
                    key: key, intervalNanoseconds: minute / 2, queryOffsetNanoseconds: minute, limit: 10,
                    labels: ["team": "ops"], rules: [alert, recording])
            ])
    }

    @Test func `a list of rules and a single rule are files too`() {
        let list = read("- alert: A\n  expr: up == 0\n- record: b\n  expr: sum(up)\n")
        #expect(list.groups.map { $0.rules.map(\.name) } == [["A", "b"]])
        let one = read("alert: A\nexpr: up == 0\n")
        #expect(one.groups.map { $0.rules.map(\.name) } == [["A"]])
        #expect((list.diagnostics + one.diagnostics).map(\.severity) == [.note, .note])
    }

    @Test(arguments: [
        ("rules: [{alert: A, expr: up}]", "a group needs a name"),
        ("name: g\n  rules: [{expr: up}]", "one of 'record' or 'alert' must be set"),
        ("name: g\n  rules: [{alert: A, record: b, expr: up}]", "only one of 'record' and 'alert' must be set"),
        ("name: g\n  rules: [{alert: A}]", "field 'expr' must be set in rule"),
        ("name: g\n  rules: [{alert: A, expr: 'sum('}]", "could not parse expression"),
        ("name: g\n  rules: [{record: a b, expr: up}]", "invalid recording rule name: a b"),
        ("name: g\n  rules: [{record: a, expr: up, for: 5m}]", "invalid field 'for' in recording rule"),
        ("name: g\n  rules: [{record: a, expr: up, annotations: {x: y}}]", "invalid field 'annotations'"),
        ("name: g\n  rules: [{alert: A, expr: up, labels: {a-b: c}}]", "invalid label name: a-b"),
        ("name: g\n  rules: [{alert: A, expr: up, annotations: {s: '{{ $x }}'}}]", "undefined variable"),
        ("name: g\n  rules: [{alert: A, expr: up, for: x}]", "expected a duration"),
        ("name: g\n  rules: [{record: a, expr: '{a=\"b\"}'}]", "rule result is not a vector or scalar"),
    ]) func `what cannot be used is an error with its place`(group: String, part: String) {
        let file = read("groups:\n- " + group + "\n")
        let errors = file.diagnostics.filter { $0.severity == .error }
        #expect(errors.count >= 1, "\(file.diagnostics)")
        #expect(errors.contains { "\($0)".contains(part) }, "\(errors.map { "\($0)" })")
    }

    @Test func `an unknown key is named with what was probably meant`() {
        #expect(
            remarks("groups:\n- name: g\n  rules:\n  - alert: A\n    expr: up\n    anotations: {}\n") == [
                "r.yml:6:5: warning: groups[0].rules[0].anotations: unknown key, ignored; write annotations"
            ])
    }

    @Test func `the other rules of a file load`() {
        let file = read("groups:\n- name: g\n  rules: [{alert: A, expr: 'sum('}, {alert: B, expr: up}]\n")
        #expect(file.groups.map { $0.rules.map(\.name) } == [["B"]])
        #expect(!file.isUsable)
    }

    @Test func `YAML that is written is read as the same groups`() {
        let file = read(
            """
            groups:
            - name: "yes: it's \\"quoted\\""
              interval: 90s
              rules:
              - {alert: A, expr: "up == 0 # x", for: 1m, labels: {a: "true"}, annotations: {s: "line\\nbreak"}}
              - {record: "a:b", expr: "sum(up)", labels: {x: ""}}
            """)
        let text = RuleText.yaml(file.groups[0])
        let again = RuleFile.readGroup(text, namespace: "r.yml")
        func withoutLines(_ group: RuleGroupDefinition) -> RuleGroupDefinition {
            var group = group
            for index in group.rules.indices { group.rules[index].line = 0 }
            return group
        }
        #expect(again.groups.map(withoutLines) == file.groups.map(withoutLines), "\(text)")
        #expect(again.diagnostics == [])
    }

    @Test func `Loki's section and Prometheus' keys say where rules are and where alerts go`() {
        let file = ServeFile.read(
            """
            ruler:
              storage: {type: local, local: {directory: /rules}}
              rule_path: /tmp/rules
              alertmanager_url: http://a:9093, http://b:9093/prefix
              evaluation_interval: 30s
              external_url: https://weir.example
              external_labels: {cluster: north}
              resend_delay: 2m
              enable_api: false
              ring: {kvstore: {store: inmemory}}
            rule_files: [rules/*.yml]
            alerting:
              alertmanagers:
              - static_configs: [{targets: ['c:9093']}]
            scrape_configs: [{job_name: x}]
            """, file: "f")
        #expect(file.rules.folder == "/rules")
        #expect(file.rules.files == ["rules/*.yml"])
        #expect(file.rules.alertmanagers == ["http://a:9093", "http://b:9093/prefix", "http://c:9093"])
        #expect(file.rules.engine.intervalNanoseconds == 30_000_000_000)
        #expect(file.rules.resendNanoseconds == 120_000_000_000)
        #expect(file.rules.externalLabels == ["cluster": "north"])
        #expect(!file.rules.allowsWriting)
        #expect(file.diagnostics.filter { $0.severity != .note }.map(\.keyPath) == ["scrape_configs"])
    }
}
