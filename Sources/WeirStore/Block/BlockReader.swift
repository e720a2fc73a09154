internal import WeirBytes
public import WeirModel

/// Gives back the rows of a block, all of them or a few columns.
///
/// Whatever the bytes hold, a read ends with rows or with a ``CorruptionError`` that says where. A reader that is filled
/// again (see ``SegmentReader/readBlock(_:needsLines:into:)``) keeps its memory.
public struct BlockReader: Sendable {
    /// What the block directory says.
    public private(set) var entry: BlockEntry
    /// Where each column lies.
    public private(set) var columns: [ColumnEntry]
    private var payload: [UInt8]
    private var path: String
    private var fileOffset: Int

    /// Reads a block in memory.
    public init(_ block: EncodedBlock) {
        self.init(
            entry: block.entry, columns: block.columns, payload: block.payload, path: "head", fileOffset: 0)
    }

    /// Reads a block whose columns are known to lie inside `payload`, but for those that were not read.
    init(entry: BlockEntry, columns: [ColumnEntry], payload: [UInt8], path: String, fileOffset: Int) {
        self.entry = entry
        self.columns = columns
        self.payload = payload
        self.path = path
        self.fileOffset = fileOffset
    }

    /// Takes the payload out, to be filled anew.
    mutating func takePayload() -> [UInt8] {
        defer { payload = [] }
        return payload
    }

    /// The number of rows.
    public var count: Int { Int(entry.rows) }

    /// Replaces `timestamps` with the instants of the rows, ascending.
    public func readTimestamps(into timestamps: inout [Int64]) throws(CorruptionError) {
        timestamps.resize(to: count, filling: 0)
        try timestamps.withUnsafeMutableBufferPointer { target throws(CorruptionError) in
            guard let start = target.baseAddress else { return }
            try withColumn(.timestamp, count: count) { source, _ throws(CorruptionError) in
                try IntegerColumn.decodeDeltas(&source, count: target.count, to: start)
                guard target[0] == entry.minTimestamp, target[target.count - 1] == entry.maxTimestamp else {
                    throw source.corruption(
                        "range", expected: "\(entry.minTimestamp)...\(entry.maxTimestamp)",
                        found: "\(target[0])...\(target[target.count - 1])")
                }
            }
        }
    }

    /// Replaces `streams` with the stream id of each row.
    public func readStreams(into streams: inout [UInt32]) throws(CorruptionError) {
        guard !entry.flags.contains(.singleStream) else {
            streams.removeAll(keepingCapacity: true)
            streams.append(contentsOf: repeatElement(entry.streamFirst, count: count))
            return
        }
        streams.resize(to: count, filling: 0)
        try streams.withUnsafeMutableBufferPointer { target throws(CorruptionError) in
            guard let start = target.baseAddress else { return }
            try withColumn(.stream, count: count) { source, _ throws(CorruptionError) in
                let ids = try IntegerColumn.decodeDictionary(&source, count: target.count, codes: start)
                guard let low = ids.min(), let high = ids.max(), low >= 0, high <= Int64(UInt32.max) else {
                    throw source.corruption("stream ids", expected: "32 bits", found: "\(ids)")
                }
                for index in 0..<target.count { target[index] = UInt32(ids[Int(target[index])]) }
            }
        }
    }

    /// Replaces `arrivals` with the instant at which each row arrived.
    public func readArrivals(into arrivals: inout [Int64]) throws(CorruptionError) {
        arrivals.resize(to: count, filling: 0)
        try arrivals.withUnsafeMutableBufferPointer { target throws(CorruptionError) in
            guard let start = target.baseAddress else { return }
            try withColumn(.arrival, count: count) { source, column throws(CorruptionError) in
                switch column.encoding {
                case .integerRuns:
                    try IntegerColumn.decodeRuns(&source, count: target.count, to: start)
                default:
                    var codes = [UInt32](repeating: 0, count: target.count)
                    let values = try codes.withUnsafeMutableBufferPointer { codes throws(CorruptionError) in
                        guard let codes = codes.baseAddress else { return [Int64]() }
                        return try IntegerColumn.decodeDictionary(&source, count: target.count, codes: codes)
                    }
                    for index in 0..<target.count { target[index] = values[Int(codes[index])] }
                }
            }
        }
    }

    /// Replaces the rows of `batch` with the block's, in the order of time, and `arrivals` when it is not nil.
    ///
    /// `streamIndexes` become stream ids of the catalogue; `batch.streams` stays as it is. Without lines every line is
    /// empty, without metadata every row has none. The batch's memory is reused, so it should not be emptied between
    /// blocks; its arena may keep bytes of an earlier block behind those of this one.
    public func decode(
        into batch: inout LineBatch, arrivals: inout [Int64]?, needsLines: Bool, needsMetadata: Bool
    ) throws(CorruptionError) {
        var parts = LineParts()
        try decode(
            into: &batch, arrivals: &arrivals, needsLines: needsLines, needsMetadata: needsMetadata, parts: &parts)
    }

