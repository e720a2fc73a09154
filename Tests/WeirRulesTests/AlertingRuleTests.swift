import Testing
import WeirModel
import WeirRules
import WeirTesting

@Suite struct AlertingRuleTests {
    private static let minute: Int64 = 60_000_000_000
    private static let web: LabelSet = ["alertname": "A", "job": "web"]

    private static func at(_ minutes: Double) -> Timestamp {
        Timestamp(nanoseconds: 1_700_000_000_000_000_000 + Int64(minutes * 60e9))
    }

    private static func finding(_ value: Double = 1) -> [AlertingRule.Finding] {
        [AlertingRule.Finding(labels: web, annotations: ["value": "\(value)"], value: value)]
    }

    private func kinds(_ changes: [AlertChange]) -> [AlertChange.Kind] { changes.map(\.kind) }

    @Test func `without a hold an alert fires at the evaluation that finds it`() {
        var rule = AlertingRule()
        #expect(kinds(rule.advance(to: Self.at(0), found: Self.finding())) == [.firing])
        #expect(rule.active.map(\.state) == [.firing])
        #expect(rule.advance(to: Self.at(1), found: Self.finding()).isEmpty)
    }

    @Test func `an alert is pending until its condition has held for long enough`() {
        var rule = AlertingRule(holdNanoseconds: 5 * Self.minute)
        #expect(kinds(rule.advance(to: Self.at(0), found: Self.finding())) == [.pending])
        for step in 1...4 { #expect(rule.advance(to: Self.at(Double(step)), found: Self.finding()).isEmpty) }
        #expect(kinds(rule.advance(to: Self.at(5), found: Self.finding())) == [.firing])
        #expect(rule.active[0].activeAt == Self.at(0))
        #expect(rule.active[0].firedAt == Self.at(5))
    }

    @Test func `a pending alert whose condition stops leaves no trace but a step`() {
        var rule = AlertingRule(holdNanoseconds: 5 * Self.minute)
        _ = rule.advance(to: Self.at(0), found: Self.finding())
        #expect(kinds(rule.advance(to: Self.at(1), found: [])) == [.dropped])
        #expect(rule.alerts.isEmpty)
    }

    @Test func `a resolved alert is kept for 15 minutes, and comes back as a new one`() {
        var rule = AlertingRule()
        _ = rule.advance(to: Self.at(0), found: Self.finding())
        #expect(kinds(rule.advance(to: Self.at(1), found: [])) == [.resolved])
        #expect(rule.active.isEmpty)
        #expect(rule.alerts.count == 1)
        _ = rule.advance(to: Self.at(16), found: [])
        #expect(rule.alerts.count == 1)
        var again = rule
        #expect(kinds(again.advance(to: Self.at(16.5), found: Self.finding())) == [.firing])
        #expect(again.active[0].activeAt == Self.at(16.5))
        _ = rule.advance(to: Self.at(16.5), found: [])
        #expect(rule.alerts.isEmpty)
    }

    @Test func `keep_firing_for bridges a gap and is forgotten when the condition holds again`() {
        var rule = AlertingRule(keepNanoseconds: 3 * Self.minute)
        _ = rule.advance(to: Self.at(0), found: Self.finding())
        #expect(rule.advance(to: Self.at(1), found: []).isEmpty)
        #expect(rule.active[0].keptSince == Self.at(1))
        #expect(rule.advance(to: Self.at(3), found: Self.finding()).isEmpty)
        #expect(rule.active[0].keptSince == nil)
        _ = rule.advance(to: Self.at(4), found: [])
        #expect(rule.advance(to: Self.at(6), found: []).isEmpty)
        #expect(kinds(rule.advance(to: Self.at(7), found: [])) == [.resolved])
    }

    @Test func `a longer hold after a reload sends a firing alert back`() {
        var short = AlertingRule(holdNanoseconds: Self.minute)
        _ = short.advance(to: Self.at(0), found: Self.finding())
        _ = short.advance(to: Self.at(1), found: Self.finding())
        var long = AlertingRule(holdNanoseconds: 10 * Self.minute)
        long.adopt(short.alerts.values)
        #expect(kinds(long.advance(to: Self.at(2), found: Self.finding())) == [.pending])
        #expect(kinds(long.advance(to: Self.at(10), found: Self.finding())) == [.firing])
    }

    @Test func `firing alerts are repeated, resolved ones sent once, pending ones never`() {
        var rule = AlertingRule(holdNanoseconds: Self.minute)
        func due(_ minutes: Double) -> [Alert] {
            rule.takeDue(
                at: Self.at(minutes), resendNanoseconds: Self.minute, validNanoseconds: 4 * Self.minute,
                generatorURL: "http://weir/x")
        }
        _ = rule.advance(to: Self.at(0), found: Self.finding())
        #expect(due(0).isEmpty)
        _ = rule.advance(to: Self.at(1), found: Self.finding(7))
        let first = due(1)
        #expect(first.map(\.startsAt) == [Self.at(1)])
        #expect(first.map(\.endsAt) == [Self.at(5)])
        #expect(first.map(\.annotations) == [["value": "7.0"]])
        #expect(due(1.5).isEmpty)
        #expect(due(2).count == 1)
        _ = rule.advance(to: Self.at(3), found: [])
        #expect(due(3).map(\.endsAt) == [Self.at(3)])
        #expect(due(4).isEmpty)
    }

    @Test(arguments: 1...40) func `every life keeps the order of its steps`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var rule = AlertingRule(
            holdNanoseconds: Int64(generator.next() % 4) * Self.minute,
            keepNanoseconds: Int64(generator.next() % 4) * Self.minute)
        var last: [LabelSet: AlertChange.Kind] = [:]
        var minutes = 0.0
        for _ in 0..<300 {
            minutes += Double(1 + generator.next() % 3)
            let found = (0..<4).filter { _ in generator.next() % 3 > 0 }
                .map { AlertingRule.Finding(labels: ["n": "\($0)"], value: 1) }
            for change in rule.advance(to: Self.at(minutes), found: found) {
                let before = last[change.labels] ?? .resolved
                let fits =
                    switch change.kind {
                    case .pending: before == .resolved || before == .dropped
                    case .firing: before == .pending || (rule.holdNanoseconds == 0 && before == .resolved)
                    case .resolved: before == .firing
                    case .dropped: before == .pending
                    }
                #expect(fits, "\(change.kind) after \(before)")
                last[change.labels] = change.kind
            }
            // A firing alert without keeping must have been found just now.
            for alert in rule.active where alert.keptSince == nil {
                #expect(found.contains { $0.labels == alert.labels })
            }
        }
    }
}
