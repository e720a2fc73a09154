internal import WeirModel

/// Counts of streams in ranges on their way to an answer: a list of additions that is summed up now and then.
struct CountTally: Sendable {
    /// How much of one stream lies in one range.
    struct Cell: Sendable {
        /// A number that the caller gave to the stream.
        var stream: UInt32
        var range: UInt32
        var entries: Int
        var bytes: Int
        var blocks: Int
    }

    private(set) var cells: [Cell] = []
    private var compactAt = 1 << 16

    /// Counts more entries of a stream in a range.
    mutating func add(_ cell: Cell) {
        cells.append(cell)
        if cells.count >= compactAt {
            compact()
            compactAt = max(compactAt, cells.count * 2)
        }
    }

    /// Counts what another tally holds.
    mutating func add(_ other: CountTally) {
        cells.append(contentsOf: other.cells)
    }

    /// Counts cells of one stream under another number.
    mutating func add(_ others: ArraySlice<Cell>, as stream: UInt32) {
        for var cell in others {
            cell.stream = stream
            cells.append(cell)
        }
    }

    /// Gives the cells of each stream; the tally must be compact.
    func forEachStream(_ body: (_ stream: UInt32, _ cells: ArraySlice<Cell>) -> Void) {
        var start = 0
        while start < cells.count {
            var end = start + 1
            while end < cells.count, cells[end].stream == cells[start].stream { end += 1 }
            body(cells[start].stream, cells[start..<end])
            start = end
        }
    }

    /// Sorts by stream and range, and sums up what stands more than once.
    mutating func compact() {
        guard cells.count > 1 else { return }
        cells.sort { left, right in
            left.stream == right.stream ? left.range < right.range : left.stream < right.stream
        }
        var kept = 0
        for index in 1..<cells.count {
            if cells[index].stream == cells[kept].stream && cells[index].range == cells[kept].range {
                cells[kept].entries += cells[index].entries
                cells[kept].bytes += cells[index].bytes
                cells[kept].blocks += cells[index].blocks
            } else {
                kept += 1
                cells[kept] = cells[index]
            }
        }
        cells.removeLast(cells.count - kept - 1)
    }
}

/// The ranges of a question for counts, in order of time and without overlap, and which of them an instant is in.
struct CountRanges: Sendable {
    let ranges: [TimeRange]

    /// From the start of the first range to the end of the last.
    var hull: TimeRange {
        guard let first = ranges.first, let last = ranges.last else { return TimeRange(start: .min, end: .min) }
        return TimeRange(start: first.start, end: last.end)
    }

    /// Whether an instant of `first...last` lies in a range.
    func touches(_ first: Int64, _ last: Int64) -> Bool {
        let next = firstRange(endingAfter: first)
        return next < ranges.count && ranges[next].start.nanoseconds <= last
    }

    /// The range in which all of `first...last` lies.
    func range(around first: Int64, _ last: Int64) -> Int? {
        let next = firstRange(endingAfter: first)
        return next < ranges.count && ranges[next].covers(first, last) ? next : nil
    }

    /// The first range that ends behind an instant; the number of ranges when none does.
    func firstRange(endingAfter instant: Int64) -> Int {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].end.nanoseconds > instant { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
