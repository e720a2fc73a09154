internal import WeirModel

/// Decoded blocks of the segments that are being merged, the latest used of them kept.
///
/// Streams are merged one after the other in the order in which sealing packs them, so of a shared block all rows are
/// wanted in a row, and a handful of blocks an input is enough.
struct MergeBlocks {
    /// Names a block: a position among the inputs, and in the segment's directory.
    struct Key: Hashable {
        var input: Int
        var block: Int
    }

    /// The rows of a block that are to be kept.
    final class Rows {
        let lines: LineBatch
        let arrivals: [Int64]
        /// The rows of each stream, in order of time; nil when all rows are of one.
        private let rowsOfStream: [UInt32: [UInt32]]?
        private let stream: UInt32

        init(lines: LineBatch, arrivals: [Int64], masks: [RowMask], isSingle: Bool, stream: UInt32) {
            self.lines = lines
            self.arrivals = arrivals
            self.stream = stream
            let visible = masks.visibleRows(of: lines)
            if isSingle && visible == nil {
                rowsOfStream = nil
                return
            }
            var rows: [UInt32: [UInt32]] = [:]
            for row in visible ?? Array(0..<UInt32(lines.count)) {
                rows[lines.streamIndexes[Int(row)], default: []].append(row)
            }
            rowsOfStream = rows
        }

        func rows(of wanted: UInt32) -> [UInt32] {
            if let rowsOfStream { return rowsOfStream[wanted] ?? [] }
            return wanted == stream ? Array(0..<UInt32(lines.count)) : []
        }

        var memoryBytes: Int { lines.bytes.count + lines.count * 48 }
    }

    private let inputs: [SegmentMerge.Input]
    private var kept: [Key: (rows: Rows, used: Int)] = [:]
    private var keptBytes = 0
    private var clock = 0
    private var parts = LineParts()

    /// A decoded block an input and some to spare.
    static let bytesMax = 64 << 20

    init(_ inputs: [SegmentMerge.Input]) {
        self.inputs = inputs
    }

    /// The rows of a block.
    ///
    /// - Throws: ``CorruptionError`` or `FileError`.
    mutating func rows(_ key: Key) throws -> Rows {
        clock += 1
        if let found = kept[key] {
            kept[key] = (found.rows, clock)
            return found.rows
        }
        let input = inputs[key.input]
        let reader = try input.segment.reader.readBlock(key.block)
        var lines = LineBatch()
        var arrivals: [Int64]? = []
        try reader.decode(
            into: &lines, arrivals: &arrivals, needsLines: true, needsMetadata: true, parts: &parts)
        let rows = Rows(
            lines: lines, arrivals: arrivals ?? [], masks: input.masks,
            isSingle: reader.entry.flags.contains(.singleStream), stream: reader.entry.streamFirst)
        kept[key] = (rows, clock)
        keptBytes += rows.memoryBytes
        while keptBytes > MergeBlocks.bytesMax, kept.count > 1,
            let oldest = kept.min(by: { $0.value.used < $1.value.used })
        {
            keptBytes -= oldest.value.rows.memoryBytes
            kept[oldest.key] = nil
        }
        return rows
    }
}
