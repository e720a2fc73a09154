import WeirModel

/// Answers range aggregations that look at nothing but which stream an entry is of, when, and how long its line is:
/// the source counts, and no row is delivered.
struct CountEvaluation<Fold: SampleFold> {
    typealias Part = SampleCollector<Fold>.Part

    let plan: SelectionPlan
    let projection: LabelProjection
    let spans: WindowSpans
    let countsBytes: Bool
    let partsMax: Int

    /// Whether counts can answer at all: no stage and no unwrapped label looks at entries.
    var isPossible: Bool {
        Fold.total(entries: 1, bytes: 1, countsBytes: countsBytes) != nil && plan.unwrap == nil && plan.counted == nil
            && plan.pipeline.lineFilters.isEmpty && plan.pipeline.stages.isEmpty
    }

    /// The parts of all series, sorted by series and span; nil when the source has to be scanned.
    func run(
        _ source: any LogSource, _ statistics: inout QueryStatistics
    ) async throws(QueryError) -> (labels: [LabelSet], parts: [Part])? {
        guard isPossible, !plan.selection.range.isEmpty else { return nil }
        let stretches = self.stretches
        guard !stretches.isEmpty else { return ([], []) }
        let splittingNames: Set<String>? = if case .only(let names) = plan.demand { names } else { nil }
        let request = CountRequest(
            tenant: plan.selection.tenant, matchers: plan.selection.matchers, ranges: stretches.map(\.range),
            needsBytes: countsBytes, splittingNames: splittingNames)
        let counts: [StreamCounts]?
        do {
            counts = try await source.counts(request)
        } catch {
            throw QueryError(ofSource: error)
        }
        guard let counts else { return nil }
        var entries = 0
        for stream in counts {
            for cell in stream.cells { entries += cell.entries }
        }
        statistics.linesMatched += entries
        statistics.scan.linesRead += entries
        return try fold(counts, spans: stretches.map(\.span))
    }

    /// The stretches of time whose entries fall into the same windows, in order.
    private var stretches: [(range: TimeRange, span: WindowSpans.Span)] {
        var result: [(range: TimeRange, span: WindowSpans.Span)] = []
        let end = plan.selection.range.end
        var start = plan.selection.range.start
        while start < end {
            let stretch = spans.stretch(around: start.nanoseconds)
            let next = stretch.to == .max ? end : min(end, Timestamp(nanoseconds: stretch.to + 1))
            if let span = stretch.span { result.append((TimeRange(start: start, end: next), span)) }
            start = next
        }
        return result
    }

    /// Adds the streams of each series up.
    private func fold(
        _ counts: [StreamCounts], spans: [WindowSpans.Span]
    ) throws(QueryError) -> (labels: [LabelSet], parts: [Part]) {
        var labels: [LabelSet] = []
        var numbers: [LabelSet: Int] = [:]
        var streams: [[Int]] = []
        for (index, stream) in counts.enumerated() {
            let projected = projection.apply(to: stream.labels)
            let number = numbers[projected] ?? labels.count
            if number == labels.count {
                labels.append(projected)
                numbers[projected] = number
                streams.append([])
            }
            streams[number].append(index)
        }
        var parts: [Part] = []
        var totals = [StreamCounts.Cell?](repeating: nil, count: spans.count)
        for (series, members) in streams.enumerated() {
            var first = spans.count
            var last = -1
            for cell in members.lazy.flatMap({ counts[$0].cells }) {
                totals[cell.range].add(cell)
                first = min(first, cell.range)
                last = max(last, cell.range)
            }
            guard first <= last else { continue }
            for range in first...last {
                guard let total = totals[range].take(),
                    let fold = Fold.total(entries: total.entries, bytes: total.bytes, countsBytes: countsBytes)
                else { continue }
                parts.append(Part(series: UInt32(series), span: spans[range], fold: fold))
            }
            if parts.count > partsMax { throw .tooManyParts(partsMax) }
        }
        return (labels, parts)
    }
}

extension StreamCounts.Cell? {
    fileprivate mutating func add(_ other: StreamCounts.Cell) {
        if self?.addTotals(of: other) == nil { self = other }
    }
}

extension StreamCounts.Cell {
    fileprivate mutating func addTotals(of other: StreamCounts.Cell) {
        entries += other.entries
        bytes += other.bytes
    }
}

extension LabelProjection {
    /// The labels of a series that a stream with the given labels counts for.
    fileprivate func apply(to labels: LabelSet) -> LabelSet {
        switch self {
        case .without(let names): labels.removing(names)
        case .by(let names): labels.keeping(names)
        }
    }
}
