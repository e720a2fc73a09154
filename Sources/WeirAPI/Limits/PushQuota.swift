internal import Synchronization
internal import WeirModel

/// How much each tenant has pushed lately, for limits that are configured; costs nothing where none is.
final class PushQuota: Sendable {
    private let state = Mutex<[Tenant: Use]>([:])

    private struct Use {
        var bytes: TokenBucket?
        var streamBytes: [UInt64: TokenBucket] = [:]
        var census: StreamCensus?
    }

    /// What becomes of a push.
    struct Verdict {
        /// Streams of the batch that may not be pushed to, by their position; empty when all may.
        var refusedStreams: Set<Int> = []
        /// Why, for the sender; nil when nothing is refused.
        var refusal: PushRefusal?
        /// Loki's name of the reason.
        var reason = ""
    }

    /// Buckets of single streams are kept for so many; more, and they start anew.
    private static let streamBucketsMax = 100_000

    /// Charges a push to its tenant.
    func charge(_ push: Push, lineBytes: Int, limits: PushLimits) -> Verdict {
        guard limits.hasQuota else { return Verdict() }
        let now = push.arrival.nanoseconds
        return state.withLock { state in
            var use = state.removeValue(forKey: push.tenant) ?? Use()
            defer { state[push.tenant] = use }
            if limits.bytesPerSecond > 0 {
                var bucket = use.bytes ?? TokenBucket(burst: limits.burstBytes, now: now)
                let wait = bucket.take(lineBytes, rate: limits.bytesPerSecond, burst: limits.burstBytes, now: now)
                use.bytes = bucket
                if let wait { return PushQuota.rateRefusal(push, lineBytes, limits, wait) }
            }
            var verdict = PushQuota.admit(push, limits, &use)
            if limits.streamBytesPerSecond > 0 { PushQuota.slowDown(push, limits, &use, &verdict) }
            return verdict
        }
    }

    private static func rateRefusal(_ push: Push, _ bytes: Int, _ limits: PushLimits, _ wait: Int64) -> Verdict {
        var refusal = PushRefusal(
            status: 429,
            message: "ingestion rate limit exceeded for user \(push.tenant.name) (limit: \(limits.bytesPerSecond) "
                + "bytes/sec) while attempting to ingest '\(push.batch.count)' lines totaling '\(bytes)' bytes, reduce "
                + "log volume or contact your Loki administrator to see if the limit can be increased")
        refusal.retrySeconds = seconds(wait)
        return Verdict(
            refusedStreams: Set(push.batch.streams.indices), refusal: refusal, reason: "rate_limited")
    }

    private static func admit(_ push: Push, _ limits: PushLimits, _ use: inout Use) -> Verdict {
        guard limits.streamsMax > 0 else { return Verdict() }
        let now = push.arrival.nanoseconds
        var census = use.census ?? StreamCensus(now: now)
        defer { use.census = census }
        var verdict = Verdict()
        for (index, labels) in push.batch.streams.enumerated() {
            guard !census.admit(labels, limit: limits.streamsMax, now: now) else { continue }
            verdict.refusedStreams.insert(index)
            guard verdict.refusal == nil else { continue }
            let widest = census.widestLabel.map { "; label '\($0.name)' has \($0.values) values" } ?? ""
            var refusal = PushRefusal(
                status: 429,
                message: "maximum active stream limit exceeded when trying to create stream \(labels), reduce the "
                    + "number of active streams (reduce labels or reduce label values), or contact your Loki "
                    + "administrator to see if the limit can be increased, user: '\(push.tenant.name)'\(widest)")
            refusal.retrySeconds = 60
            verdict.refusal = refusal
            verdict.reason = "stream_limit"
        }
        return verdict
    }

    private static func slowDown(_ push: Push, _ limits: PushLimits, _ use: inout Use, _ verdict: inout Verdict) {
        var bytes = [Int](repeating: 0, count: push.batch.streams.count)
        for row in 0..<push.batch.count {
            bytes[Int(push.batch.streamIndexes[row])] += Int(push.batch.lineLengths[row])
        }
        if use.streamBytes.count > streamBucketsMax { use.streamBytes.removeAll() }
        let now = push.arrival.nanoseconds
        for (index, labels) in push.batch.streams.enumerated() where !verdict.refusedStreams.contains(index) {
            let burst = limits.streamBurstBytes
            var bucket = use.streamBytes[labels.fingerprint] ?? TokenBucket(burst: burst, now: now)
            let wait = bucket.take(bytes[index], rate: limits.streamBytesPerSecond, burst: burst, now: now)
            use.streamBytes[labels.fingerprint] = bucket
            guard let wait else { continue }
            verdict.refusedStreams.insert(index)
            guard verdict.refusal == nil else { continue }
            var refusal = PushRefusal(
                status: 429,
                message: "Per stream rate limit exceeded (limit: \(limits.streamBytesPerSecond) bytes/sec) while "
                    + "attempting to ingest for stream '\(labels)' totaling \(bytes[index])B, consider splitting a "
                    + "stream via additional labels or contact your Loki administrator to see if the limit can be "
                    + "increased, user '\(push.tenant.name)'")
            refusal.retrySeconds = seconds(wait)
            verdict.refusal = refusal
            verdict.reason = "per_stream_rate_limit"
        }
    }

    private static func seconds(_ nanoseconds: Int64) -> Int {
        max(1, Int((nanoseconds + 999_999_999) / 1_000_000_000))
    }
}
