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

    /// After so many values of which nearly all differ, the others are taken to differ as well.
    private static let sampleCount = 512

    /// Numbers all values; false as soon as more than `limit` are distinct, or most of the first ones.
    mutating func fill(_ values: ValueList, limit: Int) -> Bool {
        guard let start = values.bytes.baseAddress else {
            removeAll(count: values.count, limit: 1)
            firsts.append(0)
            for index in codes.indices { codes[index] = 0 }
            return true
        }
        removeAll(count: values.count, limit: limit)
        return slots.withUnsafeMutableBufferPointer { slots in
            codes.withUnsafeMutableBufferPointer { codes in
                ValueTable.number(
                    values, start, limit: limit, seed: seed, slots: slots, codes: codes, firsts: &firsts,
                    plainBytes: &plainBytes)
            }
        }
    }

    /// The same for values that are told by numbers.
    mutating func fill(_ numbers: [Int64], of values: ValueList, limit: Int) -> Bool {
        removeAll(count: values.count, limit: limit)
        return slots.withUnsafeMutableBufferPointer { slots in
            codes.withUnsafeMutableBufferPointer { codes in
                numbers.withUnsafeBufferPointer { numbers in
                    ValueTable.number(
                        numbers, values.lengths, limit: limit, seed: seed, slots: slots, codes: codes,
                        firsts: &firsts, plainBytes: &plainBytes)
                }
            }
        }
    }

    private mutating func removeAll(count: Int, limit: Int) {
        firsts.removeAll(keepingCapacity: true)
        codes.resize(to: count, filling: 0)
        plainBytes = 0
        var capacity = 64
        while capacity < limit * 2 { capacity *= 2 }
        if slots.count != capacity { slots.resize(to: capacity, filling: 0) }
        slots.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
    }

    private static func number(
        _ numbers: UnsafeBufferPointer<Int64>, _ lengths: UnsafeBufferPointer<UInt32>, limit: Int, seed: UInt64,
        slots: UnsafeMutableBufferPointer<UInt64>, codes: UnsafeMutableBufferPointer<UInt32>, firsts: inout [UInt32],
        plainBytes: inout Int
    ) -> Bool {
        let mask = slots.count &- 1
        var code: UInt32 = 0
        for index in 0..<numbers.count {
            let number = numbers[index]
            if index > 0, number == numbers[index &- 1] {
                codes[index] = code
                continue
            }
            if index == sampleCount, firsts.count > sampleCount - sampleCount / 8 { return false }
            let product = (UInt64(bitPattern: number) ^ seed).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
            var slot = Int(truncatingIfNeeded: product.high ^ product.low) & mask
            while true {
                let entry = slots[slot]
                if entry == 0 {
                    guard firsts.count < limit else { return false }
                    code = UInt32(firsts.count)
                    firsts.append(UInt32(index))
                    plainBytes += Int(lengths[index])
                    slots[slot] = UInt64(code &+ 1)
                    break
                }
                code = UInt32(truncatingIfNeeded: entry) &- 1
                if numbers[Int(firsts[Int(code)])] == number { break }
                slot = (slot &+ 1) & mask
            }
            codes[index] = code
        }
        return true
    }

    private static func number(
        _ values: ValueList, _ start: UnsafeRawPointer, limit: Int, seed: UInt64,
        slots: UnsafeMutableBufferPointer<UInt64>, codes: UnsafeMutableBufferPointer<UInt32>, firsts: inout [UInt32],
        plainBytes: inout Int
    ) -> Bool {
        let mask = slots.count - 1
        var previous = start
        var previousLength = -1
        var code: UInt32 = 0
        for index in 0..<values.count {
            let length = Int(values.lengths[index])
            let text = start + Int(values.offsets[index])
            // Values come in runs, and comparing is quicker than hashing.
            if length == previousLength, isEqual(text, previous, length) {
                codes[index] = code
                continue
            }
            if index == sampleCount, firsts.count > sampleCount - sampleCount / 64 { return false }
            previous = text
            previousLength = length
            let hash = hash(text, length, seed: seed)
            let tag = hash & 0xffff_ffff_0000_0000
            var slot = Int(truncatingIfNeeded: hash) & mask
            while true {
                let entry = slots[slot]
                if entry == 0 {
                    guard firsts.count < limit else { return false }
                    code = UInt32(firsts.count)
                    firsts.append(UInt32(index))
                    plainBytes += length
                    slots[slot] = tag | UInt64(code + 1)
                    break
                }
                if entry & 0xffff_ffff_0000_0000 == tag {
                    code = UInt32(truncatingIfNeeded: entry) &- 1
                    let first = Int(firsts[Int(code)])
                    if Int(values.lengths[first]) == length, isEqual(text, start + Int(values.offsets[first]), length) {
                        break
                    }
                }
                slot = (slot + 1) & mask
            }
            codes[index] = code
        }
        return true
    }

    /// A hash like ``ByteHash``'s; most values are short, and for those a call would take longer than the hash.
    @inline(__always)
    static func hash(_ text: UnsafeRawPointer, _ length: Int, seed: UInt64) -> UInt64 {
        var low: UInt64 = 0
        var high: UInt64 = 0
        if length >= 8 {
            guard length <= 16 else {
                return ByteHash.hash(UnsafeRawBufferPointer(start: text, count: length), seed: seed)
            }
            low = text.loadUnaligned(as: UInt64.self)
            high = text.loadUnaligned(fromByteOffset: length &- 8, as: UInt64.self)
        } else if length >= 4 {
            low = UInt64(text.loadUnaligned(as: UInt32.self))
            high = UInt64(text.loadUnaligned(fromByteOffset: length &- 4, as: UInt32.self))
        } else if length > 0 {
            low =
                UInt64(text.load(as: UInt8.self)) &<< 8
                | UInt64(text.load(fromByteOffset: length &>> 1, as: UInt8.self))
            high = UInt64(text.load(fromByteOffset: length &- 1, as: UInt8.self))
        }
        let product = (low ^ 0x8ebc_6af0_9c88_c6e3).multipliedFullWidth(by: high ^ seed &+ UInt64(length))
        return product.high ^ product.low
    }

    /// Whether `length` bytes are equal.
    @inline(__always)
    static func isEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ length: Int) -> Bool {
        if length >= 8 {
            var offset = 0
            while offset + 8 <= length {
                let a = left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                if a != right.loadUnaligned(fromByteOffset: offset, as: UInt64.self) { return false }
                offset += 8
            }
            return left.loadUnaligned(fromByteOffset: length - 8, as: UInt64.self)
                == right.loadUnaligned(fromByteOffset: length - 8, as: UInt64.self)
        }
        if length >= 4 {
            let head = left.loadUnaligned(as: UInt32.self) ^ right.loadUnaligned(as: UInt32.self)
            let tail =
                left.loadUnaligned(fromByteOffset: length - 4, as: UInt32.self)
                ^ right.loadUnaligned(fromByteOffset: length - 4, as: UInt32.self)
            return head | tail == 0
        }
        for offset in 0..<length
        where left.load(fromByteOffset: offset, as: UInt8.self) != right.load(fromByteOffset: offset, as: UInt8.self) {
            return false
        }
        return true
    }
}