    /// The same with memory for the parts of lines, which may hold anything from before.
    func decode(
        into batch: inout LineBatch, arrivals: inout [Int64]?, needsLines: Bool, needsMetadata: Bool,
        parts: inout LineParts
    ) throws(CorruptionError) {
        try readTimestamps(into: &batch.timestamps)
        try readStreams(into: &batch.streamIndexes)
        if var times = arrivals.take() {
            try readArrivals(into: &times)
            arrivals = times
        }
        batch.lineOffsets.resize(to: count, filling: 0)
        batch.metadata.removeAll(keepingCapacity: true)
        batch.metadataEnds.removeAll(keepingCapacity: true)
        var filled = 0
        if needsLines {
            filled = try readLines(rows: nil, into: &batch, at: 0, parts: &parts)
        } else {
            batch.lineLengths.removeAll(keepingCapacity: true)
            batch.lineLengths.append(contentsOf: repeatElement(0, count: count))
            batch.lineOffsets.removeAll(keepingCapacity: true)
            batch.lineOffsets.append(contentsOf: repeatElement(0, count: count))
        }
        if needsMetadata && entry.flags.contains(.hasMetadata) { try readMetadata(into: &batch, at: filled) }
    }

    /// Decodes everything and forgets it.
    public func check() throws(CorruptionError) {
        var batch = LineBatch()
        var arrivals: [Int64]? = []
        try decode(into: &batch, arrivals: &arrivals, needsLines: true, needsMetadata: true)
    }

    /// Decompresses frames into `arena` from `offset` on, growing it when it is too short.
    static func decodeFrames(
        _ source: inout ColumnSource, _ frames: StringColumn.RawFrames, to arena: inout [UInt8], at offset: Int
    ) throws(CorruptionError) {
        let needed = offset + frames.plainBytes
        guard needed <= Int(UInt32.max) else {
            throw source.corruption("arena", expected: "below 4 GiB", found: "\(needed) bytes")
        }
        arena.grow(to: needed + ColumnSource.readableBeyond)
        try arena.withUnsafeMutableBufferPointer { room throws(CorruptionError) in
            guard let start = room.baseAddress else { return }
            try StringColumn.decodeRawBytes(&source, frames, to: UnsafeMutableRawPointer(start + offset))
        }
    }

    /// Decodes structured metadata, its strings to the arena from `start` on.
    private func readMetadata(into batch: inout LineBatch, at start: Int) throws(CorruptionError) {
        batch.metadataEnds.resize(to: count, filling: 0)
        let pairs = try batch.metadataEnds.withUnsafeMutableBufferPointer { ends throws(CorruptionError) in
            try withColumn(.metadataCount, count: count) { source, _ throws(CorruptionError) in
                guard let first = ends.baseAddress else { return 0 }
                try PackedIntegers.decode(&source, count: ends.count, to: first, "counts")
                var sum: UInt64 = 0
                for index in 0..<ends.count {
                    sum += UInt64(ends[index])
                    ends[index] = UInt32(truncatingIfNeeded: sum)
                }
                guard sum <= UInt64(BlockReader.pairsMax) else {
                    throw source.corruption("counts", expected: "at most \(BlockReader.pairsMax)", found: "\(sum)")
                }
                return Int(sum)
            }
        }
        let (names, end) = try readStrings(.metadataName, count: pairs, to: &batch.bytes, at: start)
        let (values, _) = try readStrings(.metadataValue, count: pairs, to: &batch.bytes, at: end)
        batch.metadata.reserveCapacity(pairs)
        for index in 0..<pairs {
            batch.metadata.append(
                LineBatch.MetadataPair(
                    nameOffset: names[index].offset, nameLength: names[index].length,
                    valueOffset: values[index].offset, valueLength: values[index].length))
        }
    }

    /// More pairs would be 256 for each of the most rows; a bound on what damaged counts can make us allocate.
    static let pairsMax = BlockEntry.rowsMax * 256

