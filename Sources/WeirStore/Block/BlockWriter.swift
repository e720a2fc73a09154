internal import WeirModel

/// Turns rows into blocks; keep one and reuse it, because it keeps its working memory.
///
/// Rows are sorted by timestamp, keeping the order of arrival among equals, and exact duplicates (same stream, instant,
/// line and structured metadata) are dropped but for the first.
public struct BlockWriter: Sendable {
    private let effort: ColumnEffort
    private var order: [UInt32] = []
    private var columns = ColumnsWriter()
    private var signatures = SignatureBuilder()

    /// Creates a writer that is as fast as it can be.
    public init() {
        self.init(effort: .fast)
    }

    /// Creates a writer that takes as much time as `effort` says.
    package init(effort: ColumnEffort) {
        self.effort = effort
    }

    /// Encodes `1...65_535` rows; about 1 MiB of lines make the best block.
    ///
    /// Ranges in `rows.lines` must lie inside its arena. Cost: one pass over the lines to take them apart, one for the
    /// signature, and the encoding of values.
    public mutating func encode(_ rows: borrowing BlockRows) -> EncodedBlock {
        let lines = rows.lines
        precondition(lines.count >= 1 && lines.count <= BlockEntry.rowsMax, "a block of \(lines.count) rows")
        precondition(rows.arrivals.count == lines.count, "\(rows.arrivals.count) arrivals of \(lines.count) rows")
        RowOrder.fill(&order, for: lines)

        columns.start()
        columns.appendTimestamps(lines.timestamps, order: order)
        let streams = columns.appendStreams(lines, order: order)
        columns.appendArrivals(rows.arrivals, order: order)
        let hasMetadata = columns.appendMetadata(lines, order: order, effort: effort)
        // Last, so that whoever does not need lines reads the bytes before them.
        signatures.begin()
        let (rawBytes, shapeCount) = columns.appendLines(
            lines, order: order, effort: effort, signature: &signatures)

        var flags = LineTraits.flags(of: lines, order: order)
        if shapeCount == 0 { flags.insert(.rawLinesOnly) }
        if streams.count == 1 { flags.insert(.singleStream) }
        if hasMetadata { flags.insert(.hasMetadata) }
        var entry = BlockEntry(
            rows: order.count, rawBytes: rawBytes, minTimestamp: lines.timestamps[Int(order[0])],
            maxTimestamp: lines.timestamps[Int(order[order.count - 1])], streamFirst: streams[0].stream,
            streamCount: streams.count, flags: flags)
        entry.shapeCount = UInt16(shapeCount)
        let (entries, payload) = columns.finish()
        entry.length = UInt32(payload.count - ColumnSource.readableBeyond)
        return EncodedBlock(
            entry: entry, columns: entries, payload: payload, streams: streams,
            signature: signatures.finish())
    }
}
