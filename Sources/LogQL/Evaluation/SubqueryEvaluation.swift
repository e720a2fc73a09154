import WeirModel

/// The values of a subquery's operand as samples for the windows of the query around it.
struct SubqueryEvaluation: WindowInput {
    let syntax: SubquerySyntax
    /// The instants of the query around.
    let instants: StepInstants
    /// Where the operand was evaluated; nil for nowhere.
    let innerInstants: StepInstants?
    /// What came out.
    let series: [StepSeries]

    func parts<Fold: SampleFold>(
        _: Fold.Type
    ) async throws(QueryError) -> (labels: [LabelSet], parts: [SampleCollector<Fold>.Part]) {
        guard let innerInstants else { return ([], []) }
        let spans = WindowSpans(
            instants, windowNanoseconds: syntax.windowNanoseconds, offsetNanoseconds: syntax.offsetNanoseconds)
        let merged = StepSeries.merged(series)
        var parts: [SampleCollector<Fold>.Part] = []
        for (number, series) in merged.enumerated() {
            for (step, value) in zip(series.steps, series.values) {
                let timestamp = innerInstants[Int(step)].nanoseconds
                guard let span = spans.stretch(around: timestamp).span else { continue }
                let fold = Fold(FoldedSample(timestamp: timestamp, value: value))
                parts.append(SampleCollector<Fold>.Part(series: UInt32(number), span: span, fold: fold))
            }
        }
        SampleCollector<Fold>.Part.compact(&parts)
        return (merged.map(\.labels), parts)
    }

    /// The multiples of the step since 1970 that lie in some window `(t - offset - range, t - offset]`, and all between
    /// them: where the query around stands does not move them, as in Prometheus. Nil for none, or more than 2^31.
    static func instants(of syntax: SubquerySyntax, within outer: StepInstants) -> StepInstants? {
        let (start, end) = bounds(of: syntax, within: outer)
        guard start <= end, let from = Int64(exactly: start), let to = Int64(exactly: end) else { return nil }
        return StepInstants(
            .range(
                start: Timestamp(nanoseconds: from), end: Timestamp(nanoseconds: to),
                stepNanoseconds: syntax.stepNanoseconds),
            countMax: Int(Int32.max) - 1)
    }

    /// The same, refused where they are too many: a query around with `stepsMax` instants may ask for ten at each.
    static func checkedInstants(
        of syntax: SubquerySyntax, within outer: StepInstants, _ limits: QueryLimits
    ) throws(QueryError) -> StepInstants? {
        let (start, end) = bounds(of: syntax, within: outer)
        let count = (end - start) / Int128(syntax.stepNanoseconds) + 1
        guard count > limits.stepsMax * 10 else { return instants(of: syntax, within: outer) }
        throw .limit(
            message: "the subquery \(syntax.windowText) would be evaluated at \(count) instants (limit: "
                + "\(limits.stepsMax * 10)); increase its step or ask for a shorter time")
    }

    /// The first and the last instant; the first is behind the last when there is none.
    private static func bounds(of syntax: SubquerySyntax, within outer: StepInstants) -> (Int128, Int128) {
        let step = Int128(syntax.stepNanoseconds)
        let offset = Int128(syntax.offsetNanoseconds)
        let before = Int128(outer.first.nanoseconds) - offset - Int128(syntax.windowNanoseconds)
        let last = Int128(outer.last.nanoseconds) - offset
        return ((floorDivide(before, step) + 1) * step, floorDivide(last, step) * step)
    }

    private static func floorDivide(_ value: Int128, _ divisor: Int128) -> Int128 {
        let quotient = value / divisor
        return value % divisor < 0 ? quotient - 1 : quotient
    }
}
