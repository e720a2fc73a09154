internal import LogMetrics
public import LogQL
internal import WeirModel

/// Runs tests of rules.
public struct RuleTestRun: Sendable {
    private let groups: [RuleGroupDefinition]
    private let intervalNanoseconds: Int64
    private let clocks: QueryEngine.Clocks

    /// Creates a run of tests of some groups, which are evaluated in this order.
    ///
    /// - Parameter intervalNanoseconds: `evaluation_interval`, which promtool takes for every group.
    public init(_ groups: [RuleGroupDefinition], intervalNanoseconds: Int64, clocks: QueryEngine.Clocks) {
        self.groups = groups
        self.intervalNanoseconds = max(1, intervalNanoseconds)
        self.clocks = clocks
    }

    /// Runs a test.
    ///
    /// - Returns: what is not as expected, in promtool's form; nothing when all is.
    /// - Throws: ``RuleError`` when a group cannot be used, `CancellationError`.
    public func run(_ test: RuleTest) async throws -> [String] {
        let samples = SampleStore()
        RuleTestRun.load(test, into: samples)
        let engine = QueryEngine(source: RuleTestRun.lines(of: test), samples: samples, clocks: clocks)
        let surroundings = RuleSurroundings(
            ask: { question throws(RuleError) in try await RuleAnswers.answer(question, engine) },
            record: { tenant, found in samples.append(tenant, found) }, externalLabels: test.externalLabels,
            externalURL: test.externalURL)
        var running: [RuleGroup] = []
        for group in groups {
            running.append(
                try RuleGroup(group, schedule: RuleSchedule(intervalNanoseconds: intervalNanoseconds)))
        }
        var failures: [String] = []
        var offset: Int64 = 0
        while offset <= test.endNanoseconds {
            let instant = test.start.advanced(byNanoseconds: offset)
            for index in running.indices { _ = try await running[index].evaluate(at: instant, surroundings) }
            let span = offset..<(offset + intervalNanoseconds)
            for expectation in test.alerts where span.contains(expectation.atNanoseconds) {
                failures += RuleTestRun.check(expectation, running)
            }
            for expectation in test.queries where span.contains(expectation.atNanoseconds) {
                failures += await RuleTestRun.check(expectation, engine, test.start)
            }
            offset += intervalNanoseconds
        }
        return failures
    }

    private static func load(_ test: RuleTest, into samples: SampleStore) {
        for series in test.series {
            let found = series.values.enumerated().compactMap { index, value in
                value.map { value in
                    let instant = test.start.advanced(byNanoseconds: Int64(index) * test.stepNanoseconds)
                    return InstantSample(labels: series.labels, sample: Sample(timestamp: instant, value: value))
                }
            }
            samples.append(.default, found)
        }
    }

    private static func lines(of test: RuleTest) -> FixtureLines {
        var lines = FixtureLines()
        for input in test.lines {
            for number in 0..<input.count {
                let instant = test.start.advanced(
                    byNanoseconds: input.atNanoseconds + Int64(number) * input.everyNanoseconds)
                lines.add(input.labels, at: instant, input.line.replacing("{{.n}}", with: String(number)))
            }
        }
        return lines
    }

    // MARK: Expectations

    private static func check(_ expectation: RuleTest.AlertExpectation, _ groups: [RuleGroup]) -> [String] {
        let wantsPending = expectation.alerts.contains { $0.state == .pending }
        var found: [RuleTest.ExpectedAlert] = []
        for group in groups where expectation.group.map({ $0 == group.definition.key.name }) ?? true {
            for member in group.members where member.rule.isAlerting && member.rule.name == expectation.name {
                for alert in member.activeAlerts where alert.state == .firing || wantsPending {
                    var labels = alert.labels
                    labels["alertname"] = nil
                    found.append(
                        RuleTest.ExpectedAlert(labels: labels, annotations: alert.annotations, state: alert.state))
                }
            }
        }
        guard Set(found) != Set(expectation.alerts) || found.count != expectation.alerts.count else { return [] }
        let time = PrometheusDuration.text(expectation.atNanoseconds)
        return [
            "    alertname: \(expectation.name), time: \(time),", "        exp:\(text(expectation.alerts)),",
            "        got:\(text(found))",
        ]
    }

    private static func text(_ alerts: [RuleTest.ExpectedAlert]) -> String {
        guard !alerts.isEmpty else { return "[]" }
        let lines = alerts.sorted { $0.labels < $1.labels }.enumerated().map { index, alert in
            """
                        \(index):
                          Labels:\(alert.labels)
                          Annotations:\(alert.annotations)\(alert.state == .pending ? "\n              State:pending" : "")
            """
        }
        return "[\n" + lines.joined(separator: "\n") + "\n            ]"
    }

    private static func check(
        _ expectation: RuleTest.QueryExpectation, _ engine: QueryEngine, _ start: Timestamp
    ) async -> [String] {
        let time = PrometheusDuration.text(expectation.atNanoseconds)
        let head = "    expr: \(expectation.expression), time: \(time),"
        let question = RuleQuestion(
            tenant: .default, text: expectation.expression,
            instant: start.advanced(byNanoseconds: expectation.atNanoseconds))
        let found: [InstantSample]
        do {
            found = try await RuleAnswers.answer(question, engine)
        } catch {
            return [head, "        err: \(error.message)"]
        }
        let values = Dictionary(found.map { ($0.labels, $0.sample.value) }) { first, _ in first }
        let fits =
            values.count == expectation.samples.count
            && expectation.samples.allSatisfy { labels, value in values[labels].map { isEqual($0, value) } ?? false }
        guard !fits else { return [] }
        return [head, "        exp:\(text(expectation.samples))", "        got:\(text(values))"]
    }

    /// Numbers that were calculated in another order differ in their last digits.
    private static func isEqual(_ left: Double, _ right: Double) -> Bool {
        left == right || (left.isNaN && right.isNaN)
            || (left - right).magnitude <= 1e-9 * max(left.magnitude, right.magnitude)
    }

    private static func text(_ samples: [LabelSet: Double]) -> String {
        let texts = samples.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return texts.isEmpty ? "nil" : texts.joined(separator: ", ")
    }
}
