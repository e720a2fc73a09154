internal import WeirBytes

/// Numbers the distinct values of a list in the order in which they first come, until there are too many.
struct ValueTable: Sendable {
    /// The first value of the list that has each number.
    private(set) var firsts: [UInt32] = []
    /// The number of each value, when ``fill(_:limit:)`` came to the end.
    private(set) var codes: [UInt32] = []
    /// Bytes of the distinct values.
    private(set) var plainBytes = 0

    // Number + 1 in each slot of an open-addressing table, 0 when free, over the upper half of the value's hash.
    private var slots: [UInt64] = []
    /// Keyed, because strangers choose the values.
    private let seed = UInt64.random(in: .min ... .max)

    /// Numbers all values; false as soon as more than `limit` are distinct.
    mutating func fill(_ values: ValueList, limit: Int) -> Bool {
        firsts.removeAll(keepingCapacity: true)
        codes.removeAll(keepingCapacity: true)
        codes.reserveCapacity(values.count)
        plainBytes = 0
        var capacity = 64
        while capacity < limit * 2 { capacity *= 2 }
        slots.removeAll(keepingCapacity: true)
        slots.append(contentsOf: repeatElement(0, count: capacity))
        guard let start = values.bytes.baseAddress else {
            firsts.append(0)
            codes.append(contentsOf: repeatElement(0, count: values.count))
            return true
        }
        return slots.withUnsafeMutableBufferPointer { slots in
            ValueTable.number(
                values, start, limit: limit, seed: seed, slots: slots, firsts: &firsts, codes: &codes,
                plainBytes: &plainBytes)
        }
    }

    private static func number(
        _ values: ValueList, _ start: UnsafeRawPointer, limit: Int, seed: UInt64,
        slots: UnsafeMutableBufferPointer<UInt64>, firsts: inout [UInt32], codes: inout [UInt32],
        plainBytes: inout Int
    ) -> Bool {
        let mask = slots.count - 1
        for index in 0..<values.count {
            let length = Int(values.lengths[index])
            let text = start + Int(values.offsets[index])
            let hash = ByteHash.hash(UnsafeRawBufferPointer(start: text, count: length), seed: seed)
            let tag = hash & 0xffff_ffff_0000_0000
            var slot = Int(truncatingIfNeeded: hash) & mask
            while true {
                let entry = slots[slot]
                if entry == 0 {
                    guard firsts.count < limit else { return false }
                    firsts.append(UInt32(index))
                    plainBytes += length
                    slots[slot] = tag | UInt64(firsts.count)
                    codes.append(UInt32(firsts.count - 1))
                    break
                }
                if entry & 0xffff_ffff_0000_0000 == tag {
                    let number = Int(truncatingIfNeeded: entry & 0xffff_ffff) - 1
                    let first = Int(firsts[number])
                    if Int(values.lengths[first]) == length,
                        isEqual(text, start + Int(values.offsets[first]), length)
                    {
                        codes.append(UInt32(number))
                        break
                    }
                }
                slot = (slot + 1) & mask
            }
        }
        return true
    }

    /// Whether `length` bytes are equal.
    @inline(__always)
    static func isEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ length: Int) -> Bool {
        var offset = 0
        while offset + 8 <= length {
            let a = left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            if a != right.loadUnaligned(fromByteOffset: offset, as: UInt64.self) { return false }
            offset += 8
        }
        while offset < length {
            let a = left.load(fromByteOffset: offset, as: UInt8.self)
            if a != right.load(fromByteOffset: offset, as: UInt8.self) { return false }
            offset += 1
        }
        return true
    }
}
