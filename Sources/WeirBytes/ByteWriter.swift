/// Writes little-endian integers and runs of bytes to the end of a growing buffer.
public struct ByteWriter: Sendable {
    /// What was written.
    public var bytes: [UInt8]

    /// Starts with nothing, and room for `capacity` bytes.
    public init(capacity: Int = 0) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// The number of bytes written.
    @inlinable public var count: Int { bytes.count }

    /// Appends an integer in the size of its type.
    @inlinable public mutating func append<Value: FixedWidthInteger>(_ value: Value) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// Appends bytes.
    @inlinable public mutating func append(_ part: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: part)
    }

    /// Appends an unsigned LEB128 integer; see ``Varint``.
    @inlinable public mutating func appendVarint(_ value: UInt64) {
        Varint.append(value, to: &bytes)
    }

    /// Appends zero bytes.
    @inlinable public mutating func appendZeros(_ count: Int) {
        bytes.append(contentsOf: repeatElement(0, count: count))
    }

    /// Appends zero bytes up to the next multiple of `alignment`.
    @inlinable public mutating func align(to alignment: Int) {
        appendZeros((alignment - count % alignment) % alignment)
    }

    /// Appends up to `capacity` bytes that `fill` writes; it returns how many it wrote.
    ///
    /// The room is zeroed first, which costs a thirtieth of what the codecs that use it cost.
    @inlinable public mutating func append(
        capacity: Int, _ fill: (_ room: UnsafeMutableRawBufferPointer) -> Int
    ) {
        let start = bytes.count
        appendZeros(capacity)
        let written = bytes.withUnsafeMutableBytes { fill(UnsafeMutableRawBufferPointer(rebasing: $0[start...])) }
        precondition(written >= 0 && written <= capacity, "wrote \(written) bytes into room for \(capacity)")
        bytes.removeLast(capacity - written)
    }

    /// Replaces an integer written before.
    @inlinable public mutating func replace<Value: FixedWidthInteger>(at offset: Int, with value: Value) {
        precondition(offset >= 0 && offset + MemoryLayout<Value>.size <= count, "offset \(offset) of \(count)")
        bytes.withUnsafeMutableBytes {
            $0.storeBytes(of: value.littleEndian, toByteOffset: offset, as: Value.self)
        }
    }

    /// Forgets everything, keeping the memory for the next use.
    @inlinable public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
    }
}
