internal import WeirBytes

/// What a column of a block holds. On disk, never renumber; 8 is kept for levels.
public enum ColumnKind: UInt8, Sendable {
    /// The instant of each row.
    case timestamp = 1
    /// The stream of each row; only in blocks of several streams.
    case stream = 2
    /// When each row arrived.
    case arrival = 3
    /// What lines have in common; only in blocks with shapes, like the next three.
    case shape = 4
    /// The shape of each row, counted from 1; 0 for lines that are kept whole.
    case shapeOfRow = 5
    /// The values of shapes with many rows, a column for each hole.
    case value = 6
    /// The values of the other shapes.
    case rest = 7
    /// The lines that are kept whole: all in blocks without shapes.
    case line = 9
    /// How many pairs of structured metadata each row has; only in blocks with any.
    case metadataCount = 10
    /// The name of each pair, row by row.
    case metadataName = 11
    /// The value of each pair, row by row.
    case metadataValue = 12

    /// Whether the column is needed for nothing but lines; such columns come last in a block.
    var isOfLines: Bool {
        switch self {
        case .shape, .shapeOfRow, .value, .rest, .line: true
        default: false
        }
    }
}

/// How a column's values became bytes. On disk, never renumber; 12 is kept; docs/formats/segment.md
/// draws them.
public enum ColumnEncoding: UInt8, Sendable {
    /// One value that all rows have.
    case constant = 0
    /// Distinct strings and a packed index per value.
    case dictionary = 1
    /// Packed unsigned integers.
    case integers = 2
    /// Packed differences of ascending integers.
    case integerDeltas = 3
    /// Texts of digits, all of one length, as packed numbers.
    case fixedDigits = 4
    /// Texts of decimal fractions as packed numbers.
    case decimals = 5
    /// Texts of hexadecimal digits, all of one length, as half bytes.
    case hex = 6
    /// Texts of instants as packed differences to the rows' timestamps.
    case clocks = 7
    /// Texts of UUIDs as 16 bytes.
    case uuids = 8
    /// Texts of IPv4 addresses as packed numbers.
    case ipv4 = 9
    /// Packed lengths and the strings end to end.
    case raw = 10
    /// Texts split into what they have in common and columns of what they have not.
    case nested = 11
    /// Runs of equal integers.
    case integerRuns = 13
    /// Distinct integers and a packed index per value.
    case integerDictionary = 14
    /// Packed lengths and the texts end to end, without frames.
    case texts = 15
    /// Distinct texts and a packed index per value, without frames.
    case textDictionary = 16
    /// Texts of whole numbers as packed numbers.
    case wholes = 17
    /// Columns of texts, each with an encoding of its own.
    case valueColumns = 18
}

/// How a column's frames are compressed. On disk, never renumber; 3 is kept for zstd.
public enum ColumnCodec: UInt8, Sendable {
    /// Not at all.
    case none = 0
    /// LZ4 blocks.
    case lz4 = 1
    /// One zlib stream without header.
    case zlib = 2
}

/// One entry of a block's column directory: where a column lies and how to read it.
public struct ColumnEntry: Sendable, Hashable {
    /// Bytes of an entry.
    static let bytes = 56
    /// Bit of `stampFlags`: the lengths are known.
    static let stampHasLengths: UInt16 = 1

    /// The ``ColumnKind``, or a number that this version does not know.
    public var kind: UInt8
    /// The ``ColumnEncoding``, or a number that this version does not know.
    public var encoding: UInt8
    /// The ``ColumnCodec``, or a number that this version does not know.
    public var codec: UInt8
    /// Where the column starts, counted from the block's start.
    public var offset: UInt32
    /// Bytes in the file.
    public var storedBytes: UInt32
    /// Bytes of the values before packing and compression.
    public var plainBytes: UInt32
    /// The number of values.
    public var count: UInt32
    /// CRC-32C of the stored bytes.
    public var checksum: UInt32
    /// What is known about the values; see `stampHasLengths`.
    var stampFlags: UInt16 = 0
    /// The shortest and the longest string, 65,535 standing for anything longer.
    var lengthMin: UInt16 = 0
    var lengthMax: UInt16 = 0

    init(kind: ColumnKind, encoding: ColumnEncoding, codec: ColumnCodec = .none, count: Int) {
        self.kind = kind.rawValue
        self.encoding = encoding.rawValue
        self.codec = codec.rawValue
        self.count = UInt32(count)
        offset = 0
        storedBytes = 0
        plainBytes = 0
        checksum = 0
    }

    /// Reads an entry; nil when `reader` holds less than one.
    init?(_ reader: inout ByteReader) {
        guard var entry = reader.readBytes(ColumnEntry.bytes).map({ ByteReader($0) }) else { return nil }
        kind = entry.read() ?? 0
        encoding = entry.read() ?? 0
        codec = entry.read() ?? 0
        _ = entry.skip(1 + 4)
        offset = entry.read() ?? 0
        storedBytes = entry.read() ?? 0
        plainBytes = entry.read() ?? 0
        count = entry.read() ?? 0
        checksum = entry.read() ?? 0
        stampFlags = entry.read() ?? 0
        lengthMin = entry.read() ?? 0
        lengthMax = entry.read() ?? 0
    }

    func append(to writer: inout ByteWriter) {
        writer.append(kind)
        writer.append(encoding)
        writer.append(codec)
        writer.append(UInt8(0))
        writer.append(UInt32.max)
        writer.append(offset)
        writer.append(storedBytes)
        writer.append(plainBytes)
        writer.append(count)
        writer.append(checksum)
        writer.append(stampFlags)
        writer.append(lengthMin)
        writer.append(lengthMax)
        // Class mask, lowest and highest number, value filter: kept for the columns of shapes.
        writer.appendZeros(2 + 8 + 8 + 4)
    }
}
