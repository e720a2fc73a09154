internal import Synchronization
internal import WeirModel

/// The rows of all pushes between two cuts of the WAL: the unit in which the head is sealed.
///
/// A push enters before its WAL record gets its number and leaves when its rows are in, so a generation that is no
/// longer current and has nobody inside holds exactly the records up to its cut. Sealing reads it without changing
/// it; it is let go when its segments have taken its place and the last scan has finished with it.
final class Generation: Sendable {
    private let state = Mutex(State())

    /// The rows of one day.
    struct DayRows: Sendable {
        var streams: [StreamRows] = []
        fileprivate var positions: [UInt32: Int] = [:]
    }

    /// The rows of one stream of one day: full blocks in order of arrival, then the rows that came after.
    struct StreamRows: Sendable {
        let stream: UInt32
        var blocks: [HeadBlock] = []
        var open = OpenRun()
        var minTimestamp = Int64.max
        var maxTimestamp = Int64.min
    }

    /// How much a generation holds.
    struct Size: Sendable {
        var rows = 0
        var lineBytes = 0
        /// When its first row came in, nanoseconds since 1970 UTC; nil when it is empty.
        var firstArrival: Int64?
    }

    private struct State {
        var days: [Int: DayRows] = [:]
        var size = Size()
        var visitors = 0
        /// Days of rows that are in or may still come.
        var touched: Set<Int> = []
        var drained: CheckedContinuation<Void, Never>?
    }

    var size: Size { state.withLock { $0.size } }

    /// Whether it has rows, or a push that may bring some.
    var isTouched: Bool { state.withLock { $0.size.rows > 0 || $0.visitors > 0 } }

    /// Whether a push is inside.
    var hasVisitors: Bool { state.withLock { $0.visitors > 0 } }

    /// Streams with rows, counted once per day.
    var streamCount: Int { state.withLock { $0.days.values.reduce(0) { $0 + $1.streams.count } } }

    /// The days that have rows, in order.
    var dayNumbers: [Int] { state.withLock { $0.days.keys.sorted() } }

    // MARK: - Visitors

    /// Announces rows of some days; `leave()` follows when they are in or will not come.
    func enter(days: some Sequence<Int>) {
        state.withLock { state in
            state.visitors += 1
            state.touched.formUnion(days)
        }
    }

    /// Whether it has rows of a day, or a push that may bring some.
    func touches(day: Int) -> Bool {
        state.withLock { $0.days[day] != nil || $0.touched.contains(day) }
    }

    func leave() {
        let drained = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.visitors -= 1
            precondition(state.visitors >= 0, "left more often than entered")
            guard state.visitors == 0 else { return nil }
            defer { state.drained = nil }
            return state.drained
        }
        drained?.resume()
    }

    /// Returns when nobody is inside; only for a generation that is no longer current, and for one caller at a time.
    func waitUntilDrained() async {
        await withCheckedContinuation { continuation in
            let isEmpty = state.withLock { state in
                if state.visitors > 0 { state.drained = continuation }
                return state.visitors == 0
            }
            if isEmpty { continuation.resume() }
        }
    }

    // MARK: - Rows

    /// Copies the rows of a push.
    ///
    /// - Returns: blocks that became full, each with its day.
    func insert(_ groups: [RowGroup], of batch: borrowing LineBatch, arrival: Int64) -> [(day: Int, block: HeadBlock)] {
        let batch = copy batch
        return state.withLock { state in
            var full: [(day: Int, block: HeadBlock)] = []
            for group in groups {
                state.days[group.day, default: DayRows()].insert(group, of: batch, arrival: arrival) { block in
                    full.append((group.day, block))
                }
                state.size.rows += group.rows.count
                state.size.lineBytes += group.lineBytes
            }
            if state.size.firstArrival == nil && !groups.isEmpty { state.size.firstArrival = arrival }
            return full
        }
    }

    /// The rows of a day as they are now; arrays are shared until the next insert.
    func rows(ofDay day: Int) -> DayRows? {
        state.withLock { $0.days[day] }
    }

    /// The rows of some streams of a day as they are now.
    func rows(ofDay day: Int, in streams: StreamSet) -> [StreamRows] {
        state.withLock { state in
            guard let day = state.days[day] else { return [] }
            return day.streams.filter { streams.contains($0.stream) }
        }
    }

    /// The rows of one stream of a day as they are now.
    func rows(ofDay day: Int, stream: UInt32) -> StreamRows? {
        state.withLock { state in
            guard let day = state.days[day], let position = day.positions[stream] else { return nil }
            return day.streams[position]
        }
    }

    /// The full blocks of a stream.
    func blocks(ofDay day: Int, stream: UInt32) -> [HeadBlock] {
        rows(ofDay: day, stream: stream)?.blocks ?? []
    }

    /// The full blocks of a stream that came before one of them.
    func blocks(ofDay day: Int, before block: HeadBlock) -> [HeadBlock] {
        Array(blocks(ofDay: day, stream: block.stream).prefix { $0 !== block })
    }
}

extension Generation.DayRows {
    fileprivate mutating func insert(
        _ group: RowGroup, of batch: borrowing LineBatch, arrival: Int64, onFull: (HeadBlock) -> Void
    ) {
        let position: Int
        if let known = positions[group.stream] {
            position = known
        } else {
            position = streams.count
            positions[group.stream] = position
            streams.append(Generation.StreamRows(stream: group.stream))
        }
        streams[position].insert(group.rows, of: batch, arrival: arrival, onFull: onFull)
    }
}

extension Generation.StreamRows {
    fileprivate mutating func insert(
        _ rows: ArraySlice<UInt32>, of batch: borrowing LineBatch, arrival: Int64, onFull: (HeadBlock) -> Void
    ) {
        var rest = rows
        while !rest.isEmpty {
            let taken = open.append(rest, of: batch, arrival: arrival)
            rest = rest.dropFirst(taken)
            minTimestamp = min(minTimestamp, open.minTimestamp)
            maxTimestamp = max(maxTimestamp, open.maxTimestamp)
            guard open.isFull else { continue }
            let tail = open.splitOffNewestRows()
            let block = HeadBlock(stream: stream, run: open)
            blocks.append(block)
            open = tail
            onFull(block)
        }
    }
}
