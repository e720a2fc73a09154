/// Remembers what a polling tail has printed, so that each line comes once though polls overlap.
///
/// Polls reach back `overlapNanoseconds`, because lines of one moment become visible over several polls.
struct TailCursor {
    /// Where the next poll starts, inclusive; nanoseconds since 1970 UTC.
    private(set) var start: Int64
    private var newest: Int64
    private var seen: Set<Row> = []

    static let overlapNanoseconds: Int64 = 5_000_000_000

    init(start: Int64) {
        self.start = start
        newest = start
    }

    /// Takes the answer of a poll that went forward from `start`, and gives the rows that are new.
    ///
    /// - Parameter isFull: whether the answer holds as many rows as were asked for, so that there may be more; the
    ///   next poll then starts at its last row instead of reaching back.
    mutating func take(_ rows: [Row], isFull: Bool) -> [Row] {
        let fresh = rows.filter { seen.insert($0).inserted }
        if let last = rows.last?.nanoseconds {
            newest = max(newest, last)
            // More rows of one instant than an answer holds cannot be told apart by time; go past them.
            if isFull { start = last == start ? start + 1 : last }
        }
        if !isFull { start = max(start, newest - Self.overlapNanoseconds) }
        let oldest = start
        seen = seen.filter { $0.nanoseconds >= oldest }
        return fresh
    }
}
