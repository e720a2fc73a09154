import LogQL
import Synchronization
import Testing
import WeirModel
import WeirRules
import WeirTesting

/// Answers by text, and what was recorded.
final class Answers: Sendable {
    let vectors = Mutex<[String: [InstantSample]]>([:])
    let failures = Mutex<[String: String]>([:])
    let recorded = Mutex<[InstantSample]>([])
    let asked = Mutex<[String]>([])

    func set(_ text: String, _ samples: [(LabelSet, Double)]) {
        vectors.withLock {
            $0[text] = samples.map {
                InstantSample(labels: $0.0, sample: Sample(timestamp: Timestamp(nanoseconds: 0), value: $0.1))
            }
        }
    }

    func fail(_ text: String, _ reason: String?) { failures.withLock { $0[text] = reason } }

    var surroundings: RuleSurroundings {
        RuleSurroundings(
            ask: { question throws(RuleError) in
                self.asked.withLock { $0.append(question.text) }
                if let reason = self.failures.withLock({ $0[question.text] }) { throw RuleError(reason) }
                return self.vectors.withLock { $0[question.text] } ?? []
            },
            record: { _, samples in self.recorded.withLock { $0 += samples } },
            externalLabels: ["region": "north"], externalURL: "http://weir.example/base",
            generatorURL: { "http://weir.example/explore?\($0)" })
    }
}

extension Timestamp {
    static func minutes(_ minutes: Double) -> Timestamp {
        Timestamp(nanoseconds: 1_700_000_000_000_000_000 + Int64(minutes * 60e9))
    }
}

extension RuleGroupDefinition {
    static func test(
        _ rules: [Rule], name: String = "g", limit: Int = 0, labels: LabelSet = .empty
    ) -> RuleGroupDefinition {
        RuleGroupDefinition(
            key: Key(tenant: .default, namespace: "test.yml", name: name), intervalNanoseconds: 60_000_000_000,
            limit: limit, labels: labels, rules: rules)
    }
}

extension Rule {
    static func alert(
        _ name: String, _ expression: String, hold: Int64 = 0, keep: Int64 = 0, labels: LabelSet = .empty,
        annotations: LabelSet = .empty
    ) -> Rule {
        Rule(
            name: name, expression: expression, labels: labels,
            kind: .alerting(holdNanoseconds: hold, keepNanoseconds: keep, annotations: annotations))
    }
}

@Suite struct RuleGroupTests {
    private func group(_ definition: RuleGroupDefinition) throws -> RuleGroup {
        try RuleGroup(definition, schedule: RuleSchedule(intervalNanoseconds: 60_000_000_000))
    }

