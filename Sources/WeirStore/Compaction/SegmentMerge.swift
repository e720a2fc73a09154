internal import WeirModel

/// Merges segments of one tenant and day: reads their blocks stream by stream, and gives the rows of new ones.
///
/// Memory does not grow with the segments: it holds decoded blocks as ``MergeBlocks`` does and rows of two blocks.
struct SegmentMerge {
    /// A segment and what of it is to be left out.
    struct Input: Sendable {
        let segment: Segment
        let masks: [RowMask]
    }

    /// What came of a merge.
    struct Outcome: Sendable, Equatable {
        var rowsRead = 0
        /// Rows left out as repeated.
        var duplicates = 0
        /// Rows left out because a mask hides them.
        var masked = 0
    }

    private(set) var outcome = Outcome()
    private let inputs: [Input]
    private var blocks: MergeBlocks
    private var packer = BlockPacker()

    /// - Parameter inputs: in order of arrival.
    init(_ inputs: [Input]) {
        self.inputs = inputs
        blocks = MergeBlocks(inputs)
    }

    /// A block's share of a stream, and how far it is taken.
    private struct Source {
        var key: MergeBlocks.Key
        var minTimestamp: Int64
        var rows: MergeBlocks.Rows?
        var selected: [UInt32] = []
        var taken = 0
    }

    /// Gives the rows of one block after the other.
    ///
    /// - Parameters:
    ///   - order: all streams of the inputs, in the order in which small ones shall lie side by side.
    ///   - body: takes rows in order of time; what it throws ends the merge.
    /// - Throws: ``CorruptionError`` for a damaged block, `FileError`.
    mutating func forEachBlock(_ order: [UInt32], _ body: (BlockRows) throws -> Void) throws {
        for input in inputs { outcome.rowsRead += input.segment.row.rows }
        var kept = 0
        func emit(_ full: [BlockRows]) throws {
            for rows in full {
                kept += rows.lines.count
                try body(rows)
            }
        }
        for stream in order {
            try merge(stream, emit)
            try emit(packer.endStream())
        }
        try emit(packer.finish())
        outcome.masked = outcome.rowsRead - outcome.duplicates - kept
    }

    private mutating func merge(_ stream: UInt32, _ emit: ([BlockRows]) throws -> Void) throws {
        var sources: [Source] = []
        for (number, input) in inputs.enumerated() {
            let reader = input.segment.reader
            guard let entry = reader.stream(stream) else { continue }
            let extent = entry.extent
            if input.masks.contains(where: { $0.hidesAll(of: stream, extent.minTimestamp, extent.maxTimestamp) }) {
                continue
            }
            for block in reader.blocks(of: entry) {
                let first = max(reader.blocks[Int(block)].minTimestamp, extent.minTimestamp)
                sources.append(Source(key: MergeBlocks.Key(input: number, block: Int(block)), minTimestamp: first))
            }
        }
        sources.sort { ($0.minTimestamp, $0.key.input, $0.key.block) < ($1.minTimestamp, $1.key.input, $1.key.block) }
        var open: [Source] = []
        for index in sources.indices {
            var source = sources[index]
            let rows = try blocks.rows(source.key)
            source.selected = rows.rows(of: stream)
            source.rows = rows
            open.append(source)
            let end = index + 1 < sources.count ? sources[index + 1].minTimestamp : nil
            let piece = take(from: &open, before: end)
            if !piece.lines.isEmpty { try emit(packer.add(piece)) }
        }
    }

    /// Takes the rows before an instant (nil: all) out of the sources, in order of time and, at one instant, of arrival.
    private mutating func take(from open: inout [Source], before end: Int64?) -> BlockRows {
        open.sort { ($0.key.input, $0.key.block) < ($1.key.input, $1.key.block) }
        var piece = BlockRows()
        for index in open.indices {
            guard let rows = open[index].rows else { continue }
            let selected = open[index].selected
            let first = open[index].taken
            var last = first
            while last < selected.count, end.map({ rows.lines.timestamps[Int(selected[last])] < $0 }) ?? true {
                last += 1
            }
            piece.append(selected[first..<last], of: rows.lines, arrivals: rows.arrivals)
            open[index].taken = last
        }
        open.removeAll { $0.taken == $0.selected.count }
        outcome.duplicates += piece.settle()
        return piece
    }
}
