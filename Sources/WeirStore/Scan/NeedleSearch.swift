/// Finds which lines of a shape hold a needle, from what is known of the values in its holes alone.
///
/// A line is literal 0, hole 0, literal 1, ..., the last literal. The needle may lie inside a literal, inside a value, or
/// across their edges; the last is put down to questions for starts, ends and whole values.
struct NeedleSearch {
    /// The rows whose values in a hole fulfil a test.
    typealias Select = (_ hole: Int, _ test: ValueTest) throws(CorruptionError) -> RowBitmap

    /// More questions would cost more than to look at the lines.
    static let questionsMax = 256

    let needle: [UInt8]
    /// The needle anywhere in a text.
    let contains: ValueTest
    private var questions = 0

    /// Creates a search for a needle that is not empty.
    init(_ needle: [UInt8]) {
        precondition(!needle.isEmpty, "nothing to search for")
        self.needle = needle
        contains = ValueTest(.contains, needle)
    }

    /// The rows of a shape that hold the needle; nil for all, because they do or because it is too dear to tell.
    ///
    /// - Parameters:
    ///   - literals: one more than there are holes.
    ///   - count: the rows of the shape.
    mutating func rows(
        of literals: [UnsafeRawBufferPointer], count: Int, _ select: Select
    ) throws(CorruptionError) -> RowBitmap? {
        questions = 0
        for literal in literals where contains.accepts(literal) { return nil }
        let holes = literals.count - 1
        var found = RowBitmap(count: count)
        for hole in 0..<holes {
            // Across the edge between a literal and the hole behind it.
            for length in NeedleSearch.overlaps(of: literals[hole], needle) {
                guard let rows = try rows(from: hole, behind: length, literals, count, select) else { return nil }
                found.formUnion(rows)
            }
            found.formUnion(try select(hole, contains))
            // From inside the hole over its end.
            for length in 1..<needle.count {
                guard let end = end(of: literals[hole + 1], from: length, isLast: hole + 1 == holes) else { continue }
                let test = ValueTest(.hasSuffix, Array(needle[..<length]))
                guard let rows = try rows(where: test, of: hole, then: end, literals, count, select) else { return nil }
                found.formUnion(rows)
            }
            if questions > NeedleSearch.questionsMax { return nil }
        }
        return found
    }

    /// The rows where the needle's bytes from `start` on stand at the start of a hole; nil when it is too dear to tell.
    private mutating func rows(
        from hole: Int, behind start: Int, _ literals: [UnsafeRawBufferPointer], _ count: Int, _ select: Select
    ) throws(CorruptionError) -> RowBitmap? {
        let holes = literals.count - 1
        guard hole < holes else { return RowBitmap(count: count) }
        questions += 1
        if questions > NeedleSearch.questionsMax { return nil }
        var found = try select(hole, ValueTest(.hasPrefix, Array(needle[start...])))
        for length in 0..<(needle.count - start) {
            let behind = start + length
            guard let end = end(of: literals[hole + 1], from: behind, isLast: hole + 1 == holes) else { continue }
            let test = ValueTest(.equals, Array(needle[start..<behind]))
            guard let rows = try rows(where: test, of: hole, then: end, literals, count, select) else { return nil }
            found.formUnion(rows)
        }
        return found
    }

    /// The rows whose hole passes a test and which go on with the needle's bytes from `end` on behind the literal that
    /// follows; nil when it is too dear to tell.
    private mutating func rows(
        where test: ValueTest, of hole: Int, then end: Int, _ literals: [UnsafeRawBufferPointer], _ count: Int,
        _ select: Select
    ) throws(CorruptionError) -> RowBitmap? {
        var found = try select(hole, test)
        questions += 1
        guard end < needle.count, !found.isEmpty else { return found }
        guard let others = try rows(from: hole + 1, behind: end, literals, count, select) else { return nil }
        found.formIntersection(others)
        return found
    }

    /// Up to where the needle is matched when a literal stands where its byte `start` would; nil when the literal says
    /// something else, or is the line's last and the needle goes on.
    private func end(of literal: UnsafeRawBufferPointer, from start: Int, isLast: Bool) -> Int? {
        let length = min(literal.count, needle.count - start)
        if isLast && length < needle.count - start { return nil }
        for index in 0..<length where literal[index] != needle[start + index] { return nil }
        return start + length
    }

    /// How many of the needle's first bytes end a literal: every length for which they do.
    private static func overlaps(of literal: UnsafeRawBufferPointer, _ needle: [UInt8]) -> [Int] {
        var lengths: [Int] = []
        for length in 1..<max(min(literal.count + 1, needle.count), 1) {
            let start = literal.count - length
            var index = 0
            while index < length && literal[start + index] == needle[index] { index += 1 }
            if index == length { lengths.append(length) }
        }
        return lengths
    }
}
