internal import WeirModel

/// One stretch of a volume over time and the instant that stands for it.
struct VolumeBucket: Sendable, Hashable {
    /// What is counted.
    let range: TimeRange
    /// The last millisecond of the stretch: what the answer shows.
    let time: Timestamp

    /// Cuts a range at the multiples of a step since 1970, so that questions about neighbouring times share buckets.
    ///
    /// - Parameters:
    ///   - range: not empty; its last instant stands for the last bucket.
    ///   - step: above zero.
    static func buckets(of range: TimeRange, stepNanoseconds step: Int64) -> [VolumeBucket] {
        let last = range.end.advanced(byNanoseconds: -1)
        var buckets: [VolumeBucket] = []
        var start = range.start
        while true {
            let rest = start.nanoseconds % step
            let next = start.advanced(byNanoseconds: step - (rest < 0 ? rest + step : rest))
            guard next < last else {
                buckets.append(VolumeBucket(range: TimeRange(start: start, end: range.end), time: last))
                return buckets
            }
            let time = next.advanced(byNanoseconds: -Timestamp.nanosecondsPerMillisecond)
            buckets.append(VolumeBucket(range: TimeRange(start: start, end: next), time: time))
            start = next
        }
    }
}
