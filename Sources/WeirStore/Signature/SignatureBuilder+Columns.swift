/// How much of the literals around a hole belongs to windows that touch its values.
struct HoleMargins {
    /// Bytes before it: 2, or less at the start of a line.
    let left: Int
    /// Bytes behind it: 2, or less at the end of a line.
    let right: Int
    /// Whether the byte before it is all that stands between it and the hole before, so that a window holds bytes of both.
    let isJoined: Bool
}

/// A set of pairs of bytes.
struct BytePairs: Sendable {
    private var words = [UInt64](repeating: 0, count: 1 << 10)

    mutating func removeAll() {
        words.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
    }

    /// Adds a pair, a number of 16 bits; false when it was there.
    @inline(__always)
    mutating func insert(_ pair: Int) -> Bool {
        let bit: UInt64 = 1 &<< UInt64(truncatingIfNeeded: pair)
        let word = words[pair &>> 6]
        if word & bit != 0 { return false }
        words[pair &>> 6] = word | bit
        return true
    }
}

extension SignatureBuilder {
    /// Adds the windows that touch the values of a column of a separable shape, one line of which was added whole.
    ///
    /// - Parameters:
    ///   - values: the values where they lie in their lines.
    ///   - distinct: the first of each of the different values, if the column is a dictionary.
    mutating func add(
        _ values: ValueList, _ column: ValueColumn, distinct: [UInt32], _ margins: HoleMargins
    ) {
        let alphabet = SignatureAlphabet(column)
        if let alphabet { alphabets.formUnion(alphabet) }
        withMarks(values.bytes) { marks, met in
            if alphabet != nil {
                SignatureBuilder.addEdges(values, margins, to: marks, &met)
            } else if column.encoding == ColumnEncoding.textDictionary.rawValue {
                for index in distinct { marks.add(SignatureBuilder.range(values, Int(index), margins)) }
            } else if column.encoding != ColumnEncoding.constant.rawValue {
                for index in 0..<values.count { marks.add(SignatureBuilder.range(values, index, margins)) }
                return
            }
            if margins.isJoined { SignatureBuilder.addJoints(values, to: marks, &met) }
        }
    }

    /// Where a value and its margins lie.
    @inline(__always)
    private static func range(_ values: ValueList, _ index: Int, _ margins: HoleMargins) -> Range<Int> {
        let offset = Int(values.offsets[index])
        return offset &- margins.left..<offset &+ Int(values.lengths[index]) &+ margins.right
    }

    /// Adds the windows over the ends of values; most ends are met again and again.
    private static func addEdges(
        _ values: ValueList, _ margins: HoleMargins, to marks: SignatureMarks, _ met: inout BytePairs
    ) {
        met.removeAll()
        for index in 0..<values.count {
            let offset = Int(values.offsets[index])
            guard values.lengths[index] >= 2 else {
                marks.add(range(values, index, margins))
                continue
            }
            if met.insert(marks.pair(at: offset)) { marks.add(offset &- margins.left..<offset &+ 2) }
        }
        met.removeAll()
        for index in 0..<values.count where values.lengths[index] >= 2 {
            let tail = Int(values.offsets[index]) &+ Int(values.lengths[index]) &- 2
            if met.insert(marks.pair(at: tail)) { marks.add(tail..<tail &+ 2 &+ margins.right) }
        }
    }

    /// Adds the windows that hold a byte of the value before, what stands between, and a byte of this one.
    private static func addJoints(_ values: ValueList, to marks: SignatureMarks, _ met: inout BytePairs) {
        met.removeAll()
        for offset in values.offsets {
            let offset = Int(offset)
            if met.insert(marks.byte(at: offset &- 2) | marks.byte(at: offset) &<< 8) {
                marks.add(offset &- 2..<offset &+ 1)
            }
        }
    }
}
