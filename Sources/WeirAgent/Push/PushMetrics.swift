internal import Synchronization
public import WeirModel

/// Counts attempts to push, by destination, under Promtail's names.
public final class PushMetrics: Sendable {
    private struct Key: Hashable, Comparable {
        var host: String
        var status: String

        static func < (left: Key, right: Key) -> Bool { (left.host, left.status) < (right.host, right.status) }
    }

    private struct Tally {
        var counts = [UInt64](repeating: 0, count: PushMetrics.bounds.count + 1)
        var seconds = 0.0
    }

    private struct State {
        var requests: [Key: Tally] = [:]
        var retries: [String: Int] = [:]
        var encodedBytes: [String: Int] = [:]
    }

    /// Upper bounds in seconds; Prometheus' usual ones.
    private static let bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    private let state = Mutex(State())

    /// Creates counters that stand at nothing.
    public init() {}

    /// Counts an attempt to push to a destination.
    public func record(_ event: PushEvent, to host: String) {
        let parts = event.duration.components
        let seconds = Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
        let bucket = PushMetrics.bounds.firstIndex { seconds <= $0 } ?? PushMetrics.bounds.count
        state.withLock { state in
            state.requests[Key(host: host, status: event.attempt.statusCode), default: Tally()].counts[bucket] += 1
            state.requests[Key(host: host, status: event.attempt.statusCode)]?.seconds += seconds
            state.encodedBytes[host, default: 0] += event.sentBytes
            if case .retry = event.attempt { state.retries[host, default: 0] += 1 }
        }
    }

    /// The counters as metrics.
    public var families: [MetricFamily] {
        let state = state.withLock { $0 }
        var duration = MetricFamily(
            "promtail_request_duration_seconds", "How long requests took, by status; -1 is no answer.", .histogram)
        for (key, tally) in state.requests.sorted(by: { $0.key < $1.key }) {
            duration.addHistogram(
                labels: ["host": key.host, "status_code": key.status], bounds: PushMetrics.bounds, counts: tally.counts,
                sum: tally.seconds)
        }
        var retries = MetricFamily("promtail_batch_retries_total", "Attempts that had to be repeated.", .counter)
        for (host, count) in state.retries.sorted(by: { $0.key < $1.key }) {
            retries.add(["host": host], Double(count))
        }
        var encoded = MetricFamily("promtail_encoded_bytes_total", "Bytes of request bodies.", .counter)
        for (host, count) in state.encodedBytes.sorted(by: { $0.key < $1.key }) {
            encoded.add(["host": host], Double(count))
        }
        return [duration, retries, encoded]
    }
}
