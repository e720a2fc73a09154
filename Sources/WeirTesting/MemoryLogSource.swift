public import WeirModel

/// A source of lines that lie in memory: the simplest thing that keeps the promises of ``LogSource``.
///
/// It is as unhelpful as a source may be, so that tests notice wrong hints: lines, metadata and blocks that a selection
/// does not need are left out, and the batches of a scan go to the workers in turn.
public struct MemoryLogSource: LogSource {
    /// One entry.
    public struct Entry: Hashable, Sendable {
        /// When.
        public var timestamp: Int64
        /// The line.
        public var line: [UInt8]
        /// Structured metadata in the order given.
        public var metadata: [Label]

        /// Creates an entry from text.
        public init(_ timestamp: Int64, _ line: String, metadata: [Label] = []) {
            self.timestamp = timestamp
            self.line = Array(line.utf8)
            self.metadata = metadata
        }
    }

    /// The entries of each stream in order of arrival, identical ones once.
    public private(set) var streams: [LabelSet: [Entry]] = [:]

    private let batchRowsMax: Int
    private let skipsBlocks: Bool

    /// Creates an empty source.
    ///
    /// - Parameters:
    ///   - batchRowsMax: the most rows of a batch, unless more of one instant belong together.
    ///   - skipsBlocks: whether batches without the required texts are left out.
    public init(batchRowsMax: Int = 100, skipsBlocks: Bool = true) {
        self.batchRowsMax = batchRowsMax
        self.skipsBlocks = skipsBlocks
    }

    /// Adds entries to a stream.
    public mutating func add(_ labels: LabelSet, _ entries: [Entry]) {
        var known = Set(streams[labels] ?? [])
        for entry in entries where known.insert(entry).inserted { streams[labels, default: []].append(entry) }
    }

    /// Delivers the rows of a selection.
    public func scan(
        _ selection: Selection, workers: Int,
        _ visit: @escaping @Sendable (_ worker: Int, _ batch: borrowing LineBatch) throws -> Flow
    ) async throws -> ScanSummary {
        var summary = ScanSummary()
        var range = selection.range
        for (number, batch) in batches(selection).enumerated() {
            try Task.checkCancellation()
            let isWanted = batch.timestamps.contains { range.contains(Timestamp(nanoseconds: $0)) }
            guard isWanted, !skipsBlocks || holds(batch, selection.requiredLiterals) else {
                summary.blocksSkipped += 1
                continue
            }
            summary.blocksRead += 1
            summary.linesRead += batch.count
            summary.lineBytesRead += batch.lineBytes
            switch try visit(number % max(workers, 1), selection.needsUnreadLines ? batch : withoutLines(batch)) {
            case .proceed: break
            case .narrow(let wanted): range = range.intersection(wanted)
            case .stop: return summary
            }
        }
        return summary
    }

    /// The names of labels of streams with entries in the range.
    public func labelNames(tenant: Tenant, matchers: [Matcher], range: TimeRange) async throws -> [String] {
        let names = selected(matchers, range).flatMap { $0.labels.map(\.name) }
        return Set(names).sorted()
    }

    /// The values of a label over streams with entries in the range.
    public func labelValues(
        of name: String, tenant: Tenant, matchers: [Matcher], range: TimeRange
    ) async throws -> [String] {
        Set(selected(matchers, range).compactMap { $0[name] }).sorted()
    }

    /// The label sets of streams with entries in the range.
    public func series(tenant: Tenant, matchers: [Matcher], range: TimeRange) async throws -> [LabelSet] {
        selected(matchers, range).sorted()
    }

    private func selected(_ matchers: [Matcher], _ range: TimeRange) -> [LabelSet] {
        streams.keys.filter { labels in
            matchers.allSatisfy { $0.accepts(labels) }
                && streams[labels]!.contains { range.contains(Timestamp(nanoseconds: $0.timestamp)) }
        }
    }

    /// The rows of all selected streams in order of time, cut where the instant changes.
    private func batches(_ selection: Selection) -> [LineBatch] {
        let labels = selected(selection.matchers, selection.range).sorted()
        var rows: [(stream: UInt32, arrival: Int, entry: Entry)] = []
        for (stream, labels) in labels.enumerated() {
            for (arrival, entry) in streams[labels]!.enumerated()
            where selection.range.contains(Timestamp(nanoseconds: entry.timestamp)) {
                rows.append((UInt32(stream), arrival, entry))
            }
        }
        rows.sort { ($0.entry.timestamp, $0.stream, $0.arrival) < ($1.entry.timestamp, $1.stream, $1.arrival) }
        if case .backward = selection.direction { rows.reverse() }
        var batches: [LineBatch] = []
        var batch = LineBatch()
        for row in rows {
            if batch.count >= batchRowsMax, batch.timestamps.last != row.entry.timestamp {
                batches.append(batch)
                batch = LineBatch()
            }
            batch.streams = labels
            if selection.needsMetadata {
                for pair in row.entry.metadata { batch.addMetadata(name: pair.name.utf8, value: pair.value.utf8) }
            }
            batch.appendRow(stream: row.stream, timestamp: row.entry.timestamp, copying: row.entry.line)
        }
        return batch.isEmpty ? batches : batches + [batch]
    }

    private func holds(_ batch: LineBatch, _ literals: [[UInt8]]) -> Bool {
        literals.allSatisfy { literal in
            (0..<batch.count).contains { row in
                let start = Int(batch.lineOffsets[row])
                let line = batch.bytes[start..<start + Int(batch.lineLengths[row])]
                return contains(line, literal)
            }
        }
    }

    private func contains(_ line: ArraySlice<UInt8>, _ literal: [UInt8]) -> Bool {
        guard literal.count <= line.count else { return false }
        return (line.startIndex...line.endIndex - literal.count).contains { line[$0...].starts(with: literal) }
    }

    private func withoutLines(_ batch: LineBatch) -> LineBatch {
        var batch = batch
        batch.lineLengths = Array(repeating: 0, count: batch.count)
        return batch
    }
}
