import WeirModel

/// Answers metric expressions: range aggregations by scans, everything above them over their series.
///
/// Series are worked on whole, over all instants, instead of instant by instant: the labels are compared once.
struct MetricEvaluation {
    let ranges: RangeEvaluation
    let samples: any SampleSource
    let instants: StepInstants
    let watch: QueryWatch

    /// What has been computed: an expression that occurs twice is evaluated once.
    private var known: [Operand: StepValue] = [:]
    private(set) var statistics = QueryStatistics()

    /// An expression with the grouping that a sum around it asks for.
    private struct Operand: Hashable {
        var query: MetricQuery
        var outer: GroupingSyntax?
    }

    init(ranges: RangeEvaluation, samples: any SampleSource, instants: StepInstants, watch: QueryWatch) {
        self.ranges = ranges
        self.samples = samples
        self.instants = instants
        self.watch = watch
    }

    /// Evaluates an expression.
    mutating func evaluate(_ query: MetricQuery) async throws(QueryError) -> StepValue {
        try await evaluate(query, outer: nil)
    }

    private mutating func evaluate(
        _ query: MetricQuery, outer: GroupingSyntax?
    ) async throws(QueryError) -> StepValue {
        let operand = Operand(query: query, outer: outer)
        if let value = known[operand] { return value }
        try watch.check()
        let value = try await compute(query, outer: outer)
        try watch.memory.change(from: 0, to: value.heldBytes)
        known[operand] = value
        return value
    }

    private mutating func compute(
        _ query: MetricQuery, outer: GroupingSyntax?
    ) async throws(QueryError) -> StepValue {
        switch query {
        case .literal(let number): return .scalar(number)
        case .vector(let number): return .series([constant(number)])
        case .range(let syntax):
            return .series(try await ranges.run(syntax, outer: outer, statistics: &statistics))
        case .aggregation(let syntax):
            let operand = series(try await evaluate(syntax.operand, outer: MetricEvaluation.pushedDown(syntax)))
            return .series(VectorAggregation(syntax: syntax, stepCount: instants.count).run(operand))
        case .binary(let syntax):
            let left = try await evaluate(syntax.left)
            let right = try await evaluate(syntax.right)
            return try BinaryOperation(
                syntax: syntax, stepCount: instants.count, isPrometheus: query.readsSamples
            ).run(left, right)
        case .labelReplace(let syntax):
            let replacement = try LabelReplacement(syntax)
            var operand = series(try await evaluate(syntax.operand))
            for index in operand.indices { operand[index].labels = replacement.apply(to: operand[index].labels) }
            return .series(operand)
        case .calculation(let syntax):
            return VectorCalculation(syntax).run(try await evaluate(syntax.operand))
        case .subquery(let syntax):
            return .series(try await run(syntax))
        case .samples(let syntax): return .series(try await recorded.at(syntax))
        case .sampleWindow(let syntax): return .series(try await run(syntax))
        case .sampleFunction(let syntax):
            if syntax.function == .timestamp, case .samples(let selector)? = syntax.operand {
                let series = try await recorded.at(selector, isTime: true)
                return .series(
                    series.map { StepSeries(labels: $0.labels.withoutName, steps: $0.steps, values: $0.values) })
            }
            var operand: StepValue?
            if let inner = syntax.operand { operand = try await evaluate(inner) }
            return SampleFunction(syntax: syntax, instants: instants).run(operand)
        }
    }

    private var recorded: SampleEvaluation {
        SampleEvaluation(source: samples, tenant: ranges.tenant, instants: instants)
    }

