public import WeirModel

/// Rows on the way into a block.
public struct BlockRows: Sendable {
    /// The rows, in order of arrival; `streamIndexes` hold ids of the day's catalogue and `streams` is not used.
    public var lines: LineBatch
    /// When each row arrived, nanoseconds since 1970 UTC.
    public var arrivals: [Int64]

    /// Creates rows from two equally long parts.
    public init(lines: LineBatch = LineBatch(), arrivals: [Int64] = []) {
        self.lines = lines
        self.arrivals = arrivals
    }
}
