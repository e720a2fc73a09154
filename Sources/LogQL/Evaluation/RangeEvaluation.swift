import WeirModel

/// Answers range aggregations: one scan each, folded while it reads.
struct RangeEvaluation {
    let source: any LogSource
    let tenant: Tenant
    let instants: StepInstants
    let limits: QueryLimits
    let watch: QueryWatch
    let workers: Int
    /// What stages need from outside.
    let surroundings: StageSurroundings
    /// Whether entries with an error are left out instead of failing the query.
    let skipsErrors: Bool
    /// What other queries have read already.
    let sharing: SharedScans?

    /// The same at other instants.
    func at(_ instants: StepInstants) -> RangeEvaluation {
        RangeEvaluation(
            source: source, tenant: tenant, instants: instants, limits: limits, watch: watch, workers: workers,
            surroundings: surroundings, skipsErrors: skipsErrors, sharing: sharing)
    }

    /// Runs an aggregation.
    ///
    /// - Parameter outer: the grouping of a sum, minimum or maximum around it, which then needs only those labels.
    func run(
        _ syntax: RangeAggregationSyntax, outer: GroupingSyntax?, statistics: inout QueryStatistics
    ) async throws(QueryError) -> [StepSeries] {
        let key = SharedScans.Key(
            syntax: syntax, outer: outer, tenant: tenant, instants: instants, skipsErrors: skipsErrors)
        if let series = sharing?.series(key) { return series }
        let isAbsent = syntax.function == .absentOverTime
        let projection = isAbsent ? .by([]) : LabelProjection(syntax, outer: outer)
        let plan: SelectionPlan
        do {
            plan = try SelectionPlan(
                syntax, projection: projection, tenant: tenant, instants: instants, surroundings: surroundings)
        } catch {
            throw .syntax(error)
        }
        var scan = RangeScan(evaluation: self, syntax: syntax, plan: plan, projection: projection)
        let series = try await WindowFunction(syntax, instants: instants).run(&scan)
        statistics.add(scan.statistics)
        sharing?.remember(series, key)
        return series
    }
}

/// The entries of one range aggregation.
struct RangeScan: WindowInput {
    let evaluation: RangeEvaluation
    let syntax: RangeAggregationSyntax
    let plan: SelectionPlan
    let projection: LabelProjection
    /// How much was read.
    private(set) var statistics = QueryStatistics()

    init(
        evaluation: RangeEvaluation, syntax: RangeAggregationSyntax, plan: SelectionPlan, projection: LabelProjection
    ) {
        self.evaluation = evaluation
        self.syntax = syntax
        self.plan = plan
        self.projection = projection
    }

    /// Scans and returns the parts of all workers.
    mutating func parts<Fold: SampleFold>(
        _: Fold.Type
    ) async throws(QueryError) -> (labels: [LabelSet], parts: [SampleCollector<Fold>.Part]) {
        let spans = WindowSpans(
            evaluation.instants, windowNanoseconds: syntax.range.windowNanoseconds,
            offsetNanoseconds: syntax.range.offsetNanoseconds)
        let count = CountEvaluation<Fold>(
            plan: plan, projection: projection, spans: spans, countsBytes: syntax.function.countsBytes,
            partsMax: evaluation.limits.partsMax)
        if let counted = try await count.run(evaluation.source, &statistics) {
            try evaluation.watch.check()
            return counted
        }
        let value = sampleValue
        let errors: SampleErrors =
            projection.asksForErrors ? .counted : evaluation.skipsErrors ? .skipped : .refused
        let scan = ScanWorkers(count: evaluation.workers, watch: evaluation.watch) {
            SampleCollector<Fold>(
                plan, projection: projection, value: value, errors: errors, spans: spans,
                partsMax: evaluation.limits.partsMax)
        }
        var read = QueryStatistics()
        var selection = plan.selection
        selection.keepsInstantsTogether = Fold.isOrdered
        read.scan.add(try await scan.scan(evaluation.source, selection))

        var labels: [LabelSet] = []
        var numbers: [LabelSet: UInt32] = [:]
        var parts: [SampleCollector<Fold>.Part] = []
        scan.forEach { collector in
            read.linesMatched += collector.linesMatched
            read.linesSkipped += collector.linesSkipped
            let own = collector.table.labels.map { set in
                let number = numbers[set] ?? UInt32(labels.count)
                if Int(number) == labels.count {
                    labels.append(set)
                    numbers[set] = number
                }
                return number
            }
            for var part in collector.finish() {
                part.series = own[Int(part.series)]
                parts.append(part)
            }
        }
        statistics.add(read)
        SampleCollector<Fold>.Part.compact(&parts)
        return (labels, parts)
    }

    private var sampleValue: SampleValue {
        if let unwrap = plan.unwrap { return .unwrapped(unwrap) }
        if let counted = plan.counted { return .distinct(counted, ValueNumbers()) }
        return syntax.function.countsBytes ? .lineBytes : .one
    }
}

extension RangeAggregationSyntax.Function {
    /// Whether the lengths of lines are added up.
    var countsBytes: Bool { self == .bytesOverTime || self == .bytesRate }
}
