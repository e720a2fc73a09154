/// Writes protobuf messages to a growing array.
///
/// Nested messages are written by their known length (``lengthHeader(field:count:)``) on hot paths, or by a closure
/// (``message(field:_:)``), which moves the message once when its length is known.
public struct WireWriter: Sendable {
    /// What was written so far.
    public var bytes: [UInt8]

    /// Creates a writer that appends to `bytes`.
    public init(_ bytes: [UInt8] = []) {
        self.bytes = bytes
    }

    /// The bytes that `value` takes as a varint, 1 to 10.
    @inlinable public static func varintLength(_ value: UInt64) -> Int {
        (70 - (value | 1).leadingZeroBitCount) / 7
    }

    /// The bytes that a length-delimited field of `count` bytes takes, with its tag and length.
    @inlinable public static func fieldLength(field: Int, count: Int) -> Int {
        varintLength(UInt64(field) << 3) + varintLength(UInt64(count)) + count
    }

    /// Writes an integer; negative numbers take ten bytes, as protobuf's `int64` does.
    public mutating func varint(field: Int, _ value: Int64) {
        Varint.append(UInt64(field) << 3, to: &bytes)
        Varint.append(UInt64(bitPattern: value), to: &bytes)
    }

    /// Writes a 64-bit little-endian number.
    public mutating func fixed64(field: Int, _ value: UInt64) {
        Varint.append(UInt64(field) << 3 | 1, to: &bytes)
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// Writes the tag and length of a value of `count` bytes, which the caller appends to `bytes` next.
    public mutating func lengthHeader(field: Int, count: Int) {
        Varint.append(UInt64(field) << 3 | 2, to: &bytes)
        Varint.append(UInt64(count), to: &bytes)
    }

    /// Writes a bytes or string field.
    public mutating func data(field: Int, _ value: UnsafeRawBufferPointer) {
        lengthHeader(field: field, count: value.count)
        bytes.append(contentsOf: value)
    }

    /// Writes a bytes or string field.
    public mutating func data(field: Int, _ value: some Collection<UInt8>) {
        lengthHeader(field: field, count: value.count)
        bytes.append(contentsOf: value)
    }

    /// Writes a string field.
    public mutating func text(field: Int, _ value: String) {
        data(field: field, value.utf8)
    }

    /// Writes a nested message; the closure writes its fields.
    public mutating func message(field: Int, _ body: (inout WireWriter) -> Void) {
        Varint.append(UInt64(field) << 3 | 2, to: &bytes)
        let start = bytes.count
        body(&self)
        var length: [UInt8] = []
        Varint.append(UInt64(bytes.count - start), to: &length)
        bytes.insert(contentsOf: length, at: start)
    }
}
