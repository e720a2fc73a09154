/// Reads the fields of one protobuf message in place, without copying or allocating.
///
/// Offsets count from the start of `bytes`, so that the ranges of nested messages are ranges of the whole body. Nothing
/// in the bytes can make it trap: every length is checked. `bytes` must outlive the reader.
public struct WireReader {
    /// A field's number and how its value is encoded.
    public struct Tag: Sendable, Hashable {
        /// The number in the message's declaration.
        public var field: Int
        /// How the value is encoded.
        public var type: WireType

        /// Creates a tag.
        @inlinable public init(field: Int, type: WireType) {
            self.field = field
            self.type = type
        }
    }

    /// The encodings in use; groups are not.
    public enum WireType: UInt8, Sendable {
        /// A base-128 integer.
        case varint = 0
        /// Eight bytes, little-endian.
        case fixed64 = 1
        /// A length and so many bytes.
        case lengthDelimited = 2
        /// Four bytes, little-endian.
        case fixed32 = 5
    }

    /// The bytes that offsets refer to.
    public let bytes: UnsafeRawBufferPointer
    /// Where the next tag or value starts.
    public private(set) var offset: Int
    /// Where the message ends.
    public let end: Int

    /// Creates a reader of the message in `range` of `bytes`.
    public init(_ bytes: UnsafeRawBufferPointer, in range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        self.bytes = bytes
        offset = range.lowerBound
        end = range.upperBound
    }

    /// Creates a reader of a message that fills `bytes`.
    public init(_ bytes: UnsafeRawBufferPointer) {
        self.init(bytes, in: 0..<bytes.count)
    }

    /// Reads the next field's tag; nil at the end of the message. The value must be read or skipped next.
    @inline(__always)
    public mutating func next() throws(WireError) -> Tag? {
        guard offset < end else { return nil }
        let start = offset
        let value = try varint()
        guard let type = WireType(rawValue: UInt8(value & 7)), value >> 3 != 0, value >> 3 < 1 << 29 else {
            throw .illegalTag(byteOffset: start)
        }
        return Tag(field: Int(value >> 3), type: type)
    }

    /// Reads a varint.
    @inline(__always)
    public mutating func varint() throws(WireError) -> UInt64 {
        guard offset < end else { throw .truncated(byteOffset: offset) }
        let first = bytes[offset]
        if first < 0x80 {
            offset += 1
            return UInt64(first)
        }
        return try longVarint()
    }

    /// Reads the length of a length-delimited value, moves behind it and returns where it lies.
    @inline(__always)
    public mutating func range() throws(WireError) -> Range<Int> {
        let start = offset
        let length = try varint()
        guard length <= UInt64(end - offset) else { throw .truncated(byteOffset: start) }
        let lower = offset
        offset += Int(length)
        return lower..<offset
    }

    /// Reads eight bytes.
    public mutating func fixed64() throws(WireError) -> UInt64 {
        guard end - offset >= 8 else { throw .truncated(byteOffset: offset) }
        let value = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        offset += 8
        return UInt64(littleEndian: value)
    }

    /// Reads four bytes.
    public mutating func fixed32() throws(WireError) -> UInt32 {
        guard end - offset >= 4 else { throw .truncated(byteOffset: offset) }
        let value = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
        offset += 4
        return UInt32(littleEndian: value)
    }

    /// Moves behind the value of a field that is of no interest.
    public mutating func skip(_ type: WireType) throws(WireError) {
        switch type {
        case .varint: _ = try varint()
        case .fixed64: _ = try fixed64()
        case .lengthDelimited: _ = try range()
        case .fixed32: _ = try fixed32()
        }
    }

    /// Fails unless the field just announced has the wire type of its declaration.
    @inline(__always)
    public func require(_ type: WireType, of tag: Tag) throws(WireError) {
        guard tag.type == type else { throw .wrongType(field: tag.field, byteOffset: offset) }
    }

    private mutating func longVarint() throws(WireError) -> UInt64 {
        let start = offset
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while offset < end {
            let byte = bytes[offset]
            offset += 1
            if shift == 63 && byte > 1 { throw .overflow(byteOffset: start) }
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
            if shift > 63 { throw .overflow(byteOffset: start) }
        }
        throw .truncated(byteOffset: start)
    }
}
