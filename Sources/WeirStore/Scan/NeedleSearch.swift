/// Finds which lines of a shape hold a needle, from what is known of the values in its holes alone.
///
/// A line is literal 0, hole 0, literal 1, ..., the last literal. The needle may lie inside a literal, inside a value, or
/// across their edges; the last is put down to questions for starts, ends and whole values.
struct NeedleSearch {
    /// The rows whose values in a hole fulfil a test; nil for none.
    typealias Select = (_ hole: Int, _ test: ValueTest) throws(CorruptionError) -> RowBitmap?

    /// Which rows of a shape hold the needle.
    enum Answer {
        case all
        case some(RowBitmap)
        /// It is too dear to tell.
        case unknown
    }

    /// More questions would cost more than to look at the lines.
    static let questionsMax = 256

    let needle: [UInt8]
    /// The needle anywhere in a text.
    let contains: ValueTest
    private let places: BytePlaces
    private var questions = 0

    /// Creates a search for a needle that is not empty.
    init(_ needle: [UInt8]) {
        precondition(!needle.isEmpty, "nothing to search for")
        self.needle = needle
        contains = ValueTest(.contains, needle)
        places = BytePlaces(needle)
    }

    /// The rows of a shape that hold the needle.
    ///
    /// - Parameters:
    ///   - literals: one more than there are holes.
    ///   - isInLiterals: whether one of the literals may hold the needle.
    ///   - count: the rows of the shape.
    mutating func rows(
        of literals: [UnsafeRawBufferPointer], isInLiterals: Bool, count: Int, _ select: Select
    ) throws(CorruptionError) -> Answer {
        questions = 0
        if isInLiterals {
            for literal in literals where contains.accepts(literal) { return .all }
        }
        let holes = literals.count - 1
        var found: RowBitmap?
        for hole in 0..<holes {
            // Across the edge between a literal and the hole behind it.
            if let last = literals[hole].last {
                var place = places.first(of: last)
                while let length = place.map({ $0 + 1 }), length < needle.count {
                    if isEnd(of: literals[hole], theFirst: length) {
                        guard try rows(from: hole, behind: length, literals, select, into: &found) else {
                            return .unknown
                        }
                    }
                    place = places.next(behind: length - 1)
                }
            }
            NeedleSearch.unite(&found, try select(hole, contains))
            // From inside the hole over its end.
            let next = literals[hole + 1]
            var place = next.isEmpty ? (needle.count > 1 ? 1 : nil) : places.first(of: next[0])
            while let length = place {
                if length > 0, let end = end(of: next, from: length, isLast: hole + 1 == holes) {
                    let test = ValueTest(.hasSuffix, Array(needle[..<length]))
                    guard try rows(where: test, of: hole, then: end, literals, select, into: &found) else {
                        return .unknown
                    }
                }
                place = next.isEmpty ? (length + 1 < needle.count ? length + 1 : nil) : places.next(behind: length)
            }
            if questions > NeedleSearch.questionsMax { return .unknown }
        }
        return .some(found ?? RowBitmap(count: count))
    }

    private static func unite(_ found: inout RowBitmap?, _ rows: RowBitmap?) {
        guard let rows else { return }
        if found == nil { found = rows } else { found?.formUnion(rows) }
    }

    /// Adds the rows where the needle's bytes from `start` on stand at the start of a hole; false when it is too dear to
    /// tell.
    private mutating func rows(
        from hole: Int, behind start: Int, _ literals: [UnsafeRawBufferPointer], _ select: Select,
        into found: inout RowBitmap?
    ) throws(CorruptionError) -> Bool {
        let holes = literals.count - 1
        guard hole < holes else { return true }
        questions += 1
        if questions > NeedleSearch.questionsMax { return false }
        NeedleSearch.unite(&found, try select(hole, ValueTest(.hasPrefix, Array(needle[start...]))))
        for length in 0..<(needle.count - start) {
            let behind = start + length
            guard let end = end(of: literals[hole + 1], from: behind, isLast: hole + 1 == holes) else { continue }
            let test = ValueTest(.equals, Array(needle[start..<behind]))
            guard try rows(where: test, of: hole, then: end, literals, select, into: &found) else { return false }
        }
        return true
    }

    /// Adds the rows whose hole passes a test and which go on with the needle's bytes from `end` on behind the literal
    /// that follows; false when it is too dear to tell.
    private mutating func rows(
        where test: ValueTest, of hole: Int, then end: Int, _ literals: [UnsafeRawBufferPointer], _ select: Select,
        into found: inout RowBitmap?
    ) throws(CorruptionError) -> Bool {
        questions += 1
        guard var rows = try select(hole, test) else { return true }
        if end < needle.count && !rows.isEmpty {
            var others: RowBitmap?
            guard try self.rows(from: hole + 1, behind: end, literals, select, into: &others) else { return false }
            guard let others else { return true }
            rows.formIntersection(others)
        }
        NeedleSearch.unite(&found, rows)
        return true
    }

    /// Up to where the needle is matched when a literal stands where its byte `start` would; nil when the literal says
    /// something else, or is the line's last and the needle goes on.
    @inline(__always)
    private func end(of literal: UnsafeRawBufferPointer, from start: Int, isLast: Bool) -> Int? {
        let length = min(literal.count, needle.count - start)
        if isLast && length < needle.count - start { return nil }
        for index in 0..<length where literal[index] != needle[start + index] { return nil }
        return start + length
    }

    /// Whether so many of the needle's first bytes end a literal.
    @inline(__always)
    private func isEnd(of literal: UnsafeRawBufferPointer, theFirst length: Int) -> Bool {
        guard length <= literal.count else { return false }
        let start = literal.count - length
        for index in 0..<length where literal[start + index] != needle[index] { return false }
        return true
    }
}

/// Where each byte stands in a needle.
private struct BytePlaces: Sendable {
    // Per byte its first place, per place the next one of the same byte; -1 is none.
    private var firsts = [Int32](repeating: -1, count: 256)
    private var nexts: [Int32]

    init(_ needle: [UInt8]) {
        nexts = [Int32](repeating: -1, count: needle.count)
        for place in needle.indices.reversed() {
            nexts[place] = firsts[Int(needle[place])]
            firsts[Int(needle[place])] = Int32(place)
        }
    }

    @inline(__always)
    func first(of byte: UInt8) -> Int? { firsts[Int(byte)] < 0 ? nil : Int(firsts[Int(byte)]) }

    @inline(__always)
    func next(behind place: Int) -> Int? { nexts[place] < 0 ? nil : Int(nexts[place]) }
}
