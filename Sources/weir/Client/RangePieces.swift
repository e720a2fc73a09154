/// A range cut into pieces that are asked for at once and put together in order.
enum RangePieces {
    /// Cuts `[start, end)` at multiples of a length from its start, in order of time.
    static func ofEntries(_ range: Range<Int64>, length: Int64) -> [Range<Int64>] {
        stride(from: range.lowerBound, to: range.upperBound, by: Int(length)).map { start in
            start..<min(start + length, range.upperBound)
        }
    }

    /// Cuts the instants `start`, `start + step`, … up to and including `end`, so that each is in one piece. The bounds of
    /// a piece are its first and its last instant.
    static func ofSteps(_ range: Range<Int64>, step: Int64, length: Int64) -> [(first: Int64, last: Int64)] {
        let span = max(1, length / step) * step
        return stride(from: range.lowerBound, through: range.upperBound, by: Int(span)).map { first in
            (first, min(first + span - step, range.upperBound))
        }
    }
}