    @Test func `labels and annotations are filled in, and the alert is named`() async throws {
        let answers = Answers()
        answers.set("q", [(["__name__": "m", "job": "web", "path": ""], 0.1234)])
        var group = try group(
            .test(
                [
                    .alert(
                        "High", "q", labels: ["severity": "page", "job": "{{ $labels.job }}-x", "team": ""],
                        annotations: [
                            "summary": "{{ $labels.job }}: {{ $value | humanizePercentage }} of {{ .Labels.none }}.",
                            "broken": "{{ template \"x\" }}",
                        ])
                ], labels: ["severity": "none", "owner": "ops"]))
        let outcome = try await group.evaluate(at: .minutes(0), answers.surroundings)
        let alert = try #require(outcome.alerts.first)
        #expect(
            alert.labels == [
                "alertname": "High", "job": "web-x", "owner": "ops", "region": "north", "severity": "page",
            ])
        #expect(alert.annotations["summary"] == "web: 12.34% of .")
        #expect(alert.annotations["broken"]?.hasPrefix("<error expanding template: ") == true)
        #expect(alert.generatorURL == "http://weir.example/explore?q")
        #expect(outcome.changes.map(\.change.kind) == [.firing])
    }

    @Test func `a template asks questions and gets answers`() async throws {
        let answers = Answers()
        answers.set("q", [(["job": "web"], 1)])
        answers.set("errors{job=\"web\"}", [(["path": "/b"], 7), (["path": "/a"], 9)])
        var group = try group(
            .test([
                .alert(
                    "A", "q",
                    annotations: [
                        "top": "{{ range printf \"errors{job=%q}\" $labels.job | query | sortByLabel \"path\" }}"
                            + "{{ .Labels.path }}={{ . | value }} {{ end }}",
                        "first": "{{ with query \"none\" }}{{ . | first | value }}{{ else }}nothing{{ end }}",
                    ])
            ]))
        let outcome = try await group.evaluate(at: .minutes(0), answers.surroundings)
        #expect(outcome.alerts.first?.annotations == ["first": "nothing", "top": "/a=9 /b=7 "])
    }

    @Test func `states are series, and end when the state does`() async throws {
        let answers = Answers()
        answers.set("q", [(["job": "web"], 1)])
        var group = try group(.test([.alert("A", "q", hold: 60_000_000_000)]))
        for minute in 0...1 {
            _ = try await group.evaluate(at: .minutes(Double(minute)), answers.surroundings)
        }
        answers.set("q", [])
        _ = try await group.evaluate(at: .minutes(2), answers.surroundings)
        let states = answers.recorded.withLock { $0 }.filter { $0.labels["__name__"] == "ALERTS" }
        let shown = states.map { sample in
            "\(sample.labels["alertstate"]!) " + (sample.sample.isEndOfSeries ? "end" : "\(sample.sample.value)")
        }
        #expect(shown == ["pending 1.0", "firing 1.0", "pending end", "firing end"])
        let since = answers.recorded.withLock { $0 }.first { $0.labels["__name__"] == "ALERTS_FOR_STATE" }
        #expect(since?.sample.value == 1_700_000_000)
    }

    @Test func `a rule that fails keeps its alerts and repeats them for 15 minutes`() async throws {
        let answers = Answers()
        answers.set("q", [(["job": "web"], 1)])
        var group = try group(.test([.alert("A", "q"), .alert("B", "p")]))
        _ = try await group.evaluate(at: .minutes(0), answers.surroundings)
        answers.fail("q", "no such luck")
        let outcome = try await group.evaluate(at: .minutes(1), answers.surroundings)
        #expect(group.members.map(\.lastError) == ["no such luck", nil])
        #expect(outcome.alerts.count == 1)
        #expect(group.members[0].activeAlerts.map(\.state) == [.firing])
        #expect(try await group.evaluate(at: .minutes(15), answers.surroundings).alerts.count == 1)
        #expect(try await group.evaluate(at: .minutes(17), answers.surroundings).alerts.isEmpty)
    }

    @Test func `two samples that become one alert fail the rule`() async throws {
        let answers = Answers()
        answers.set("q", [(["job": "web", "id": "1"], 1), (["job": "web", "id": "2"], 1)])
        var group = try group(.test([.alert("A", "q", labels: ["id": ""])]))
        let outcome = try await group.evaluate(at: .minutes(0), answers.surroundings)
        #expect(outcome.alerts.isEmpty)
        #expect(
            group.members[0].lastError
                == "vector contains metrics with the same labelset after applying alert labels")
    }

    @Test func `above the limit the alerts stay that were there first`() async throws {
        let answers = Answers()
        answers.set("q", [(["n": "5"], 1)])
        var group = try group(.test([.alert("A", "q")], limit: 2))
        _ = try await group.evaluate(at: .minutes(0), answers.surroundings)
        answers.set("q", (1...5).map { (["n": "\($0)"], 1) })
        _ = try await group.evaluate(at: .minutes(1), answers.surroundings)
        #expect(group.members[0].activeAlerts.map { $0.labels["n"] } == ["1", "5"])
        #expect(group.members[0].lastError == "exceeded limit of 2 with 5 alerts")
    }

    @Test func `a recording rule names its series, and ends those that are gone`() async throws {
        let answers = Answers()
        answers.set("q", [(["__name__": "x", "job": "a"], 1), (["job": "b"], 2)])
        let rule = Rule(name: "job:errors:rate5m", expression: "q", labels: ["source": "logs"], kind: .recording)
        var group = try group(.test([rule]))
        _ = try await group.evaluate(at: .minutes(0), answers.surroundings)
        answers.set("q", [(["job": "b"], 3)])
        _ = try await group.evaluate(at: .minutes(1), answers.surroundings)
        let shown = answers.recorded.withLock { $0 }.map { sample in
            "\(sample.labels["__name__"]!) \(sample.labels["job"]!) \(sample.labels["source"]!) "
                + (sample.sample.isEndOfSeries ? "end" : "\(sample.sample.value)")
        }
        let name = "job:errors:rate5m"
        #expect(
            shown == ["\(name) a logs 1.0", "\(name) b logs 2.0", "\(name) b logs 3.0", "\(name) a logs end"])
    }

    @Test func `an alert on lines alone means that there are any`() async throws {
        let answers = Answers()
        var group = try group(.test([.alert("A", #"{app="web"} |= "panic""#)]))
        _ = try await group.evaluate(at: .minutes(0), answers.surroundings)
        #expect(answers.asked.withLock { $0 } == [#"count_over_time({app="web"} |= "panic"[1m]) > 0"#])
    }

    @Test func `a template that cannot be read is refused`() {
        #expect(throws: RuleError.self) {
            _ = try self.group(.test([.alert("A", "q", annotations: ["summary": "{{ $value | humanise }}"])]))
        }
    }
}
