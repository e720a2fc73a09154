internal import WeirBytes
public import WeirSystem

/// An open segment: its directories in memory, its blocks read on demand.
///
/// Opening reads the header and the tail and checks both; a block is checked when it is read, so that damage costs the
/// block it lies in. Reads at the same time from several threads are fine.
public final class SegmentReader: Sendable {
    /// What the segment holds in all.
    public let summary: SegmentSummary
    /// The block directory, in the order of the file.
    public let blocks: [BlockEntry]
    /// The streams, by ascending id.
    public let streams: [SegmentStream]
    private let file: any File
    private let blockLists: [UInt32]
    private let columns: [[ColumnEntry]]
    private let originPlace: (place: Range<Int>, checksum: UInt32)?

    init(file: any File, tail: SegmentTail) {
        self.file = file
        summary = tail.summary
        blocks = tail.blocks
        streams = tail.streams
        blockLists = tail.blockLists
        columns = tail.columns
        originPlace = tail.origin
    }

    /// Opens the segment in a file.
    ///
    /// - Throws: ``CorruptionError`` when header or tail are damaged or of a newer version, `FileError` when the file
    ///   cannot be read.
    public static func open(file: any File) throws -> SegmentReader {
        SegmentReader(file: file, tail: try SegmentTail(file: file))
    }

    /// The path of the file, for messages.
    public var path: String { file.path }

    /// Reads bytes of the file as they are, for copies; fewer than wanted only at its end.
    func readBytes(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) -> Int {
        try file.read(into: buffer, at: offset)
    }

    /// Reads where the rows come from; nil when the file is from before segments said so.
    ///
    /// - Throws: ``CorruptionError`` or `FileError`; everything else of the segment can be read all the same.
    func origin() throws -> SegmentOrigin? {
        guard let (place, expected) = originPlace else { return nil }
        var bytes = [UInt8](repeating: 0, count: place.count)
        let read = try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: place.lowerBound) }
        let checksum = bytes.withUnsafeBytes { CRC32C.checksum($0) }
        guard read == bytes.count, checksum == expected else {
            throw CorruptionError(
                path: file.path, byteOffset: place.lowerBound, what: "checksum of the section of origin",
                expected: hexadecimal(expected), found: hexadecimal(checksum))
        }
        guard let origin = SegmentOrigin(bytes), origin.labels.count == streams.count else {
            throw CorruptionError(
                path: file.path, byteOffset: place.lowerBound, what: "section of origin",
                expected: "the labels of \(streams.count) streams", found: "something else")
        }
        return origin
    }

    /// The stream with this id; nil when the segment holds none of it.
    public func stream(_ id: UInt32) -> SegmentStream? {
        var low = 0
        var high = streams.count
        while low < high {
            let middle = (low + high) / 2
            if streams[middle].extent.stream < id { low = middle + 1 } else { high = middle }
        }
        return low < streams.count && streams[low].extent.stream == id ? streams[low] : nil
    }

    /// The positions in ``blocks`` of the blocks that hold rows of a stream, ascending.
    public func blocks(of stream: SegmentStream) -> ArraySlice<UInt32> {
        blockLists[stream.blocks]
    }

    /// The columns of a block, in the order of the file.
    public func columns(ofBlock index: Int) -> [ColumnEntry] {
        columns[index]
    }

    /// Reads the block at a position in ``blocks`` and checks it.
    ///
    /// - Parameter needsLines: without them only the bytes before the columns of lines are read; the block then gives
    ///   everything but lines and their lengths.
    /// - Throws: ``CorruptionError`` or `FileError`; both cost this block only.
    public func readBlock(_ index: Int, needsLines: Bool = true) throws -> BlockReader {
        var block = BlockReader(
            entry: blocks[index], columns: [], payload: [], path: file.path, fileOffset: 0)
        try readBlock(index, needsLines: needsLines, into: &block)
        return block
    }

    /// Reads the block at a position in ``blocks`` into `block`, reusing its memory.
    public func readBlock(_ index: Int, needsLines: Bool, into block: inout BlockReader) throws {
        let entry = blocks[index]
        let columns = columns[index]
        var length = Int(entry.length)
        if !needsLines, let line = columns.first(where: { ColumnKind(rawValue: $0.kind)?.isOfLines == true }) {
            length = Int(line.offset)
        }
        var payload = block.takePayload()
        payload.resize(to: length + ColumnSource.readableBeyond, filling: 0)
        let offset = Int(entry.offset)
        let read = try payload.withUnsafeMutableBytes {
            try file.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[..<length]), at: offset)
        }
        guard read == length else {
            throw CorruptionError(
                path: file.path, byteOffset: offset + read, what: "block \(index)", expected: "\(length) bytes",
                found: "the file's end")
        }
        for column in columns where Int(column.offset) + Int(column.storedBytes) <= length {
            try check(column, of: index, in: payload)
        }
        block = BlockReader(entry: entry, columns: columns, payload: payload, path: file.path, fileOffset: offset)
    }

    /// Reads the signature of a block into `bytes`, and checks it; false, leaving `bytes` alone, when it has none.
    ///
    /// - Throws: ``CorruptionError`` or `FileError`; the block can be read all the same.
    func readSignature(ofBlock index: Int, into bytes: inout [UInt8]) throws -> Bool {
        let entry = blocks[index]
        guard entry.signatureBitsLog2 > 0 else { return false }
        let offset = Int(entry.signatureOffset)
        bytes.resize(to: BlockSignature.bytes(bitsLog2: entry.signatureBitsLog2), filling: 0)
        let read = try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: offset) }
        let checksum = bytes.withUnsafeBytes { CRC32C.checksum($0) }
        guard read == bytes.count, checksum == entry.signatureChecksum else {
            throw CorruptionError(
                path: file.path, byteOffset: offset, what: "checksum of the signature of block \(index)",
                expected: hexadecimal(entry.signatureChecksum), found: hexadecimal(checksum))
        }
        return true
    }

    /// The signature of a block; nil when it has none.
    ///
    /// - Throws: ``CorruptionError`` or `FileError`; the block can be read all the same.
    public func signature(ofBlock index: Int) throws -> BlockSignature? {
        var bytes: [UInt8] = []
        guard try readSignature(ofBlock: index, into: &bytes) else { return nil }
        return BlockSignature(
            bitsLog2: blocks[index].signatureBitsLog2,
            words: bytes.withUnsafeBytes { bytes in
                stride(from: 0, to: bytes.count, by: 8).map {
                    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt64.self))
                }
            })
    }

    private func check(_ column: ColumnEntry, of index: Int, in payload: [UInt8]) throws(CorruptionError) {
        let range = Int(column.offset)..<Int(column.offset) + Int(column.storedBytes)
        let checksum = payload.withUnsafeBytes { CRC32C.checksum(UnsafeRawBufferPointer(rebasing: $0[range])) }
        guard checksum == column.checksum else {
            let kind = ColumnKind(rawValue: column.kind).map { "\($0)" } ?? "kind \(column.kind)"
            throw CorruptionError(
                path: file.path, byteOffset: Int(blocks[index].offset) + range.lowerBound,
                what: "checksum of the \(kind) column of block \(index)", expected: hexadecimal(column.checksum),
                found: hexadecimal(checksum))
        }
    }
}

/// Eight hexadecimal digits.
func hexadecimal(_ checksum: UInt32) -> String {
    let digits = String(checksum, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
}
