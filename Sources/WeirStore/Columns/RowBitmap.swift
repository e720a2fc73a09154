/// A set of row numbers below a bound.
package struct RowBitmap: Sendable, Hashable {
    /// The bound.
    package let count: Int
    private(set) var words: [UInt64]

    /// Creates an empty set of rows below `count`.
    package init(count: Int) {
        self.count = count
        words = [UInt64](repeating: 0, count: (count + 63) / 64)
    }

    /// Whether there is no row.
    package var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

    /// How many rows there are.
    package var rowCount: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// Whether a row is in the set.
    package func contains(_ row: Int) -> Bool {
        words[row >> 6] >> UInt64(row & 63) & 1 != 0
    }

    /// Adds a row.
    package mutating func insert(_ row: Int) {
        words[row >> 6] |= 1 << UInt64(row & 63)
    }

    /// Adds all rows.
    package mutating func insertAll() {
        for index in words.indices { words[index] = .max }
        if count & 63 != 0 { words[words.count - 1] = 1 << UInt64(count & 63) - 1 }
    }

    /// Adds the rows of another set with the same bound.
    package mutating func formUnion(_ other: RowBitmap) {
        for index in words.indices { words[index] |= other.words[index] }
    }

    /// Removes the rows that another set with the same bound does not have.
    package mutating func formIntersection(_ other: RowBitmap) {
        for index in words.indices { words[index] &= other.words[index] }
    }

    /// The rows of a range, counted from its start.
    func part(_ range: Range<Int>) -> RowBitmap {
        var part = RowBitmap(count: range.count)
        for row in range where contains(row) { part.insert(row - range.lowerBound) }
        return part
    }

    /// The rows, ascending.
    package var rows: [UInt32] {
        var rows: [UInt32] = []
        rows.reserveCapacity(rowCount)
        for (index, word) in words.enumerated() {
            var rest = word
            while rest != 0 {
                rows.append(UInt32(index * 64 + rest.trailingZeroBitCount))
                rest &= rest - 1
            }
        }
        return rows
    }
}
