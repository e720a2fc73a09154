internal import WeirModel

/// The samples of one series in memory, rising in time.
struct SampleRun {
    private(set) var times: [Int64] = []
    private(set) var values: [Double] = []
    /// The last instant that is on disk.
    var savedThrough = Int64.min

    /// The samples in `(after, through]`.
    func samples(after: Int64, through: Int64) -> [Sample] {
        let start = lowerBound(after)
        return (start..<max(start, lowerBound(through))).map {
            Sample(timestamp: Timestamp(nanoseconds: times[$0]), value: values[$0])
        }
    }

    /// Whether there is a sample that is not on disk.
    var isUnsaved: Bool { times.last.map { $0 > savedThrough } ?? false }

    /// The position of the first sample later than `time`.
    private func lowerBound(_ time: Int64) -> Int {
        var (low, high) = (0, times.count)
        while low < high {
            let middle = (low + high) / 2
            if times[middle] <= time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Adds a sample; one at the instant of the last replaces it, an earlier one is left out.
    ///
    /// - Returns: whether it was taken.
    mutating func append(_ sample: Sample) -> Bool {
        let time = sample.timestamp.nanoseconds
        if let last = times.last, time <= last {
            guard time == last else { return false }
            values[values.count - 1] = sample.value
            savedThrough = min(savedThrough, time - 1)
            return true
        }
        times.append(time)
        values.append(sample.value)
        return true
    }

    /// Forgets samples up to `time`.
    mutating func forget(through time: Int64) {
        let count = lowerBound(time)
        guard count > 0 else { return }
        times.removeFirst(count)
        values.removeFirst(count)
    }
}
