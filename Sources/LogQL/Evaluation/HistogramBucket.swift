/// One bucket of a classic histogram: how many observations are not above its bound.
struct HistogramBucket {
    var bound: Double
    var count: Double

    /// The number in a label `le`.
    static func bound(_ text: String) -> Double? { text == "+Inf" ? .infinity : Double(text) }

    /// The value below which the part `quantile` of the observations lies, as Prometheus estimates it: evenly spread
    /// inside a bucket, the first of which begins at zero. NaN without observations or without a bucket for all.
    static func quantile(_ quantile: Double, of unsorted: [HistogramBucket]) -> Double {
        if quantile.isNaN { return .nan }
        if quantile < 0 { return -.infinity }
        if quantile > 1 { return .infinity }
        var buckets: [HistogramBucket] = []
        for bucket in unsorted.sorted(by: { $0.bound < $1.bound }) {
            if buckets.last?.bound == bucket.bound {
                buckets[buckets.count - 1].count += bucket.count
            } else {
                // Counts of several sources, read at slightly different times, may fall; a distribution cannot.
                buckets.append(
                    HistogramBucket(bound: bucket.bound, count: max(bucket.count, buckets.last?.count ?? -.infinity)))
            }
        }
        guard buckets.count >= 2, let last = buckets.last, last.bound == .infinity, last.count > 0 else { return .nan }
        let rank = quantile * last.count
        let index = buckets.dropLast().firstIndex { $0.count >= rank } ?? buckets.count - 1
        if index == buckets.count - 1 { return buckets[index - 1].bound }
        if index == 0, buckets[0].bound <= 0 { return buckets[0].bound }
        let start = index == 0 ? 0 : buckets[index - 1].bound
        let below = index == 0 ? 0 : buckets[index - 1].count
        let inside = buckets[index].count - below
        guard inside > 0 else { return start }
        return start + (buckets[index].bound - start) * ((rank - below) / inside)
    }
}
