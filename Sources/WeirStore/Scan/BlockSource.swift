internal import WeirModel

/// A block's worth of rows of one day, wherever they are: in a segment, compressed in memory, or open.
struct BlockSource: Sendable {
    let place: Place
    /// The first and last instant of its rows.
    let minTimestamp: Int64
    let maxTimestamp: Int64
    /// The streams that were asked for, by ascending id, with no less than the time they span here.
    private(set) var streams: [Span]
    /// Whether it holds rows of other streams as well.
    private(set) var hasOtherStreams: Bool
    /// Rows that must not be delivered.
    var masks: [RowMask] = []

    enum Place: Sendable {
        case segment(Segment, block: Int)
        case head(HeadBlock)
        case open([(stream: UInt32, run: OpenRun)])
    }

    /// The time a stream spans in a source.
    struct Span: Sendable {
        var stream: UInt32
        var minTimestamp: Int64
        var maxTimestamp: Int64
    }

    /// Memory of whoever reads one source after the other.
    struct Scratch {
        fileprivate var block: BlockReader?
        fileprivate var arrivals: [Int64]?
        fileprivate var signature: [UInt8] = []
        var parts = LineParts()
    }

    /// Forgets all streams but some; false when none is left.
    mutating func keepStreams(of set: StreamSet) -> Bool {
        let count = streams.count
        streams.removeAll { !set.contains($0.stream) }
        if streams.count < count { hasOtherStreams = true }
        return !streams.isEmpty
    }

    /// The same, without rows that masks hide.
    func hiding(_ masks: [RowMask]) -> BlockSource {
        if masks.isEmpty { return self }
        var source = self
        source.masks = masks.filter { mask in
            streams.contains { mask.touches($0.stream, $0.minTimestamp, $0.maxTimestamp) }
        }
        return source
    }

    /// Whether a stream may have rows at an instant here.
    func covers(_ stream: UInt32, _ timestamp: Int64) -> Bool {
        guard timestamp >= minTimestamp, timestamp <= maxTimestamp, let span = span(of: stream) else { return false }
        return span.minTimestamp <= timestamp && timestamp <= span.maxTimestamp
    }

    /// The time that a stream spans; nil when it is not among those asked for.
    func span(of stream: UInt32) -> Span? {
        var low = 0
        var high = streams.count
        while low < high {
            let middle = (low + high) / 2
            if streams[middle].stream < stream { low = middle + 1 } else { high = middle }
        }
        return low < streams.count && streams[low].stream == stream ? streams[low] : nil
    }

    /// Whether the source may hold a line that a query is after; much cheaper than reading it. Sources without a
    /// signature may hold anything.
    ///
    /// - Throws: ``CorruptionError`` when the signature is damaged, or `FileError`.
    func mayHold(_ query: SignatureQuery, scratch: inout Scratch) throws -> Bool {
        switch place {
        case .segment(let segment, let index):
            guard try segment.reader.readSignature(ofBlock: index, into: &scratch.signature) else { return true }
            let flags = segment.reader.blocks[index].flags
            return scratch.signature.withUnsafeBytes { query.mayHold($0, flags: flags) }
        case .head(let block):
            guard case .encoded(let encoded?) = block.contents, let signature = encoded.signature else { return true }
            return query.mayHold(signature, flags: encoded.entry.flags)
        case .open:
            return true
        }
    }

    /// Replaces the rows of `batch` with those of the source, in order of time and without repeated entries;
    /// `streamIndexes` become ids of the day's catalogue.
    ///
    /// - Throws: ``CorruptionError`` or `FileError`.
    func read(into batch: inout LineBatch, needsLines: Bool, needsMetadata: Bool, scratch: inout Scratch) throws {
        try readAll(
            into: &batch, needsLines: needsLines || masks.needsLines, needsMetadata: needsMetadata, scratch: &scratch)
        if let visible = masks.visibleRows(of: batch) { batch.takeRows(visible) }
    }

