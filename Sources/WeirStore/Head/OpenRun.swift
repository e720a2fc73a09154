internal import WeirModel

/// Rows of one stream in memory, in order of arrival or, once settled, in order of time.
///
/// Two arrays of its own, lines and rows, so that a stream of few lines stays small; metadata takes a third one only
/// when there is any. Copies share the arrays until one of them is written to, which is how a scan takes its snapshot.
struct OpenRun: Sendable {
    /// Lines, and names and values of metadata.
    private(set) var bytes: [UInt8] = []
    private(set) var rows: [Row] = []
    private(set) var metadata: [LineBatch.MetadataPair] = []
    /// The sum of the lengths of the lines ever added.
    private(set) var lineBytes = 0
    private(set) var minTimestamp = Int64.max
    private(set) var maxTimestamp = Int64.min
    /// How far a row ever stood before an earlier one, in nanoseconds; 0 when rows stand in order of time.
    private(set) var lateness: Int64 = 0

    /// One entry; offsets are positions in `bytes` and `metadata`.
    struct Row: Sendable {
        var timestamp: Int64
        /// When the push came, nanoseconds since 1970 UTC.
        var arrival: Int64
        var lineOffset: UInt32
        var lineLength: UInt32
        var metadataStart: UInt32
        var metadataEnd: UInt32
    }

    /// A stream's rows become a block at this size: the design's unit of compression and of skipping.
    static let lineBytesMax = 512 << 10
    /// Row numbers in a block fit sixteen bits.
    static let rowsMax = 65_535

    var count: Int { rows.count }
    var isEmpty: Bool { rows.isEmpty }
    var isFull: Bool { lineBytes >= OpenRun.lineBytesMax || rows.count >= OpenRun.rowsMax }

    // MARK: - Adding

    /// Copies rows of a batch until all are taken or the run is full.
    ///
    /// - Returns: how many of `selected` were taken.
    mutating func append(
        _ selected: ArraySlice<UInt32>, of batch: borrowing LineBatch, arrival: Int64
    ) -> Int {
        var taken = 0
        var texts = PlacedTexts()
        for position in selected {
            if isFull { break }
            append(row: Int(position), of: batch, arrival: arrival, &texts)
            taken += 1
        }
        return taken
    }

    private mutating func append(
        row: Int, of batch: borrowing LineBatch, arrival: Int64, _ texts: inout PlacedTexts
    ) {
        let length = batch.lineLengths[row]
        var added = Row(
            timestamp: batch.timestamps[row], arrival: arrival, lineOffset: UInt32(bytes.count), lineLength: length,
            metadataStart: UInt32(metadata.count), metadataEnd: UInt32(metadata.count))
        let start = Int(batch.lineOffsets[row])
        bytes.append(contentsOf: batch.bytes[start..<start + Int(length)])
        for index in batch.metadataRange(ofRow: row) {
            metadata.append(texts.place(batch.metadata[index], of: batch.bytes, behind: &bytes))
        }
        added.metadataEnd = UInt32(metadata.count)
        note(added)
    }

    private mutating func note(_ row: Row) {
        if row.timestamp < maxTimestamp { lateness = max(lateness, maxTimestamp &- row.timestamp) }
        minTimestamp = min(minTimestamp, row.timestamp)
        maxTimestamp = max(maxTimestamp, row.timestamp)
        lineBytes += Int(row.lineLength)
        rows.append(row)
    }

    /// Copies one row of another run.
    private mutating func append(_ row: Row, of other: borrowing OpenRun, _ texts: inout PlacedTexts) {
        var added = row
        added.lineOffset = UInt32(bytes.count)
        added.metadataStart = UInt32(metadata.count)
        let line = Int(row.lineOffset)
        bytes.append(contentsOf: other.bytes[line..<line + Int(row.lineLength)])
        for index in Int(row.metadataStart)..<Int(row.metadataEnd) {
            metadata.append(texts.place(other.metadata[index], of: other.bytes, behind: &bytes))
        }
        added.metadataEnd = UInt32(metadata.count)
        note(added)
    }

    /// Takes out the newest rows, those that rows yet to come may still stand before, if they are the smaller part.
    ///
    /// Clocks are often coarser than lines are frequent, and several senders overtake each other. Blocks that overlap in
    /// time have to be read together ever after; how late rows of this run came tells how far that goes.
    mutating func splitOffNewestRows() -> OpenRun {
        var tail = OpenRun()
        var texts = PlacedTexts()
        let (end, overflow) = maxTimestamp.subtractingReportingOverflow(lateness)
        let kept = rows.count { $0.timestamp < end }
        guard !overflow, lateness >= 0, kept > 0, kept >= rows.count / 2 else { return tail }
        maxTimestamp = .min
        for row in rows {
            if row.timestamp < end {
                maxTimestamp = max(maxTimestamp, row.timestamp)
            } else {
                tail.append(row, of: self, &texts)
                lineBytes -= Int(row.lineLength)
            }
        }
        rows.removeAll { $0.timestamp >= end }
        return tail
    }

    // MARK: - Reading

    /// The rows as columns, in order of arrival; the arena is shared with the run, not copied.
    ///
    /// - Parameter stream: what `streamIndexes` will say.
    func blockRows(stream: UInt32) -> BlockRows {
        var lines = LineBatch(bytes: bytes)
        lines.lineOffsets = rows.map(\.lineOffset)
        lines.lineLengths = rows.map(\.lineLength)
        lines.timestamps = rows.map(\.timestamp)
        lines.streamIndexes = [UInt32](repeating: stream, count: count)
        if !metadata.isEmpty {
            for row in rows {
                lines.metadata.append(contentsOf: metadata[Int(row.metadataStart)..<Int(row.metadataEnd)])
                lines.metadataEnds.append(UInt32(lines.metadata.count))
            }
        }
        return BlockRows(lines: lines, arrivals: rows.map(\.arrival))
    }
}
