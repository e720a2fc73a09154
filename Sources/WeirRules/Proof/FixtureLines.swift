public import WeirModel

/// Lines in memory as a source, for rules that are tested with lines: the simplest thing that keeps the promises of
/// ``LogSource``.
public struct FixtureLines: LogSource {
    private struct Line {
        var timestamp: Int64
        var bytes: [UInt8]
    }

    private var streams: [LabelSet: [Line]] = [:]

    /// Creates a source without lines.
    public init() {}

    /// Adds a line to a stream.
    public mutating func add(_ labels: LabelSet, at instant: Timestamp, _ line: String) {
        streams[labels, default: []].append(Line(timestamp: instant.nanoseconds, bytes: Array(line.utf8)))
    }

    /// Delivers all selected rows in one batch.
    public func scan(
        _ selection: Selection, workers: Int,
        _ visit: @escaping @Sendable (_ worker: Int, _ batch: borrowing LineBatch) throws -> Flow
    ) async throws -> ScanSummary {
        var batch = LineBatch()
        let selected = streams.keys.filter { labels in selection.matchers.allSatisfy { $0.accepts(labels) } }.sorted()
        batch.streams = selected
        var rows: [(stream: UInt32, line: Line)] = []
        for (number, labels) in selected.enumerated() {
            rows += (streams[labels] ?? []).filter {
                selection.range.contains(Timestamp(nanoseconds: $0.timestamp))
            }.map { (UInt32(number), $0) }
        }
        // A stable order: lines of one stream and instant stay in the order in which they were added.
        let order = rows.indices.sorted { (rows[$0].line.timestamp, $0) < (rows[$1].line.timestamp, $1) }
        for index in selection.direction == .forward ? order : order.reversed() {
            batch.appendRow(
                stream: rows[index].stream, timestamp: rows[index].line.timestamp, copying: rows[index].line.bytes)
        }
        var summary = ScanSummary()
        guard !batch.isEmpty else { return summary }
        summary.blocksRead = 1
        summary.linesRead = batch.count
        summary.lineBytesRead = batch.lineBytes
        _ = try visit(0, batch)
        return summary
    }

    /// The names of labels of streams with lines in the range, sorted.
    public func labelNames(tenant: Tenant, matchers: [Matcher], range: TimeRange) async throws -> [String] {
        Set(selected(matchers, range).flatMap { $0.labels.map(\.name) }).sorted()
    }

    /// The values of one label over streams with lines in the range, sorted.
    public func labelValues(
        of name: String, tenant: Tenant, matchers: [Matcher], range: TimeRange
    ) async throws -> [String] {
        Set(selected(matchers, range).compactMap { $0[name] }).sorted()
    }

    /// The label sets of streams with lines in the range, sorted.
    public func series(tenant: Tenant, matchers: [Matcher], range: TimeRange) async throws -> [LabelSet] {
        selected(matchers, range).sorted()
    }

    /// How much there is of each stream in each of some ranges.
    public func volumes(
        tenant: Tenant, matchers: [Matcher], ranges: [TimeRange]
    ) async throws -> [[StreamVolume]] {
        ranges.map { range in
            selected(matchers, range).sorted().map { labels in
                let lines = streams[labels]!.filter { range.contains(Timestamp(nanoseconds: $0.timestamp)) }
                return StreamVolume(
                    labels: labels, entries: lines.count, bytes: lines.reduce(0) { $0 + $1.bytes.count },
                    blocks: 1)
            }
        }
    }

    private func selected(_ matchers: [Matcher], _ range: TimeRange) -> [LabelSet] {
        streams.keys.filter { labels in
            matchers.allSatisfy { $0.accepts(labels) }
                && streams[labels]!.contains { range.contains(Timestamp(nanoseconds: $0.timestamp)) }
        }
    }
}
