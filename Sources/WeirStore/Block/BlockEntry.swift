internal import WeirBytes

/// One entry of a segment's block directory: all that a plan needs to know about a block without reading it.
public struct BlockEntry: Sendable, Hashable {
    /// The most rows of a block: row numbers fit 16 bits.
    public static let rowsMax = 65_535
    /// Bytes of an entry.
    static let bytes = 128

    /// What holds for a block as a whole. On disk, never renumber.
    public struct Flags: OptionSet, Sendable, Hashable {
        /// The bits.
        public let rawValue: UInt16

        /// Creates flags from bits.
        public init(rawValue: UInt16) { self.rawValue = rawValue }

        /// All rows belong to the stream `streamFirst`; there is no stream column.
        public static let singleStream = Flags(rawValue: 1 << 0)
        /// No line holds a byte above 127.
        public static let allASCII = Flags(rawValue: 1 << 1)
        /// Some line may hold U+212A or U+017F, which fold to the ASCII letters k and s.
        public static let foldsToASCII = Flags(rawValue: 1 << 2)
        /// Some line holds a NUL.
        public static let hasNUL = Flags(rawValue: 1 << 3)
        /// All lines lie whole in the line column; there are no shapes.
        public static let rawLinesOnly = Flags(rawValue: 1 << 4)
        /// Some row has structured metadata.
        public static let hasMetadata = Flags(rawValue: 1 << 5)
    }

    /// Where the block starts in the file; 0 before it was written.
    public var offset: UInt64 = 0
    /// Bytes of the block.
    public var length: UInt32 = 0
    /// Rows, `1...rowsMax`.
    public var rows: UInt32
    /// Bytes of the rows' lines.
    public var rawBytes: UInt32
    /// The first instant, nanoseconds since 1970 UTC.
    public var minTimestamp: Int64
    /// The last instant.
    public var maxTimestamp: Int64
    /// The lowest stream id.
    public var streamFirst: UInt32
    /// The number of streams.
    public var streamCount: UInt32
    /// What holds for all rows.
    public var flags: Flags
    /// Where the block's entries start in the column directory, and their bytes.
    var columnsOffset: UInt32 = 0
    var columnsLength: UInt32 = 0
    /// CRC-32C of the block's part of the column directory, so that it can be trusted when read alone.
    var columnsChecksum: UInt32 = 0
    /// Where the block's signature lies in the file, and its CRC-32C; nothing when `signatureBitsLog2` is 0.
    var signatureOffset: UInt64 = 0
    var signatureChecksum: UInt32 = 0
    /// The signature has two to the power of this many bits; 0 when there is none.
    var signatureBitsLog2: UInt8 = 0
    /// The number of shapes; 0 when all lines are kept whole.
    public internal(set) var shapeCount: UInt16 = 0

    init(
        rows: Int, rawBytes: Int, minTimestamp: Int64, maxTimestamp: Int64, streamFirst: UInt32, streamCount: Int,
        flags: Flags
    ) {
        self.rows = UInt32(rows)
        self.rawBytes = UInt32(rawBytes)
        self.minTimestamp = minTimestamp
        self.maxTimestamp = maxTimestamp
        self.streamFirst = streamFirst
        self.streamCount = UInt32(streamCount)
        self.flags = flags
    }

    /// Reads an entry; nil when `reader` holds less than one.
    init?(_ reader: inout ByteReader) {
        guard var entry = reader.readBytes(BlockEntry.bytes).map({ ByteReader($0) }) else { return nil }
        offset = entry.read() ?? 0
        length = entry.read() ?? 0
        rows = entry.read() ?? 0
        rawBytes = entry.read() ?? 0
        _ = entry.skip(4)
        minTimestamp = entry.read() ?? 0
        maxTimestamp = entry.read() ?? 0
        streamFirst = entry.read() ?? 0
        streamCount = entry.read() ?? 0
        flags = Flags(rawValue: entry.read() ?? 0)
        shapeCount = entry.read() ?? 0
        columnsOffset = entry.read() ?? 0
        columnsLength = entry.read() ?? 0
        columnsChecksum = entry.read() ?? 0
        signatureOffset = entry.read() ?? 0
        signatureChecksum = entry.read() ?? 0
        signatureBitsLog2 = entry.read() ?? 0
    }

    func append(to writer: inout ByteWriter) {
        let start = writer.count
        writer.append(offset)
        writer.append(length)
        writer.append(rows)
        writer.append(rawBytes)
        writer.appendZeros(4)
        writer.append(minTimestamp)
        writer.append(maxTimestamp)
        writer.append(streamFirst)
        writer.append(streamCount)
        writer.append(flags.rawValue)
        writer.append(shapeCount)
        writer.append(columnsOffset)
        writer.append(columnsLength)
        writer.append(columnsChecksum)
        writer.append(signatureOffset)
        writer.append(signatureChecksum)
        writer.append(signatureBitsLog2)
        // Level counts: kept.
        writer.appendZeros(BlockEntry.bytes - (writer.count - start))
    }
}
