internal import WeirModel

/// The rows of one stream and day in a push, in the order they stand there.
struct RowGroup: Sendable {
    let day: Int
    /// The position of the stream's labels in the push.
    let label: UInt32
    /// The same; later the stream's id of the day.
    var stream: UInt32
    let rows: ArraySlice<UInt32>
    let lineBytes: Int

    /// Sorts the rows of a batch by day and stream, keeping the order within; O(rows), a handful of allocations.
    ///
    /// - Returns: groups with at least one row; `stream` is the position in `batch.streams`.
    static func groups(of batch: borrowing LineBatch) -> [RowGroup] {
        guard !batch.isEmpty else { return [] }
        let days = dayNumbers(of: batch)
        if days.isEmpty {
            let day = Timestamp(nanoseconds: batch.timestamps[0]).utcDay
            return groups(of: batch, day: day, rows: nil)
        }
        // Pushes across midnight are rare, so the simple way is good enough.
        var rowsByDay: [Int: [UInt32]] = [:]
        for (row, day) in days.enumerated() { rowsByDay[day, default: []].append(UInt32(row)) }
        return rowsByDay.sorted { $0.key < $1.key }.flatMap { groups(of: batch, day: $0.key, rows: $0.value) }
    }

    /// The day of each row; empty when all are of one day.
    private static func dayNumbers(of batch: borrowing LineBatch) -> [Int] {
        var first = Int64.max
        var last = Int64.min
        for timestamp in batch.timestamps {
            first = min(first, timestamp)
            last = max(last, timestamp)
        }
        guard Timestamp(nanoseconds: first).utcDay != Timestamp(nanoseconds: last).utcDay else { return [] }
        return batch.timestamps.map { Timestamp(nanoseconds: $0).utcDay }
    }

    /// Counting sort by stream of the given rows, or of all.
    private static func groups(of batch: borrowing LineBatch, day: Int, rows: [UInt32]?) -> [RowGroup] {
        let rowCount = rows?.count ?? batch.count
        var ends = [Int](repeating: 0, count: batch.streams.count + 1)
        var lineBytes = [Int](repeating: 0, count: batch.streams.count)
        for position in 0..<rowCount {
            let row = rows.map { Int($0[position]) } ?? position
            let stream = Int(batch.streamIndexes[row])
            ends[stream + 1] += 1
            lineBytes[stream] += Int(batch.lineLengths[row])
        }
        for stream in 1..<ends.count { ends[stream] += ends[stream - 1] }
        let starts = ends
        var order = [UInt32](repeating: 0, count: rowCount)
        for position in 0..<rowCount {
            let row = rows.map { $0[position] } ?? UInt32(position)
            let stream = Int(batch.streamIndexes[Int(row)])
            order[ends[stream]] = row
            ends[stream] += 1
        }
        return lineBytes.indices.compactMap { stream in
            let slice = order[starts[stream]..<starts[stream + 1]]
            guard !slice.isEmpty else { return nil }
            return RowGroup(
                day: day, label: UInt32(stream), stream: UInt32(stream), rows: slice, lineBytes: lineBytes[stream])
        }
    }
}
