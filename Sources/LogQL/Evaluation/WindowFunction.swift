import WeirModel

/// What a function over windows runs over: entries that are read, or the values of a subquery.
protocol WindowInput {
    /// The labels of the series, and the samples of each folded over spans of instants, sorted by series and span.
    mutating func parts<Fold: SampleFold>(
        _ fold: Fold.Type
    ) async throws(QueryError) -> (labels: [LabelSet], parts: [SampleCollector<Fold>.Part])
}

/// A function over the windows of each series: chooses what is kept of the samples, and makes a number of it.
struct WindowFunction {
    private let function: RangeAggregationSyntax.Function
    private let parameter: Double?
    private let unwraps: Bool
    private let windowNanoseconds: Int64
    private let instants: StepInstants
    /// The labels of the only series of `absent_over_time`.
    private let absentLabels: LabelSet

    init(_ syntax: RangeAggregationSyntax, instants: StepInstants) {
        function = syntax.function
        parameter = syntax.parameter
        unwraps = syntax.range.unwrap != nil
        windowNanoseconds = syntax.range.windowNanoseconds
        self.instants = instants
        absentLabels = WindowFunction.absentLabels(syntax.range.query.matchers)
    }

    init(_ syntax: SubquerySyntax, instants: StepInstants) {
        function = syntax.function
        parameter = syntax.parameter
        unwraps = true
        windowNanoseconds = syntax.windowNanoseconds
        self.instants = instants
        absentLabels = .empty
    }

    /// Runs the function.
    func run(_ input: inout some WindowInput) async throws(QueryError) -> [StepSeries] {
        let seconds = Double(windowNanoseconds) / 1e9
        switch function {
        case .countOverTime: return try await fold(CountFold.self, &input) { Double($0.count) }
        case .increase where !unwraps: return try await fold(CountFold.self, &input) { Double($0.count) }
        case .rate where !unwraps: return try await fold(CountFold.self, &input) { Double($0.count) / seconds }
        case .rate, .bytesRate: return try await fold(SumFold.self, &input) { $0.sum / seconds }
        case .bytesOverTime, .sumOverTime: return try await fold(SumFold.self, &input) { $0.sum }
        case .avgOverTime: return try await fold(MomentsFold.self, &input) { $0.mean }
        case .stddevOverTime: return try await fold(MomentsFold.self, &input) { ($0.squares / $0.count).squareRoot() }
        case .stdvarOverTime: return try await fold(MomentsFold.self, &input) { $0.squares / $0.count }
        case .minOverTime: return try await fold(MinFold.self, &input) { $0.value }
        case .maxOverTime: return try await fold(MaxFold.self, &input) { $0.value }
        case .firstOverTime: return try await fold(FirstFold.self, &input) { $0.sample.value }
        case .lastOverTime: return try await fold(LastFold.self, &input) { $0.sample.value }
        case .countDistinct: return try await fold(DistinctFold.self, &input) { Double($0.values.count) }
        case .quantileOverTime:
            return try await values(&input) { Quantile.value(parameter ?? .nan, of: $0) }
        case .rateCounter:
            return try await list(&input) { CounterRate.value(of: $0, windowNanoseconds: windowNanoseconds) }
        case .increase: return try await list(&input) { CounterRate.increase(of: $0) }
        case .absentOverTime: return [try await absent(&input)]
        }
    }

    private func fold<Fold: SampleFold>(
        _: Fold.Type, _ input: inout some WindowInput, _ value: (Fold) -> Double
    ) async throws(QueryError) -> [StepSeries] {
        let (labels, parts) = try await input.parts(Fold.self)
        return WindowFunction.series(labels, parts) { merge, step in merge.fold(at: step).map(value) }
    }

    private func values(
        _ input: inout some WindowInput, _ value: ([Double]) -> Double
    ) async throws(QueryError) -> [StepSeries] {
        let (labels, parts) = try await input.parts(ValuesFold.self)
        return WindowFunction.series(labels, parts) { merge, step in
            let parts = merge.parts(at: step)
            let values = parts.count == 1 ? parts[parts.startIndex].fold.values : parts.flatMap { $0.fold.values }
            return values.isEmpty ? nil : value(values)
        }
    }

    private func list(
        _ input: inout some WindowInput, _ value: ([FoldedSample]) -> Double
    ) async throws(QueryError) -> [StepSeries] {
        let (labels, parts) = try await input.parts(ListFold.self)
        return WindowFunction.series(labels, parts) { merge, step in
            let samples = merge.parts(at: step).flatMap { $0.fold.samples }
            return samples.isEmpty ? nil : value(samples)
        }
    }

    /// 1 wherever nothing is in the window.
    private func absent(_ input: inout some WindowInput) async throws(QueryError) -> StepSeries {
        let (labels, parts) = try await input.parts(CountFold.self)
        let found = WindowFunction.series(labels, parts) { merge, step in merge.fold(at: step).map { _ in 1 } }
        let present = Set(found.flatMap(\.steps))
        var result = StepSeries(labels: absentLabels)
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

    private static func series<Fold: SampleFold>(
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
