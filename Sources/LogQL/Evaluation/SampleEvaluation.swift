import WeirModel

/// Answers selectors of recorded series and functions over their windows.
struct SampleEvaluation {
    let source: any SampleSource
    let tenant: Tenant
    let instants: StepInstants

    /// How far back an instant looks for the last sample, as in Prometheus.
    static let lookbackNanoseconds: Int64 = 5 * 60 * 1_000_000_000

    /// The last sample of each series at each instant.
    ///
    /// - Parameter isTime: whether the value is the sample's own instant in seconds.
    func at(_ syntax: SampleSelectorSyntax, isTime: Bool = false) async throws(QueryError) -> [StepSeries] {
        let found = try await read(
            syntax.matchers, offset: syntax.offsetNanoseconds, window: SampleEvaluation.lookbackNanoseconds)
        return found.map { series in
            var result = StepSeries(labels: series.labels)
            var next = 0
            for step in 0..<instants.count {
                let instant = instants[step].advanced(byNanoseconds: -syntax.offsetNanoseconds)
                while next < series.samples.count, series.samples[next].timestamp <= instant { next += 1 }
                guard next > 0, case let last = series.samples[next - 1], !last.isEndOfSeries,
                    instant.nanoseconds - last.timestamp.nanoseconds < SampleEvaluation.lookbackNanoseconds
                else { continue }
                let seconds = Double(last.timestamp.nanoseconds / 1_000_000) / 1000
                result.append(Int32(step), isTime ? seconds : last.value)
            }
            return result
        }.filter { !$0.steps.isEmpty }
    }

    /// A function over the windows of stored samples.
    func over(
        _ selector: SampleSelectorSyntax, _ syntax: SampleWindowSyntax
    ) async throws(QueryError) -> [StepSeries] {
        let offset = syntax.offsetNanoseconds + selector.offsetNanoseconds
        let found = try await read(selector.matchers, offset: offset, window: syntax.windowNanoseconds)
        return windows(of: found, syntax, offset: offset, absent: SampleEvaluation.fixedLabels(selector.matchers))
    }

    /// A function over the windows of a subquery's values.
    func over(
        _ values: [StepSeries], at inner: StepInstants?, _ syntax: SampleWindowSyntax
    ) -> [StepSeries] {
        let series = StepSeries.merged(values).map { member in
            let samples = zip(member.steps, member.values).map { step, value in
                Sample(timestamp: inner![Int(step)], value: value)
            }
            return Series(labels: member.labels, samples: samples)
        }
        return windows(of: series, syntax, offset: syntax.offsetNanoseconds, absent: .empty)
    }

    private func read(
        _ matchers: [Matcher], offset: Int64, window: Int64
    ) async throws(QueryError) -> [Series] {
        let after = instants.first.advanced(byNanoseconds: -offset).advanced(byNanoseconds: -window)
        do {
            return try await source.samples(
                tenant: tenant, matchers: matchers, after: after,
                through: instants.last.advanced(byNanoseconds: -offset))
        } catch {
            throw QueryError(ofSource: error)
        }
    }

    private func windows(
        of series: [Series], _ syntax: SampleWindowSyntax, offset: Int64, absent: LabelSet
    ) -> [StepSeries] {
        let window = SampleWindow(
            function: syntax.function, parameter: syntax.parameter, windowNanoseconds: syntax.windowNanoseconds)
        var present: Set<Int32> = []
        var results: [StepSeries] = []
        for member in series {
            let samples = member.samples.filter { !$0.isEndOfSeries }
            var result = StepSeries(labels: syntax.function.keepsName ? member.labels : member.labels.withoutName)
            var (first, end) = (0, 0)
            for step in 0..<instants.count {
                let instant = instants[step].advanced(byNanoseconds: -offset)
                let start = instant.advanced(byNanoseconds: -syntax.windowNanoseconds)
                while end < samples.count, samples[end].timestamp <= instant { end += 1 }
                while first < end, samples[first].timestamp <= start { first += 1 }
                if first < end { present.insert(Int32(step)) }
                if let value = window.value(of: samples[first..<end], end: instant) {
                    result.append(Int32(step), value)
                }
            }
            if !result.steps.isEmpty { results.append(result) }
        }
        guard syntax.function == .absentOverTime else { return results }
        return [SampleEvaluation.absence(of: present, labels: absent, count: instants.count)]
            .filter { !$0.steps.isEmpty }
    }

    /// 1 at every instant that is not among those.
    static func absence(of present: Set<Int32>, labels: LabelSet, count: Int) -> StepSeries {
        var result = StepSeries(labels: labels)
        for step in 0..<Int32(count) where !present.contains(step) { result.append(step, 1) }
        return result
    }

    /// The labels that equality fixes to one value, without the name.
    static func fixedLabels(_ matchers: [Matcher]) -> LabelSet {
        var labels = LabelSet()
        var seen: Set<String> = ["__name__"]
        for matcher in matchers where matcher.name != "__name__" {
            let isNew = seen.insert(matcher.name).inserted
            labels[matcher.name] = isNew && matcher.comparison == .equal && !matcher.value.isEmpty ? matcher.value : nil
        }
        return labels
    }
}

extension SampleWindowSyntax.Function {
    /// Whether the result is still a sample of the series.
    fileprivate var keepsName: Bool { self == .lastOverTime || self == .firstOverTime }
}

extension LabelSet {
    /// The labels without the name of a recorded series: what a calculation makes of it is no longer that.
    var withoutName: LabelSet {
        self["__name__"] == nil ? self : LabelSet(sorted: labels.filter { $0.name != "__name__" })
    }
}
