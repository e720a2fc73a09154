internal import LogMetrics
public import LogQL
internal import Synchronization
public import WeirModel

/// Runs rules over time that has passed: what would have been pending, fired and resolved, and when.
///
/// The same steps as in production, at the instants of the same schedule; only questions are asked in bulk. A question
/// about lines is asked once for hundreds of instants. One about series is asked at each, of series that the rules record
/// on the way.
public struct RuleBacktest: Sendable {
    /// A step in the life of an alert.
    public struct Step: Sendable, Hashable {
        /// The group.
        public var key: RuleGroupDefinition.Key
        /// The rule's name.
        public var rule: String
        /// The step.
        public var change: AlertChange

        /// Creates a step.
        public init(key: RuleGroupDefinition.Key, rule: String, change: AlertChange) {
            self.key = key
            self.rule = rule
            self.change = change
        }
    }

    /// What came out.
    public struct Report: Sendable {
        /// The steps of all alerts in order of time.
        public var steps: [Step] = []
        /// Why rules could not be evaluated, each reason once.
        public var errors: [String] = []
        /// Evaluations of groups.
        public var evaluations = 0

        /// Creates an empty report.
        public init() {}
    }

    private let makeEngine: @Sendable (any SampleSource) -> QueryEngine
    private let intervalNanoseconds: Int64

    /// Instants for which a question about lines is asked at once.
    private static let piece = 500

    /// Creates a backtest.
    ///
    /// - Parameters:
    ///   - intervalNanoseconds: of groups that name no interval.
    ///   - makeEngine: makes the engine that reads lines, and series from where it is told.
    public init(
        intervalNanoseconds: Int64, makeEngine: @escaping @Sendable (any SampleSource) -> QueryEngine
    ) {
        self.intervalNanoseconds = intervalNanoseconds
        self.makeEngine = makeEngine
    }

    /// Evaluates groups at all instants of their schedules in `[start, end]`.
    ///
    /// - Throws: ``RuleError`` when a group cannot be used, `CancellationError`.
    public func run(_ definitions: [RuleGroupDefinition], from start: Timestamp, to end: Timestamp) async throws
        -> Report
    {
        var report = Report()
        var seen: Set<String> = []
        for definition in definitions {
            let schedule = RuleSchedule(
                definition.key, intervalNanoseconds: definition.intervalNanoseconds ?? intervalNanoseconds)
            let samples = SampleStore()
            let answers = BacktestAnswers(
                engine: makeEngine(samples), stepNanoseconds: schedule.intervalNanoseconds, end: end,
                piece: RuleBacktest.piece)
            let surroundings = RuleSurroundings(
                ask: { question throws(RuleError) in try await answers.answer(question) },
                record: { tenant, found in samples.append(tenant, found) })
            var group = try RuleGroup(definition, schedule: schedule)
            var slot = schedule.slot(atOrBefore: start) == start ? start : schedule.slot(after: start)
            while slot <= end {
                let outcome = try await group.evaluate(at: slot, surroundings)
                report.evaluations += 1
                report.steps += outcome.changes.map {
                    Step(key: definition.key, rule: $0.rule, change: $0.change)
                }
                for member in group.members {
                    guard let error = member.lastError else { continue }
                    let line = "\(definition.key.name): \(member.rule.name): \(error)"
                    if seen.insert(line).inserted { report.errors.append(line) }
                }
                slot = schedule.slot(after: slot)
            }
        }
        report.steps.sort { ($0.change.at, $0.key, $0.rule) < ($1.change.at, $1.key, $1.rule) }
        return report
    }
}

/// Answers questions about lines for many instants at once.
private final class BacktestAnswers: Sendable {
    /// What was asked for one text: the instants covered, and the samples at those where there were any.
    private struct Piece {
        var end: Timestamp
        var vectors: [Timestamp: [InstantSample]]
        var error: RuleError?
    }

    private let engine: QueryEngine
    private let stepNanoseconds: Int64
    private let end: Timestamp
    private let piece: Int
    private let pieces = Mutex<[String: Piece]>([:])

    init(engine: QueryEngine, stepNanoseconds: Int64, end: Timestamp, piece: Int) {
        self.engine = engine
        self.stepNanoseconds = stepNanoseconds
        self.end = end
        self.piece = piece
    }

    func answer(_ question: RuleQuestion) async throws(RuleError) -> [InstantSample] {
        let parsed: Query
        do { parsed = try Query.parse(question.text) } catch { throw RuleError(error.message) }
        guard case .metric(let metric) = parsed else { throw RuleError("rule result is not a vector or scalar") }
        guard !metric.readsSamples else { return try await RuleAnswers.answer(question, engine) }
        if let known = pieces.withLock({ $0[question.text] }), question.instant <= known.end {
            if let error = known.error { throw error }
            return known.vectors[question.instant] ?? []
        }
        let fresh = await ask(question, metric)
        pieces.withLock { $0[question.text] = fresh }
        if let error = fresh.error { throw error }
        return fresh.vectors[question.instant] ?? []
    }

    private func ask(_ question: RuleQuestion, _ metric: MetricQuery) async -> Piece {
        let last = question.instant.advanced(byNanoseconds: stepNanoseconds * Int64(piece - 1))
        var result = Piece(end: min(last, max(end, question.instant)), vectors: [:])
        let request = QueryRequest(
            tenant: question.tenant, text: question.text,
            time: .range(start: question.instant, end: result.end, stepNanoseconds: stepNanoseconds),
            skipsErrors: !question.failsOnLineErrors)
        do {
            guard case .matrix(let series) = try await engine.run(.metric(metric), request).result else {
                result.error = RuleError("rule result is not a vector or scalar")
                return result
            }
            for member in series {
                for sample in member.samples {
                    result.vectors[sample.timestamp, default: []].append(
                        InstantSample(labels: member.labels, sample: sample))
                }
            }
        } catch {
            result.error = RuleError(error.message)
        }
        return result
    }
}