    /// Decodes a column of `count` strings to the arena from `start` on; returns where each lies and where they end.
    private func readStrings(
        _ kind: ColumnKind, count: Int, to arena: inout [UInt8], at start: Int
    ) throws(CorruptionError) -> (strings: [(offset: UInt32, length: UInt32)], end: Int) {
        try withColumn(kind, count: count) { source, column throws(CorruptionError) in
            let isDictionary = column.encoding == .dictionary
            let distinct = isDictionary ? Int(try source.read("distinct", as: UInt32.self)) : count
            guard distinct <= count else {
                throw source.corruption("distinct values", expected: "at most \(count)", found: "\(distinct)")
            }
            var lengths = [UInt32](repeating: 0, count: distinct)
            let frames = try BlockReader.decodeHead(&source, codec: column.codec, &lengths)
            try BlockReader.decodeFrames(&source, frames, to: &arena, at: start)
            var parts: [(offset: UInt32, length: UInt32)] = []
            parts.reserveCapacity(distinct)
            var offset = UInt32(start)
            for length in lengths {
                parts.append((offset, length))
                offset &+= length
            }
            guard isDictionary else { return (parts, start + frames.plainBytes) }
            lengths.resize(to: count, filling: 0)
            try lengths.withUnsafeMutableBufferPointer { codes throws(CorruptionError) in
                guard let first = codes.baseAddress else { return }
                try PackedIntegers.decode(&source, count: codes.count, to: first, "codes")
            }
            guard lengths.allSatisfy({ Int($0) < distinct }) else {
                throw source.corruption("codes", expected: "below \(distinct)", found: "a higher one")
            }
            return (lengths.map { parts[Int($0)] }, start + frames.plainBytes)
        }
    }

    static func decodeHead(
        _ source: inout ColumnSource, codec: ColumnCodec, _ lengths: inout [UInt32]
    ) throws(CorruptionError) -> StringColumn.RawFrames {
        try lengths.withUnsafeMutableBufferPointer { lengths throws(CorruptionError) in
            var nothing: UInt32 = 0
            return try withUnsafeMutablePointer(to: &nothing) { spare throws(CorruptionError) in
                try StringColumn.decodeRawHead(
                    &source, codec: codec, count: lengths.count, lengths: lengths.baseAddress ?? spare)
            }
        }
    }

    /// How a column is to be read.
    struct KnownColumn {
        let encoding: ColumnEncoding
        let codec: ColumnCodec
    }

    /// Gives the bytes of a column to `body`, once it is known to hold `count` values in an encoding it may have.
    func withColumn<Result>(
        _ kind: ColumnKind, count: Int,
        _ body: (inout ColumnSource, KnownColumn) throws(CorruptionError) -> Result
    ) throws(CorruptionError) -> Result {
        guard let column = columns.first(where: { $0.kind == kind.rawValue }) else {
            throw corruption("column directory", expected: "a \(kind) column", found: "none")
        }
        let end = Int(column.offset) + Int(column.storedBytes)
        guard end + ColumnSource.readableBeyond <= payload.count else {
            precondition(!kind.isOfLines, "the block was read without its lines")
            throw CorruptionError(
                path: path, byteOffset: fileOffset + Int(column.offset), what: "\(kind) column",
                expected: "before the line column", found: "behind it")
        }
        return try payload.withUnsafeBufferPointer { payload throws(CorruptionError) in
            let bytes = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(payload)[Int(column.offset)..<end])
            var source = ColumnSource(
                bytes, path: path, fileOffset: fileOffset + Int(column.offset), name: "\(kind) column")
            guard Int(column.count) == count else {
                throw source.corruption("count", expected: "\(count) values", found: "\(column.count)")
            }
            guard let encoding = BlockReader.encodings(of: kind).first(where: { $0.rawValue == column.encoding }) else {
                throw source.corruption(
                    "encoding", expected: "one that this version reads",
                    found: "id \(column.encoding); written by a newer version of weir?")
            }
            guard let codec = ColumnCodec(rawValue: column.codec) else {
                throw source.corruption(
                    "codec", expected: "0, 1 or 2", found: "\(column.codec); written by a newer version of weir?")
            }
            return try body(&source, KnownColumn(encoding: encoding, codec: codec))
        }
    }

    /// The encodings in which this version reads a kind of column.
    private static func encodings(of kind: ColumnKind) -> [ColumnEncoding] {
        switch kind {
        case .timestamp: [.integerDeltas]
        case .stream: [.integerDictionary]
        case .arrival: [.integerRuns, .integerDictionary]
        case .shape, .line: [.raw]
        case .shapeOfRow: [.integerRuns, .integers]
        case .value, .rest: [.valueColumns]
        case .metadataCount: [.integers]
        case .metadataName, .metadataValue: [.dictionary, .raw]
        }
    }

    /// An error about the block as a whole.
    func corruption(_ what: String, expected: String, found: String) -> CorruptionError {
        CorruptionError(path: path, byteOffset: fileOffset, what: what, expected: expected, found: found)
    }
}

extension Array {
    /// Makes the array `count` long, keeping what fits and its memory.
    mutating func resize(to count: Int, filling element: Element) {
        if self.count > count {
            removeLast(self.count - count)
        } else {
            append(contentsOf: repeatElement(element, count: count - self.count))
        }
    }
}

extension [UInt8] {
    /// Makes the array at least `count` long.
    mutating func grow(to count: Int) {
        if self.count < count { append(contentsOf: repeatElement(0, count: count - self.count)) }
    }
}
