internal import WeirBytes

/// The stored bytes of one column, with the place in a file that errors about them name.
///
/// `bytes` must be followed by ``readableBeyond`` readable bytes, because unpacking reads whole words.
struct ColumnSource {
    /// Bytes that must be readable behind a column: one word, rounded up so that decoders may copy 32 bytes at a time.
    static let readableBeyond = 32

    var reader: ByteReader
    let path: String
    let fileOffset: Int
    let name: String

    init(_ bytes: UnsafeRawBufferPointer, path: String, fileOffset: Int, name: String) {
        reader = ByteReader(bytes)
        self.path = path
        self.fileOffset = fileOffset
        self.name = name
    }

    /// An error at the place where the next read would start.
    func corruption(_ what: String, expected: String, found: String) -> CorruptionError {
        CorruptionError(
            path: path, byteOffset: fileOffset + reader.offset, what: "\(name): \(what)", expected: expected,
            found: found)
    }

    /// An error about a part that ends before it should.
    func truncation(_ what: String) -> CorruptionError {
        corruption(what, expected: "more bytes", found: "the column's end after \(reader.remaining) more")
    }

    mutating func read<Value: FixedWidthInteger>(
        _ what: String, as type: Value.Type = Value.self
    ) throws(CorruptionError) -> Value {
        guard let value = reader.read(type) else { throw truncation(what) }
        return value
    }

    mutating func readVarint(_ what: String) throws(CorruptionError) -> UInt64 {
        guard let value = reader.readVarint() else { throw truncation(what) }
        return value
    }

    mutating func readBytes(_ count: Int, _ what: String) throws(CorruptionError) -> UnsafeRawBufferPointer {
        guard let part = reader.readBytes(count) else { throw truncation(what) }
        return part
    }

    /// Fails unless everything was read.
    func finish() throws(CorruptionError) {
        guard reader.remaining == 0 else {
            throw corruption("end", expected: "nothing more", found: "\(reader.remaining) more bytes")
        }
    }
}
