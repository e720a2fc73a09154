internal import WeirModel

/// Cuts the rows of one stream after the other into blocks worth writing: large streams get blocks of their own, small
/// ones share.
struct BlockPacker {
    private var own = BlockRows()
    private var ownBytes = 0
    private var shared = BlockRows()
    private var sharedBytes = 0

    /// Adds rows of the stream at hand, in order of time and not before any added.
    ///
    /// - Returns: the rows of blocks that are full.
    mutating func add(_ rows: BlockRows) -> [BlockRows] {
        ownBytes += rows.lines.lineBytes
        own.append(rows)
        var full: [BlockRows] = []
        // Up to twice the size is kept, so that what is left at the end can be halved instead of being a crumb.
        while ownBytes >= 2 * OpenRun.lineBytesMax || own.lines.count >= OpenRun.rowsMax {
            full.append(cut(bytesMax: OpenRun.lineBytesMax))
        }
        return full
    }

    /// Ends the stream at hand.
    ///
    /// - Returns: the rows of blocks that are full.
    mutating func endStream() -> [BlockRows] {
        guard !own.lines.isEmpty else { return [] }
        var full: [BlockRows] = []
        if ownBytes >= SealPlan.ownBlockBytesMin || own.lines.count >= SealPlan.ownBlockRowsMin {
            if ownBytes > OpenRun.lineBytesMax * 3 / 2 { full.append(cut(bytesMax: ownBytes / 2)) }
            if !own.lines.isEmpty { full.append(own) }
        } else {
            if sharedBytes + ownBytes > OpenRun.lineBytesMax
                || shared.lines.count + own.lines.count > OpenRun.rowsMax
            {
                full += finish()
            }
            shared.append(own)
            sharedBytes += ownBytes
        }
        own = BlockRows()
        ownBytes = 0
        return full
    }

    /// Gives what is left.
    mutating func finish() -> [BlockRows] {
        defer {
            shared = BlockRows()
            sharedBytes = 0
        }
        return shared.lines.isEmpty ? [] : [shared]
    }

    /// Takes rows from the front: `bytesMax` of them, or as many as a block may have, and no part of an instant's when
    /// that can be helped: blocks that share one are read together ever after.
    private mutating func cut(bytesMax: Int) -> BlockRows {
        let count = own.lines.count
        var end = 0
        var bytes = 0
        while end < count, end < OpenRun.rowsMax, bytes < bytesMax {
            bytes += Int(own.lines.lineLengths[end])
            end += 1
        }
        var start = end
        while start > 0, start < count, own.lines.timestamps[start - 1] == own.lines.timestamps[start] { start -= 1 }
        if start > end / 2 { end = start }
        var front = BlockRows()
        front.append(0..<end, of: own.lines, arrivals: own.arrivals)
        var rest = BlockRows()
        rest.append(end..<count, of: own.lines, arrivals: own.arrivals)
        own = rest
        ownBytes = rest.lines.lineBytes
        return front
    }
}

extension BlockRows {
    /// Copies rows of a batch, with nothing else of its arena.
    mutating func append(
        _ rows: some Collection<some FixedWidthInteger>, of batch: borrowing LineBatch, arrivals: [Int64]
    ) {
        for row in rows {
            let row = Int(row)
            for index in batch.metadataRange(ofRow: row) {
                let pair = batch.metadata[index]
                let name = Int(pair.nameOffset)
                let value = Int(pair.valueOffset)
                lines.addMetadata(
                    name: batch.bytes[name..<name + Int(pair.nameLength)],
                    value: batch.bytes[value..<value + Int(pair.valueLength)])
            }
            let start = Int(batch.lineOffsets[row])
            lines.appendRow(
                stream: batch.streamIndexes[row], timestamp: batch.timestamps[row],
                copying: batch.bytes[start..<start + Int(batch.lineLengths[row])])
            self.arrivals.append(arrivals[row])
        }
    }
}
