import WeirModel

/// Answers range aggregations: one scan each, folded while it reads.
struct RangeEvaluation {
    let source: any LogSource
    let tenant: Tenant
    let instants: StepInstants
    let limits: QueryLimits
    let watch: QueryWatch
    let workers: Int
    /// The clock of templates.
    let now: @Sendable () -> Int64

    /// Runs an aggregation.
    ///
    /// - Parameter outer: the grouping of a sum, minimum or maximum around it, which then needs only those labels.
    func run(
        _ syntax: RangeAggregationSyntax, outer: GroupingSyntax?, statistics: inout QueryStatistics
    ) async throws(QueryError) -> [StepSeries] {
        let seconds = Double(syntax.range.windowNanoseconds) / 1e9
        switch syntax.function {
        case .countOverTime:
            return try await fold(CountFold.self, syntax, outer, &statistics) { Double($0.count) }
        case .rate where syntax.range.unwrap == nil:
            return try await fold(CountFold.self, syntax, outer, &statistics) { Double($0.count) / seconds }
        case .rate, .bytesRate:
            return try await fold(SumFold.self, syntax, outer, &statistics) { $0.sum / seconds }
        case .bytesOverTime, .sumOverTime:
            return try await fold(SumFold.self, syntax, outer, &statistics) { $0.sum }
        case .avgOverTime:
            return try await fold(MomentsFold.self, syntax, outer, &statistics) { $0.mean }
        case .stddevOverTime:
            return try await fold(MomentsFold.self, syntax, outer, &statistics) {
                ($0.squares / $0.count).squareRoot()
            }
        case .stdvarOverTime:
            return try await fold(MomentsFold.self, syntax, outer, &statistics) { $0.squares / $0.count }
        case .minOverTime: return try await fold(MinFold.self, syntax, outer, &statistics) { $0.value }
        case .maxOverTime: return try await fold(MaxFold.self, syntax, outer, &statistics) { $0.value }
        case .firstOverTime: return try await fold(FirstFold.self, syntax, outer, &statistics) { $0.sample.value }
        case .lastOverTime: return try await fold(LastFold.self, syntax, outer, &statistics) { $0.sample.value }
        case .quantileOverTime:
            let quantile = syntax.parameter ?? .nan
            return try await list(syntax, outer, &statistics) { Quantile.value(quantile, of: $0.map(\.value)) }
        case .rateCounter:
            return try await list(syntax, outer, &statistics) {
                CounterRate.value(of: $0, windowNanoseconds: syntax.range.windowNanoseconds)
            }
        case .absentOverTime:
            return [try await absent(syntax, &statistics)]
        }
    }

    private func fold<Fold: SampleFold>(
        _: Fold.Type, _ syntax: RangeAggregationSyntax, _ outer: GroupingSyntax?,
        _ statistics: inout QueryStatistics, _ value: (Fold) -> Double
    ) async throws(QueryError) -> [StepSeries] {
        let (labels, parts) = try await collect(Fold.self, syntax, projection(syntax, outer), &statistics)
        return series(labels, parts) { merge, step in merge.fold(at: step).map(value) }
    }

    private func list(
        _ syntax: RangeAggregationSyntax, _ outer: GroupingSyntax?, _ statistics: inout QueryStatistics,
        _ value: ([FoldedSample]) -> Double
    ) async throws(QueryError) -> [StepSeries] {
        let (labels, parts) = try await collect(ListFold.self, syntax, projection(syntax, outer), &statistics)
        return series(labels, parts) { merge, step in
            let samples = merge.parts(at: step).flatMap { $0.fold.samples }
            return samples.isEmpty ? nil : value(samples)
        }
    }

    /// 1 wherever no entry is in the window.
    private func absent(
        _ syntax: RangeAggregationSyntax, _ statistics: inout QueryStatistics
    ) async throws(QueryError) -> StepSeries {
        let (labels, parts) = try await collect(CountFold.self, syntax, .by([]), &statistics)
        let present = Set(series(labels, parts) { merge, step in merge.fold(at: step).map { _ in 1 } }.flatMap(\.steps))
        var result = StepSeries(labels: RangeEvaluation.absentLabels(syntax.range.query.matchers))
        for step in 0..<Int32(instants.count) where !present.contains(step) { result.append(step, 1) }
        return result
    }

    /// The labels that equality fixes to one value.
    private static func absentLabels(_ matchers: [Matcher]) -> LabelSet {
        var labels = LabelSet()
        var seen: Set<String> = []
        for matcher in matchers {
            let isNew = seen.insert(matcher.name).inserted
            labels[matcher.name] = isNew && matcher.comparison == .equal ? matcher.value : nil
        }
        return labels
    }

    private func projection(_ syntax: RangeAggregationSyntax, _ outer: GroupingSyntax?) -> LabelProjection {
        LabelProjection(syntax.grouping ?? outer, unwrapping: syntax.range.unwrap?.label)
    }

    /// Scans and returns the parts of all workers, sorted by series and span.
    private func collect<Fold: SampleFold>(
        _: Fold.Type, _ syntax: RangeAggregationSyntax, _ projection: LabelProjection,
        _ statistics: inout QueryStatistics
    ) async throws(QueryError) -> ([LabelSet], [SampleCollector<Fold>.Part]) {
        let countsBytes = syntax.function.countsBytes
        let plan: SelectionPlan
        do {
            plan = try SelectionPlan(
                syntax.range, countsBytes: countsBytes, projection: projection, tenant: tenant, instants: instants,
                now: now)
        } catch {
            throw .syntax(error)
        }
        let value: SampleValue = plan.unwrap.map { .unwrapped($0) } ?? (countsBytes ? .lineBytes : .one)
        let spans = WindowSpans(
            instants, windowNanoseconds: syntax.range.windowNanoseconds,
            offsetNanoseconds: syntax.range.offsetNanoseconds)
        let scan = ScanWorkers(count: workers, watch: watch) {
            SampleCollector<Fold>(
                plan, projection: projection, value: value, spans: spans, partsMax: limits.partsMax)
        }
        statistics.scan.add(try await scan.scan(source, plan.selection))

        var labels: [LabelSet] = []
        var numbers: [LabelSet: UInt32] = [:]
        var parts: [SampleCollector<Fold>.Part] = []
        var matched = 0
        scan.forEach { collector in
            matched += collector.linesMatched
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
        statistics.linesMatched += matched
        SampleCollector<Fold>.Part.compact(&parts)
        return (labels, parts)
    }

    private func series<Fold: SampleFold>(
        _ labels: [LabelSet], _ parts: [SampleCollector<Fold>.Part],
        _ value: (inout WindowMerge<Fold>, Int32) -> Double?
    ) -> [StepSeries] {
        var result: [StepSeries] = []
        var start = 0
        while start < parts.count {
            let number = parts[start].series
            var end = start
            while end < parts.count, parts[end].series == number { end += 1 }
            var series = StepSeries(labels: labels[Int(number)])
            var merge = WindowMerge(parts[start..<end])
            for step in parts[start].span.first...parts[end - 1].span.last {
                if let number = value(&merge, step) { series.append(step, number) }
            }
            result.append(series)
            start = end
        }
        return result
    }
}

extension RangeAggregationSyntax.Function {
    /// Whether the lengths of lines are added up.
    var countsBytes: Bool { self == .bytesOverTime || self == .bytesRate }
}
