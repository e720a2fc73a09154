/// A set of dense stream ids of one day, one bit each: a million streams take 125 kB and intersect in microseconds.
package struct StreamSet: Sendable, Equatable {
    private var words: [UInt64]

    /// Creates an empty set with room for ids below `capacity`.
    package init(capacity: Int) {
        words = [UInt64](repeating: 0, count: (capacity + 63) / 64)
    }

    /// Creates a set of ids that lie below `capacity`.
    package init(_ ids: some Sequence<UInt32>, capacity: Int) {
        self.init(capacity: capacity)
        for id in ids { insert(id) }
    }

    /// Whether `id` is a member; ids beyond the capacity are not.
    @inline(__always) package func contains(_ id: UInt32) -> Bool {
        let word = Int(id >> 6)
        return word < words.count && words[word] & (1 << UInt64(id & 63)) != 0
    }

    /// Adds an id below the capacity.
    @inline(__always) package mutating func insert(_ id: UInt32) {
        words[Int(id >> 6)] |= 1 << UInt64(id & 63)
    }

    /// Takes an id out; one that is no member is fine.
    @inline(__always) package mutating func remove(_ id: UInt32) {
        let word = Int(id >> 6)
        if word < words.count { words[word] &= ~(1 << UInt64(id & 63)) }
    }

    /// Keeps what `other` holds as well.
    package mutating func formIntersection(_ other: StreamSet) {
        for index in words.indices { words[index] &= index < other.words.count ? other.words[index] : 0 }
    }

    /// Adds the members of `other`.
    package mutating func formUnion(_ other: StreamSet) {
        while words.count < other.words.count { words.append(0) }
        for index in other.words.indices { words[index] |= other.words[index] }
    }

    /// Whether any of `ids` is a member.
    package func intersects(_ ids: [UInt32]) -> Bool {
        for id in ids where contains(id) { return true }
        return false
    }

    /// Whether there is no member.
    package var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

    /// The number of members.
    package var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// Calls `body` with every member, smallest first.
    package func forEach(_ body: (UInt32) -> Void) {
        for index in words.indices {
            var word = words[index]
            while word != 0 {
                body(UInt32(index * 64 + word.trailingZeroBitCount))
                word &= word - 1
            }
        }
    }

    /// The members, smallest first.
    package var ids: [UInt32] {
        var ids: [UInt32] = []
        forEach { ids.append($0) }
        return ids
    }
}
