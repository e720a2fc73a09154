internal import WeirBytes

/// Numbers distinct byte strings of an arena in the order in which they first come.
struct StringTable {
    /// Where each distinct string lies in the arena.
    private(set) var offsets: [UInt32] = []
    private(set) var lengths: [UInt64] = []
    private(set) var plainBytes = 0

    /// Position + 1 of the string in each slot of an open-addressing table, 0 when free.
    private var slots = [UInt32](repeating: 0, count: 64)
    private var hashes: [UInt64] = []
    /// Keyed, because strangers choose the strings.
    private let seed = UInt64.random(in: .min ... .max)

    var count: Int { offsets.count }

    /// The number of the string at `offset`; it must lie inside `arena`.
    mutating func number(of offset: UInt32, length: UInt32, in arena: UnsafeRawBufferPointer) -> UInt64 {
        let bytes = part(of: arena, offset, Int(length))
        let hash = ByteHash.hash(bytes, seed: seed)
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let number = Int(slots[slot]) - 1
            if hashes[number] == hash,
                ByteHash.isEqual(bytes, part(of: arena, offsets[number], Int(lengths[number])))
            {
                return UInt64(number)
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        offsets.append(offset)
        lengths.append(UInt64(length))
        hashes.append(hash)
        plainBytes += Int(length)
        slots[slot] = UInt32(count)
        if count * 2 > slots.count { grow() }
        return UInt64(count - 1)
    }

    private func part(of arena: UnsafeRawBufferPointer, _ offset: UInt32, _ length: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: arena[Int(offset)..<Int(offset) + length])
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: slots.count * 2)
        for (number, hash) in hashes.enumerated() {
            var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = UInt32(number + 1)
        }
    }
}
