import WeirModel

/// Numbers the structured metadata of the rows of a batch: rows with one number have the same pairs.
///
/// Goes by where the strings lie, not by what they say: a source writes a value that many rows share only once. Rows with
/// equal pairs in different places get different numbers, which costs time and nothing else.
struct MetadataCodes {
    /// The number of each row, below `count`; 0 is that of rows without any.
    private(set) var codes: [UInt32] = []
    /// How many numbers there are.
    private(set) var count = 1

    /// The pairs of the first row of each number but 0.
    private var ranges: [Range<Int>] = []
    /// The number in each slot of an open-addressing table; 0 is free.
    private var slots: [UInt32] = []

    /// Numbers the rows of a batch that has metadata.
    mutating func number(_ batch: LineBatch) {
        codes.removeAll(keepingCapacity: true)
        codes.reserveCapacity(batch.count)
        ranges.removeAll(keepingCapacity: true)
        slots.removeAll(keepingCapacity: true)
        slots.append(contentsOf: repeatElement(0, count: 64))
        batch.metadata.withUnsafeBufferPointer { pairs in
            var start = 0
            var last = 0..<0
            var lastCode: UInt32 = 0
            for end in batch.metadataEnds {
                let range = start..<Int(end)
                // Most rows have what the row before them has.
                if !MetadataCodes.areEqual(pairs, range, last) {
                    lastCode = code(of: range, pairs)
                    last = range
                }
                codes.append(lastCode)
                start = Int(end)
            }
        }
        count = ranges.count + 1
    }

    private mutating func code(of range: Range<Int>, _ pairs: UnsafeBufferPointer<LineBatch.MetadataPair>) -> UInt32 {
        if range.isEmpty { return 0 }
        if ranges.count * 2 >= slots.count { grow(pairs) }
        var slot = MetadataCodes.hash(of: range, pairs) & (slots.count - 1)
        while slots[slot] != 0 {
            if MetadataCodes.areEqual(pairs, range, ranges[Int(slots[slot]) - 1]) { return slots[slot] }
            slot = (slot + 1) & (slots.count - 1)
        }
        ranges.append(range)
        slots[slot] = UInt32(ranges.count)
        return slots[slot]
    }

    private mutating func grow(_ pairs: UnsafeBufferPointer<LineBatch.MetadataPair>) {
        slots = Array(repeating: 0, count: slots.count * 2)
        for (index, range) in ranges.enumerated() {
            var slot = MetadataCodes.hash(of: range, pairs) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = UInt32(index + 1)
        }
    }

    private static func hash(of range: Range<Int>, _ pairs: UnsafeBufferPointer<LineBatch.MetadataPair>) -> Int {
        var hash: UInt64 = 0
        for index in range {
            let word = UInt64(pairs[index].nameOffset) << 32 | UInt64(pairs[index].valueOffset)
            let product = (hash ^ word).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
            hash = product.high ^ product.low
        }
        return Int(truncatingIfNeeded: hash)
    }

    @inline(__always)
    private static func areEqual(
        _ pairs: UnsafeBufferPointer<LineBatch.MetadataPair>, _ left: Range<Int>, _ right: Range<Int>
    ) -> Bool {
        guard left.count == right.count else { return false }
        for index in 0..<left.count {
            let (one, other) = (pairs[left.lowerBound + index], pairs[right.lowerBound + index])
            guard one.nameOffset == other.nameOffset, one.nameLength == other.nameLength,
                one.valueOffset == other.valueOffset, one.valueLength == other.valueLength
            else { return false }
        }
        return true
    }
}
