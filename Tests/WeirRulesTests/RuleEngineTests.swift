import LogQL
import Synchronization
import Testing
import WeirModel
import WeirRules
import WeirSystem
import WeirTesting

private final class Inbox: AlertSink {
    private let alerts = Mutex<[Alert]>([])

    func receive(_ alerts: [Alert]) async { self.alerts.withLock { $0 += alerts } }

    func take() -> [Alert] {
        alerts.withLock { all in
            defer { all = [] }
            return all
        }
    }
}

@Suite struct RuleEngineTests {
    private let answers = Answers()
    private let clock = ManualClock()
    private let inbox = Inbox()

    private func engine(_ database: RuleDatabase? = nil) -> RuleEngine {
        RuleEngine(surroundings: answers.surroundings, sinks: [inbox], database: database, clock: clock)
    }

    private func step(_ engine: RuleEngine, minutes: Int64 = 1) async {
        clock.advance(byNanoseconds: minutes * 60_000_000_000)
        await engine.evaluateDue()
    }

    @Test func `a group is evaluated once per slot of its schedule`() async throws {
        let engine = engine()
        let difference = try await engine.replace(with: [.test([.alert("A", "q")])])
        #expect(difference.added == [#"test.yml: group "g""#, #"test.yml: group "g": alert "A""#])
        await engine.evaluateDue()
        #expect(engine.groups[0].iterations == 0)
        for _ in 0..<3 { await step(engine) }
        await engine.evaluateDue()
        #expect(engine.groups[0].iterations == 3)
        #expect(engine.groups[0].iterationsMissed == 0)
        await step(engine, minutes: 5)
        #expect(engine.groups[0].iterations == 4)
        #expect(engine.groups[0].iterationsMissed == 4)
    }

    @Test func `a clock that is set back does not stop the rules`() async throws {
        let engine = engine()
        _ = try await engine.replace(with: [.test([.alert("A", "q")])])
        await step(engine)
        clock.advance(byNanoseconds: -3600 * 1_000_000_000)
        await engine.evaluateDue()
        await engine.evaluateDue()
        #expect(engine.groups[0].iterations == 2)
        await step(engine)
        #expect(engine.groups[0].iterations == 3)
    }

    @Test func `slots lie on a grid that does not depend on the start`() {
        let key = RuleGroupDefinition.Key(tenant: .default, namespace: "a", name: "b")
        let schedule = RuleSchedule(key, intervalNanoseconds: 60_000_000_000)
        let slot = schedule.slot(after: .minutes(0))
        #expect(schedule.slot(atOrBefore: slot) == slot)
        #expect(schedule.slot(after: slot).nanoseconds - slot.nanoseconds == 60_000_000_000)
        #expect(schedule.slot(atOrBefore: slot.advanced(byNanoseconds: -1)) < slot)
        let other = RuleSchedule(
            RuleGroupDefinition.Key(tenant: .default, namespace: "a", name: "c"), intervalNanoseconds: 60_000_000_000)
        #expect(other.phaseNanoseconds != schedule.phaseNanoseconds)
    }

    @Test func `a reload keeps the alerts of rules that stay and ends those of rules that are gone`() async throws {
        let engine = engine()
        answers.set("q", [(["job": "web"], 1)])
        _ = try await engine.replace(with: [.test([.alert("A", "q"), .alert("B", "q")])])
        await step(engine)
        #expect(inbox.take().count == 2)
        let difference = try await engine.replace(
            with: [.test([.alert("A", "q", hold: 0, annotations: ["s": "new"]), .alert("C", "q")])])
        #expect(
            difference.lines == [
                #"+ test.yml: group "g": alert "C""#, #"~ test.yml: group "g": alert "A""#,
                #"- test.yml: group "g": alert "B""#,
            ])
        let farewells = inbox.take()
        #expect(farewells.map(\.name) == ["B"])
        #expect(farewells.map(\.endsAt) == [Timestamp(nanoseconds: clock.now())])
        #expect(engine.groups[0].members[0].activeAlerts.count == 1)
    }

    @Test func `rules with one that cannot be used change nothing`() async throws {
        let engine = engine()
        _ = try await engine.replace(with: [.test([.alert("A", "q")])])
        await #expect(throws: RuleError.self) {
            _ = try await engine.replace(
                with: [.test([.alert("B", "q")]), .test([.alert("C", "q", annotations: ["s": "{{"])], name: "h")])
        }
        #expect(engine.groups.map { $0.members.map(\.rule.name) } == [["A"]])
    }

    @Test func `alerts survive a restart, pending ones without the time in between`() async throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/rules.db"
        answers.set("q", [(["job": "web"], 1)])
        let definitions: [RuleGroupDefinition] = [
            .test([.alert("A", "q"), .alert("B", "q", hold: 10 * 60_000_000_000)])
        ]
        do {
            let database = try RuleDatabase(path: path)
            defer { database.close() }
            let engine = engine(database)
            _ = try await engine.replace(with: definitions)
            for _ in 0..<5 { await step(engine) }
        }
        _ = inbox.take()
        clock.advance(byNanoseconds: 30 * 60_000_000_000)
        let database = try RuleDatabase(path: path)
        defer { database.close() }
        let engine = engine(database)
        _ = try await engine.replace(with: definitions)
        #expect(engine.groups[0].members.map { $0.activeAlerts.map(\.state) } == [[.firing], [.pending]])
        for _ in 0..<3 { await step(engine) }
        #expect(Set(inbox.take().map(\.name)) == ["A"])
        for _ in 0..<6 { await step(engine) }
        #expect(Set(inbox.take().map(\.name)) == ["A", "B"])
        let history = try database.history(tenant: .default, since: .min)
        #expect(history.map { "\($0.rule) \($0.change.kind)" } == ["A firing", "B pending", "B firing"])
    }

    @Test func `after a long outage what was pending is forgotten`() async throws {
        let folder = TemporaryFolder()
        let database = try RuleDatabase(path: folder.path + "/rules.db")
        defer { database.close() }
        answers.set("q", [(["job": "web"], 1)])
        let definitions: [RuleGroupDefinition] = [
            .test([.alert("A", "q"), .alert("B", "q", hold: 10 * 60_000_000_000)])
        ]
        let first = engine(database)
        _ = try await first.replace(with: definitions)
        await step(first)
        clock.advance(byNanoseconds: 2 * 3600 * 1_000_000_000)
        answers.set("q", [])
        let second = engine(database)
        _ = try await second.replace(with: definitions)
        #expect(second.groups[0].members.map { $0.activeAlerts.map(\.state) } == [[.firing], []])
        _ = inbox.take()
        await step(second)
        let sent = inbox.take()
        #expect(sent.map(\.name) == ["A"])
        #expect(sent.allSatisfy { $0.isResolved(at: Timestamp(nanoseconds: clock.now())) })
    }
}
