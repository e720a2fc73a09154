public import WeirModel

/// A source of lines that lie in memory: the simplest thing that keeps the promises of ``LogSource``.
///
/// It is as unhelpful as a source may be, so that tests notice wrong hints: lines, metadata and blocks that a selection
/// does not need are left out, every other batch has its literals tested where that spares lines, and the batches of a
/// scan go to the workers in turn.
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
    private let counts: Bool

    /// Creates an empty source.
    ///
    /// - Parameters:
    ///   - batchRowsMax: the most rows of a batch, unless more of one instant belong together.
    ///   - skipsBlocks: whether batches without the required texts are left out.
    ///   - counts: whether it counts without delivering rows.
    public init(batchRowsMax: Int = 100, skipsBlocks: Bool = true, counts: Bool = true) {
        self.batchRowsMax = batchRowsMax
        self.skipsBlocks = skipsBlocks
        self.counts = counts
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
            guard isWanted, !skipsBlocks || mayHold(batch, selection) else {
                summary.blocksSkipped += 1
                continue
            }
            summary.blocksRead += 1
            summary.linesRead += batch.count
            summary.lineBytesRead += batch.lineBytes
            var delivered = batch
            if selection.skipsTestedLines && selection.fieldReading == nil && number.isMultiple(of: 2) {
                delivered = withoutLines(MemoryLogSource.testingLiterals(of: batch, selection))
            } else if !selection.needsUnreadLines {
                delivered = withoutLines(batch)
            }
            switch try visit(number % max(workers, 1), delivered) {
            case .proceed: break
            case .narrow(let wanted): range = range.intersection(wanted)
            case .stop: return summary
            }
        }
        return summary
    }

    /// Counts as a store does; nil, too, when some entry has structured metadata that the request splits by.
    public func counts(_ request: CountRequest) async throws -> [StreamCounts]? {
        guard counts else { return nil }
        var result: [StreamCounts] = []
        for (labels, entries) in streams where request.matchers.allSatisfy({ $0.accepts(labels) }) {
            var counts = StreamCounts(labels: labels, cells: [])
            for (index, range) in request.ranges.enumerated() {
                let inside = entries.filter { range.contains(Timestamp(nanoseconds: $0.timestamp)) }
                let names = inside.flatMap { $0.metadata.map(\.name) }
                let splits = names.contains { request.splittingNames?.contains($0) ?? true }
                if splits { return nil }
                if inside.isEmpty { continue }
                let bytes = request.needsBytes ? inside.reduce(0) { $0 + $1.line.count } : 0
                counts.cells.append(StreamCounts.Cell(range: index, entries: inside.count, bytes: bytes))
            }
            if !counts.cells.isEmpty { result.append(counts) }
        }
        return result
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
                for pair in row.entry.metadata where selection.metadataNames?.contains(pair.name) ?? true {
                    batch.addMetadata(name: pair.name.utf8, value: pair.value.utf8)
                }
            }
            batch.appendRow(stream: row.stream, timestamp: row.entry.timestamp, copying: row.entry.line)
        }
        return batch.isEmpty ? batches : batches + [batch]
    }

    private func mayHold(_ batch: LineBatch, _ selection: Selection) -> Bool {
        let lines = (0..<batch.count).map { row in
            let start = Int(batch.lineOffsets[row])
            return batch.bytes[start..<start + Int(batch.lineLengths[row])]
        }
        return selection.requiredLiterals.allSatisfy { literal in
            lines.contains { MemoryLogSource.contains($0, literal) }
        }
            && selection.requirements.allSatisfy { requirement in
                lines.contains { line in requirement.alternatives.contains { isFound($0, in: line, requirement) } }
            }
    }

    private func isFound(_ text: [UInt8], in line: ArraySlice<UInt8>, _ requirement: LineRequirement) -> Bool {
        guard requirement.ignoresCase else { return MemoryLogSource.contains(line, text) }
        let folded = String(decoding: line, as: UTF8.self).lowercased()
            .replacing("\u{212A}", with: "k").replacing("\u{17F}", with: "s")
        return MemoryLogSource.contains(
            Array(folded.utf8)[...], Array(String(decoding: text, as: UTF8.self).lowercased().utf8))
    }

    /// The rows of a batch whose lines hold all texts that a selection requires, marked as such.
    public static func testingLiterals(of batch: LineBatch, _ selection: Selection) -> LineBatch {
        var tested = LineBatch(bytes: batch.bytes)
        tested.streams = batch.streams
        for row in 0..<batch.count {
            let start = Int(batch.lineOffsets[row])
            let line = batch.bytes[start..<start + Int(batch.lineLengths[row])]
            guard selection.requiredLiterals.allSatisfy({ contains(line, $0) }) else { continue }
            for pair in batch.metadataLabels(ofRow: row) {
                tested.addMetadata(name: pair.name.utf8, value: pair.value.utf8)
            }
            tested.appendRow(
                stream: batch.streamIndexes[row], timestamp: batch.timestamps[row], lineOffset: batch.lineOffsets[row],
                lineLength: batch.lineLengths[row])
        }
        tested.areLiteralsTested = true
        return tested
    }

    private static func contains(_ line: ArraySlice<UInt8>, _ literal: [UInt8]) -> Bool {
        guard literal.count <= line.count else { return false }
        return (line.startIndex...line.endIndex - literal.count).contains { line[$0...].starts(with: literal) }
    }

    private func withoutLines(_ batch: LineBatch) -> LineBatch {
        var batch = batch
        batch.lineLengths = Array(repeating: 0, count: batch.count)
        return batch
    }
}
