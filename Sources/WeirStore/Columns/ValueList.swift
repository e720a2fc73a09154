/// The values of a column before they are encoded: byte strings anywhere in a buffer.
///
/// Borrows its parts, which have to stay where they are while the list is used.
package struct ValueList {
    /// What the values lie in.
    package let bytes: UnsafeRawBufferPointer
    /// Where each starts.
    package let offsets: UnsafeBufferPointer<UInt32>
    /// How long each is.
    package let lengths: UnsafeBufferPointer<UInt32>
    /// The instant of each value's row in nanoseconds, or nothing; texts of instants are kept as differences to it.
    package let timestamps: UnsafeBufferPointer<Int64>

    /// Creates a list; `offsets`, `lengths` and, unless there are none, `timestamps` have to be of one length.
    package init(
        bytes: UnsafeRawBufferPointer, offsets: UnsafeBufferPointer<UInt32>, lengths: UnsafeBufferPointer<UInt32>,
        timestamps: UnsafeBufferPointer<Int64>
    ) {
        precondition(
            offsets.count == lengths.count && (timestamps.isEmpty || offsets.count == timestamps.count),
            "\(offsets.count) offsets, \(lengths.count) lengths, \(timestamps.count) timestamps")
        self.bytes = bytes
        self.offsets = offsets
        self.lengths = lengths
        self.timestamps = timestamps
    }

    /// The number of values.
    package var count: Int { offsets.count }

    /// A value; the list must have been found to lie inside `bytes`, as ``ValueProfile`` does.
    @inline(__always)
    subscript(index: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: bytes.baseAddress.map { $0 + Int(offsets[index]) }, count: Int(lengths[index]))
    }
}

extension ValueList {
    /// Copies all values to `room`, end to end; it has to hold them and ``ShortCopy/stride`` bytes more.
    func copy(to room: UnsafeMutableRawBufferPointer) {
        guard var target = room.baseAddress, let start = bytes.baseAddress else { return }
        for index in 0..<count {
            let offset = Int(offsets[index])
            let length = Int(lengths[index])
            if offset &+ length &+ ShortCopy.stride <= bytes.count {
                target = ShortCopy.copy(start + offset, length, to: target)
            } else {
                target.copyMemory(from: start + offset, byteCount: length)
                target += length
            }
        }
    }
}

extension ByteClasses {
    /// The classes of all bytes of all values.
    init(of values: ValueList) {
        self.init()
        withUnsafeTemporaryAllocation(of: Bool.self, capacity: 256) { isMet in
            isMet.initialize(repeating: false)
            for index in 0..<values.count {
                for byte in values[index] { isMet[Int(byte)] = true }
            }
            let met = (0...UInt8.max).filter { isMet[Int($0)] }
            self = met.withUnsafeBytes { ByteClasses(of: $0) }
        }
    }
}

/// What one cheap pass over the lengths says.
struct ValueProfile {
    var lengthMin: UInt32 = .max
    var lengthMax: UInt32 = 0
    var plainBytes = 0
    /// Whether all values are equal.
    var isConstant = false

    /// Traps when a value lies outside the list's bytes.
    init(_ values: ValueList) {
        var end = 0
        for index in 0..<values.count {
            let length = values.lengths[index]
            lengthMin = min(lengthMin, length)
            lengthMax = max(lengthMax, length)
            plainBytes += Int(length)
            end = max(end, Int(values.offsets[index]) + Int(length))
        }
        precondition(end <= values.bytes.count, "a value ends at \(end) of \(values.bytes.count) bytes")
        if values.count == 0 { lengthMin = 0 }
        guard lengthMin == lengthMax, let first = values.bytes.baseAddress, lengthMax > 0 else {
            isConstant = lengthMin == lengthMax
            return
        }
        isConstant = !(1..<max(values.count, 1)).contains { index in
            !ValueTable.isEqual(
                first + Int(values.offsets[index]), first + Int(values.offsets[0]), Int(lengthMax))
        }
    }

    func stamp(_ classes: ByteClasses, numbers: ClosedRange<Int64>? = nil) -> ValueStamp {
        ValueStamp(lengthMin: lengthMin, lengthMax: lengthMax, classes: classes, numbers: numbers)
    }
}
