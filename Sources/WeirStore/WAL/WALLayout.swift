internal import WeirBytes

/// Where things are in a log file; docs/formats/wal.md. All of it is on disk: never renumber.
enum WALLayout {
    static let magic: [UInt8] = Array("WEIRWAL\0".utf8)
    static let version: UInt32 = 1
    /// One page: records start aligned for the disk, and the header's two copies lie in different sectors.
    static let headerBytes = 4096
    static let headerCopyBytes = 2048
    static let recordHeaderBytes = 24
    static let endMarkBytes = 8
    static let alignment = 8
    /// Larger payloads are damage: no push is that large, and offsets into one fit 32 bits.
    static let payloadBytesMax = 1 << 30

    /// `0000000000000007.wal`.
    static func fileName(_ sequence: UInt64) -> String {
        let digits = String(sequence, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits + ".wal"
    }

    /// The sequence number in a file's name; nil for other files.
    static func sequence(ofFileName name: String) -> UInt64? {
        guard name.utf8.count == 20, name.hasSuffix(".wal") else { return nil }
        return UInt64(name.dropLast(4), radix: 16)
    }

    /// What the checksums of all records of an epoch start from.
    static func checksumSeed(epoch: UInt64) -> UInt32 {
        withUnsafeBytes(of: epoch.littleEndian) { CRC32C.checksum($0) }
    }

    static func padded(_ count: Int) -> Int {
        (count + alignment - 1) & ~(alignment - 1)
    }
}

/// The header of a log file.
struct WALFileHeader: Sendable, Equatable {
    var sequence: UInt64
    var epoch: UInt64
    var firstLSN: UInt64
    var previousEnd: UInt64

    /// Both copies, 4096 bytes.
    var encoded: [UInt8] {
        var copy = WALLayout.magic
        copy.appendLittleEndian(WALLayout.version)
        copy.appendLittleEndian(UInt32(WALLayout.headerBytes))
        for field in [sequence, epoch, firstLSN, previousEnd] { copy.appendLittleEndian(field) }
        copy.append(contentsOf: repeatElement(0, count: WALLayout.headerCopyBytes - 4 - copy.count))
        copy.appendLittleEndian(copy.withUnsafeBytes { CRC32C.checksum($0) })
        return copy + copy
    }

    init(sequence: UInt64, epoch: UInt64, firstLSN: UInt64, previousEnd: UInt64) {
        self.sequence = sequence
        self.epoch = epoch
        self.firstLSN = firstLSN
        self.previousEnd = previousEnd
    }

    /// Reads one copy; nil when it is damaged or of another version.
    init?(copy bytes: UnsafeRawBufferPointer) {
        guard bytes.count == WALLayout.headerCopyBytes,
            bytes.starts(with: WALLayout.magic),
            bytes.littleEndian(at: 8, as: UInt32.self) == WALLayout.version,
            bytes.littleEndian(at: 12, as: UInt32.self) == UInt32(WALLayout.headerBytes),
            CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes.dropLast(4)))
                == bytes.littleEndian(at: WALLayout.headerCopyBytes - 4, as: UInt32.self)
        else { return nil }
        self.init(
            sequence: bytes.littleEndian(at: 16), epoch: bytes.littleEndian(at: 24),
            firstLSN: bytes.littleEndian(at: 32), previousEnd: bytes.littleEndian(at: 40))
    }
}

/// The fixed part of a record.
struct WALRecordHeader: Sendable, Equatable {
    var payloadBytes: Int
    var checksum: UInt32
    var lsn: UInt64
    var type: UInt8
    var unsynced: UInt32

    /// Reads the fields without judging them.
    init(_ bytes: UnsafeRawBufferPointer) {
        payloadBytes = Int(bytes.littleEndian(at: 0, as: UInt32.self))
        checksum = bytes.littleEndian(at: 4)
        lsn = bytes.littleEndian(at: 8)
        type = bytes[16]
        unsynced = bytes.littleEndian(at: 20)
    }

    /// Records below this were synced when this one was written.
    var syncedEnd: UInt64 { lsn - min(UInt64(unsynced), lsn) }

    /// Header, payload and padding.
    var recordBytes: Int { WALLayout.padded(WALLayout.recordHeaderBytes + payloadBytes) }

    /// The checksum that the bytes of a whole record should carry.
    static func checksum(ofRecord bytes: UnsafeRawBufferPointer, seed: UInt32) -> UInt32 {
        let length = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes[..<4]), seed: seed)
        return CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes[8...]), seed: length)
    }
}

extension UnsafeRawBufferPointer {
    /// The integer at `offset`, which the caller has checked to lie inside.
    func littleEndian<Value: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as type: Value.Type = Value.self)
        -> Value
    {
        Value(littleEndian: loadUnaligned(fromByteOffset: offset, as: type))
    }
}

extension [UInt8] {
    mutating func appendLittleEndian(_ value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