    /// Evaluates a function over windows of recorded samples, or of an expression's values.
    private mutating func run(_ syntax: SampleWindowSyntax) async throws(QueryError) -> [StepSeries] {
        guard let step = syntax.stepNanoseconds else {
            guard case .samples(let selector) = syntax.operand else { return [] }
            return try await recorded.over(selector, syntax)
        }
        // Windows of both kinds are cut alike, so the one that knows about instants is asked.
        let window = SubquerySyntax(
            function: .lastOverTime, operand: syntax.operand, windowNanoseconds: syntax.windowNanoseconds,
            stepNanoseconds: step, offsetNanoseconds: syntax.offsetNanoseconds)
        guard let inner = try SubqueryEvaluation.checkedInstants(of: window, within: instants, ranges.limits) else {
            return recorded.over([], at: nil, syntax)
        }
        return recorded.over(try await values(of: syntax.operand, at: inner), at: inner, syntax)
    }

    /// The values of an expression at other instants.
    private mutating func values(
        of query: MetricQuery, at inner: StepInstants
    ) async throws(QueryError) -> [StepSeries] {
        guard query.hasVaryingNumbers, inner.count > 1 else {
            var evaluation = MetricEvaluation(
                ranges: ranges.at(inner), samples: samples, instants: inner, watch: watch)
            let series = evaluation.series(try await evaluation.evaluate(query))
            statistics.add(evaluation.statistics)
            return series
        }
        // `time()` is one number at an instant and another at the next, so they take their turns.
        var result: [StepSeries] = []
        for step in 0..<inner.count {
            guard let instant = StepInstants(.instant(inner[step]), countMax: 1) else { continue }
            for series in try await values(of: query, at: instant) where !series.values.isEmpty {
                result.append(StepSeries(labels: series.labels, steps: [Int32(step)], values: series.values))
            }
        }
        return StepSeries.merged(result)
    }

    /// Evaluates an expression over all instants, also one with numbers that differ from instant to instant.
    mutating func evaluateWhole(_ query: MetricQuery) async throws(QueryError) -> StepValue {
        guard query.hasVaryingNumbers, instants.count > 1 else { return try await evaluate(query) }
        return .series(try await values(of: query, at: instants))
    }

    /// Evaluates the operand of a subquery at its own instants, and the function over what came out.
    private mutating func run(_ syntax: SubquerySyntax) async throws(QueryError) -> [StepSeries] {
        var operand: [StepSeries] = []
        let inner = try SubqueryEvaluation.checkedInstants(of: syntax, within: instants, ranges.limits)
        if let inner {
            operand = try await values(of: syntax.operand, at: inner)
        }
        var subquery = SubqueryEvaluation(syntax: syntax, instants: instants, innerInstants: inner, series: operand)
        return try await WindowFunction(syntax, instants: instants).run(&subquery)
    }

    /// The grouping that a range aggregation may apply itself, because grouping twice gives the same.
    static func pushedDown(_ syntax: VectorAggregationSyntax) -> GroupingSyntax? {
        guard case .range(let range) = syntax.operand, range.grouping == nil else { return nil }
        let grouping = syntax.grouping ?? GroupingSyntax(isWithout: false, names: [])
        switch (syntax.function, range.function) {
        case (.sum, .increase) where range.range.unwrap == nil: return grouping
        case (.sum, .countOverTime), (.sum, .rate), (.sum, .bytesOverTime), (.sum, .bytesRate), (.sum, .sumOverTime),
            (.min, .minOverTime), (.max, .maxOverTime):
            return grouping
        default: return nil
        }
    }

    private func series(_ value: StepValue) -> [StepSeries] {
        switch value {
        case .series(let series): series
        case .scalar(let number): [constant(number)]
        }
    }

    private func constant(_ number: Double) -> StepSeries {
        StepSeries(
            labels: .empty, steps: Array(0..<Int32(instants.count)),
            values: Array(repeating: number, count: instants.count))
    }
}

extension MetricQuery {
    /// Whether the outermost function gives its answer an order.
    var sortsResult: Bool {
        guard case .aggregation(let syntax) = self else { return false }
        switch syntax.function {
        case .sort, .sortDescending: return true
        default: return false
        }
    }
}
