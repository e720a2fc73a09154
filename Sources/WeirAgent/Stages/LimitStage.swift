internal import Synchronization

/// Lets lines pass at a rate, all files of a job together: what is too much is dropped, or reading waits.
final class LimitStage: Sendable {
    /// The reason under which dropped lines are counted.
    static let reason = "ratelimit_drop_stage"

    /// What becomes of a line.
    enum Verdict: Sendable, Hashable {
        /// It passes.
        case pass
        /// It passes, and no further line should be read before the instant.
        case passThenWait(until: Int64)
        /// It is dropped.
        case drop
    }

    private let rate: Double
    private let burst: Double
    private let drops: Bool
    private let label: Int?
    private let labelsMax: Int
    // Shared by the files of a job; all of them are read by one thread, so that nobody ever waits for it.
    private let buckets = Mutex(Buckets())

    private struct Bucket {
        var tokens: Double
        var filled: Int64
    }

    private struct Buckets {
        var all: Bucket?
        var byValue: [[UInt8]: Bucket] = [:]
    }

    init(_ settings: StageConfiguration.Limit, _ plan: inout StagePlan) throws(StageError) {
        guard settings.rate > 0, settings.burst > 0 else {
            throw StageError(stage: "limit", reason: "needs a rate and a burst above 0")
        }
        guard settings.labelName == nil || settings.drops else {
            throw StageError(stage: "limit", reason: "by_label_name needs drop: true")
        }
        rate = settings.rate
        burst = Double(settings.burst)
        drops = settings.drops
        label = settings.labelName.map { plan.label($0) }
        labelsMax = max(1, settings.distinctLabelsMax)
    }

    /// Counts a line read at `now`.
    func judge(_ work: EntryWork) -> Verdict {
        let now = work.readTime
        guard let label else {
            return buckets.withLock { buckets in
                var bucket = buckets.all ?? Bucket(tokens: burst, filled: now)
                defer { buckets.all = bucket }
                return take(&bucket, now)
            }
        }
        // A line without the label is nobody's, and passes.
        guard let value = work.labels[label] else { return .pass }
        let key = Array(value)
        return buckets.withLock { buckets in
            // Too many values would fill the memory; all start anew, as in Promtail.
            if buckets.byValue[key] == nil, buckets.byValue.count >= labelsMax { buckets.byValue.removeAll() }
            var bucket = buckets.byValue[key] ?? Bucket(tokens: burst, filled: now)
            defer { buckets.byValue[key] = bucket }
            return take(&bucket, now)
        }
    }

    private func take(_ bucket: inout Bucket, _ now: Int64) -> Verdict {
        if now > bucket.filled {
            bucket.tokens = min(burst, bucket.tokens + Double(now - bucket.filled) / 1e9 * rate)
            bucket.filled = now
        }
        guard !drops else {
            guard bucket.tokens >= 1 else { return .drop }
            bucket.tokens -= 1
            return .pass
        }
        bucket.tokens -= 1
        guard bucket.tokens < 0 else { return .pass }
        return .passThenWait(until: now + Int64(-bucket.tokens / rate * 1e9))
    }
}