    private func readAll(
        into batch: inout LineBatch, needsLines: Bool, needsMetadata: Bool, scratch: inout Scratch
    ) throws {
        switch place {
        case .segment(let segment, let index):
            try scratch.read(index, of: segment, needsLines: needsLines).decode(
                into: &batch, arrivals: &scratch.arrivals, needsLines: needsLines, needsMetadata: needsMetadata,
                parts: &scratch.parts)
        case .head(let block):
            switch block.contents {
            case .run(let run):
                batch = run.blockRows(stream: block.stream).lines
                batch.settle()
            case .encoded(let encoded?):
                try BlockReader(encoded).decode(
                    into: &batch, arrivals: &scratch.arrivals, needsLines: needsLines, needsMetadata: needsMetadata,
                    parts: &scratch.parts)
            case .encoded(nil):
                batch.removeAll()
            }
        case .open(let runs):
            var rows = BlockRows()
            for (stream, run) in runs { rows.append(run.blockRows(stream: stream)) }
            batch = rows.lines
            batch.settle()
        }
    }

    /// Gives `body` the block, if it keeps lines taken apart, with memory for their parts; nil when it does not.
    ///
    /// - Throws: what `body` throws, ``CorruptionError`` or `FileError`.
    func withParts<Result>(
        _ scratch: inout Scratch, _ body: (BlockReader, inout LineParts) throws -> Result
    ) throws -> Result? {
        // Which rows are hidden shows when they are read.
        guard masks.isEmpty else { return nil }
        let reader: BlockReader
        switch place {
        case .segment(let segment, let index):
            guard segment.reader.blocks[index].shapeCount > 0 else { return nil }
            reader = try scratch.read(index, of: segment, needsLines: true)
        case .head(let block):
            guard case .encoded(let encoded?) = block.contents, encoded.entry.shapeCount > 0 else { return nil }
            reader = BlockReader(encoded)
        case .open:
            return nil
        }
        return try body(reader, &scratch.parts)
    }

    /// Replaces `timestamps` with the instants of the rows, ascending; much cheaper than reading them.
    ///
    /// - Throws: ``CorruptionError`` or `FileError`.
    func readTimestamps(into timestamps: inout [Int64], scratch: inout Scratch) throws {
        switch place {
        case .segment(let segment, let index):
            try scratch.read(index, of: segment, needsLines: false).readTimestamps(into: &timestamps)
        case .head(let block):
            switch block.contents {
            case .run(let run): timestamps = run.rows.map(\.timestamp).sorted()
            case .encoded(let encoded?): try BlockReader(encoded).readTimestamps(into: &timestamps)
            case .encoded(nil): timestamps = []
            }
        case .open(let runs):
            timestamps = runs.flatMap { $0.run.rows.map(\.timestamp) }.sorted()
        }
    }
}

extension BlockSource.Scratch {
    /// Reads a block of a segment into the same memory as the one before.
    mutating func read(_ index: Int, of segment: Segment, needsLines: Bool) throws -> BlockReader {
        guard block != nil else {
            let first = try segment.reader.readBlock(index, needsLines: needsLines)
            block = first
            return first
        }
        try segment.reader.readBlock(index, needsLines: needsLines, into: &block!)
        return block!
    }
}

extension BlockSource {
    /// A block of a segment; `extents` are the streams asked for, as the segment knows them.
    init(_ segment: Segment, block: Int, extents: [StreamExtent]) {
        let entry = segment.reader.blocks[block]
        self.init(
            place: .segment(segment, block: block), minTimestamp: entry.minTimestamp,
            maxTimestamp: entry.maxTimestamp,
            streams: extents.map { extent in
                Span(
                    stream: extent.stream, minTimestamp: max(extent.minTimestamp, entry.minTimestamp),
                    maxTimestamp: min(extent.maxTimestamp, entry.maxTimestamp))
            }, hasOtherStreams: extents.count < Int(entry.streamCount))
    }

    /// A full block in memory.
    init(_ block: HeadBlock) {
        self.init(
            place: .head(block), minTimestamp: block.minTimestamp, maxTimestamp: block.maxTimestamp,
            streams: [
                Span(stream: block.stream, minTimestamp: block.minTimestamp, maxTimestamp: block.maxTimestamp)
            ], hasOtherStreams: false)
    }

    /// Open rows, by ascending stream.
    init(_ runs: [(stream: UInt32, run: OpenRun)]) {
        self.init(
            place: .open(runs), minTimestamp: runs.map(\.run.minTimestamp).min() ?? .max,
            maxTimestamp: runs.map(\.run.maxTimestamp).max() ?? .min,
            streams: runs.map {
                Span(stream: $0.stream, minTimestamp: $0.run.minTimestamp, maxTimestamp: $0.run.maxTimestamp)
            }, hasOtherStreams: false)
    }
}
