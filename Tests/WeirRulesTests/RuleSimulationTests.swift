import LogQL
import Synchronization
import Testing
import WeirModel
import WeirRules
import WeirTesting

/// What a receiver believes, who only hears alerts: one fires until its end passes.
private final class Believer: AlertSink {
    private let ends = Mutex<[LabelSet: Timestamp]>([:])

    func receive(_ alerts: [Alert]) async {
        ends.withLock { ends in
            for alert in alerts { ends[alert.labels] = alert.endsAt }
        }
    }

    func firing(at instant: Timestamp) -> Set<LabelSet> {
        ends.withLock { Set($0.filter { $0.value > instant }.keys) }
    }
}

/// Hours of rules with a clock of our own: answers that come and go, failing questions, reloads and restarts.
@Suite struct RuleSimulationTests {
    private static let minute: Int64 = 60_000_000_000

    @Test(arguments: 1...30) func `a receiver believes what the rules know, whatever happens`(seed: UInt64) async throws
    {
        var generator = SeededGenerator(seed: seed)
        let answers = Answers()
        let believer = Believer()
        let clock = ManualClock()
        let folder = TemporaryFolder()
        let path = folder.path + "/rules.db"
        let rules: [Rule] = (0..<3).map { number in
            .alert(
                "A\(number)", "q\(number)", hold: Int64(generator.next() % 3) * Self.minute,
                keep: Int64(generator.next() % 3) * Self.minute)
        }
        var isThirdThere = true
        var definitions: [RuleGroupDefinition] { [.test(isThirdThere ? rules : Array(rules.dropLast()))] }
        func start(_ database: RuleDatabase) async throws -> RuleEngine {
            var surroundings = answers.surroundings
            surroundings.externalLabels = .empty
            let engine = RuleEngine(surroundings: surroundings, sinks: [believer], database: database, clock: clock)
            _ = try await engine.replace(with: definitions)
            return engine
        }
        var database = try RuleDatabase(path: path)
        var engine = try await start(database)
        var failures = 0
        for _ in 0..<240 {
            for number in 0..<3 where generator.next() % 3 == 0 {
                answers.set(
                    "q\(number)", (0..<3).filter { _ in generator.next() % 2 == 0 }.map { (["n": "\($0)"], Double($0)) }
                )
            }
            // Not longer than alerts are repeated without an answer.
            let fails = generator.next() % 8 == 0 || (failures > 0 && failures < 10 && generator.next() % 3 > 0)
            failures = fails ? failures + 1 : 0
            answers.fail("q1", fails ? "the store is away" : nil)
            if generator.next() % 20 == 0 {
                isThirdThere.toggle()
                _ = try await engine.replace(with: definitions)
            }
            if generator.next() % 15 == 0 {
                database.close()
                // Shorter than an alert holds without being repeated.
                clock.advance(byNanoseconds: Int64(generator.next() % 2) * Self.minute)
                database = try RuleDatabase(path: path)
                engine = try await start(database)
            }
            clock.advance(byNanoseconds: Self.minute)
            await engine.evaluateDue()
            let now = Timestamp(nanoseconds: clock.now())
            let known = engine.groups.flatMap(\.members).flatMap(\.activeAlerts).filter { $0.state == .firing }
            #expect(believer.firing(at: now) == Set(known.map(\.labels)))
        }
        database.close()
    }
}
