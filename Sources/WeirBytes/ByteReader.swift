/// Reads little-endian integers and runs of bytes from a buffer, front to back.
///
/// Every read checks that the bytes are there and returns nil without moving when they are not, so that input from a
/// disk or a wire never reaches a trap. The buffer must outlive the reader and what it returned.
public struct ByteReader {
    /// What is read.
    public let bytes: UnsafeRawBufferPointer
    @usableFromInline internal var position: Int
    /// Where the next read starts, `0...bytes.count`.
    @inlinable public var offset: Int { position }

    /// Starts at `offset` of a buffer, or at its end when that lies before.
    @inlinable public init(_ bytes: UnsafeRawBufferPointer, at offset: Int = 0) {
        self.bytes = bytes
        position = Swift.min(Swift.max(offset, 0), bytes.count)
    }

    /// The number of bytes not read yet.
    @inlinable public var remaining: Int { bytes.count - offset }

    /// Reads an integer of the type's size.
    @inlinable public mutating func read<Value: FixedWidthInteger>(_ type: Value.Type = Value.self) -> Value? {
        guard MemoryLayout<Value>.size <= remaining else { return nil }
        let value = bytes.loadUnaligned(fromByteOffset: offset, as: Value.self)
        position += MemoryLayout<Value>.size
        return Value(littleEndian: value)
    }

    /// Reads `count` bytes, as a part of the buffer.
    @inlinable public mutating func readBytes(_ count: Int) -> UnsafeRawBufferPointer? {
        guard count >= 0, count <= remaining else { return nil }
        let part = UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
        position += count
        return part
    }

    /// Reads an unsigned LEB128 integer; see ``Varint``.
    public mutating func readVarint() -> UInt64? {
        var end = position
        guard let value = Varint.read(bytes, at: &end) else { return nil }
        position = end
        return value
    }

    /// Moves over `count` bytes; false, without moving, when there are fewer.
    @inlinable public mutating func skip(_ count: Int) -> Bool {
        readBytes(count) != nil
    }

    /// Moves to the next multiple of `alignment` counted from the buffer's start, or to its end.
    @inlinable public mutating func align(to alignment: Int) {
        position = Swift.min((offset + alignment - 1) / alignment * alignment, bytes.count)
    }
}
