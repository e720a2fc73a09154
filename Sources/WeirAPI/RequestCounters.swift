internal import Synchronization
internal import WeirModel

/// Counts of requests and pushed lines, for `/metrics`.
final class RequestCounters: Sendable {
    /// Upper bounds of the histogram of durations, in seconds; wide steps, because queries take from under a
    /// millisecond to a minute.
    private static let bounds: [Double] = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60]

    private let state = Mutex(State())

    private struct State {
        var requests: [RequestKey: Int] = [:]
        var durations: [String: Durations] = [:]
        var lines = 0
        var lineBytes = 0
        var repeatedPushes = 0
        var rejectedLines: [String: Int] = [:]
    }

    private struct RequestKey: Hashable {
        let route: String
        let method: String
        let status: Int
    }

    private struct Durations {
        var counts = [UInt64](repeating: 0, count: RequestCounters.bounds.count + 1)
        var seconds = 0.0
    }

    /// Counts an answered request.
    func count(route: String, method: String, status: Int, nanoseconds: Int64) {
        // Methods are the sender's text: only known ones may become label values.
        let known = ["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"].contains(method) ? method : "other"
        let seconds = Double(nanoseconds) / 1e9
        let bucket = RequestCounters.bounds.firstIndex { seconds <= $0 } ?? RequestCounters.bounds.count
        state.withLock { state in
            state.requests[RequestKey(route: route, method: known, status: status), default: 0] += 1
            state.durations[route, default: Durations()].counts[bucket] += 1
            state.durations[route]?.seconds += seconds
        }
    }

    /// Counts the rows of a push.
    func countPush(lines: Int, lineBytes: Int, rejected: [String: Int]) {
        state.withLock { state in
            state.lines += lines
            state.lineBytes += lineBytes
            for (reason, rows) in rejected { state.rejectedLines[reason, default: 0] += rows }
        }
    }

    /// Counts a push that was stored before.
    func countRepeatedPush() {
        state.withLock { $0.repeatedPushes += 1 }
    }

    /// The counts as metrics.
    func families() -> [MetricFamily] {
        let snapshot = state.withLock { $0 }
        var requests = MetricFamily("weir_http_requests_total", "Answered requests by route and status.", .counter)
        for (key, count) in snapshot.requests.sorted(by: {
            ($0.key.route, $0.key.status) < ($1.key.route, $1.key.status)
        }) {
            requests.add(["method": key.method, "route": key.route, "status": "\(key.status)"], Double(count))
        }
        var seconds = MetricFamily("weir_http_request_duration_seconds", "Time to answer a request.", .histogram)
        for (route, durations) in snapshot.durations.sorted(by: { $0.key < $1.key }) {
            seconds.addHistogram(
                labels: ["route": route], bounds: RequestCounters.bounds, counts: durations.counts,
                sum: durations.seconds)
        }
        var rejected = MetricFamily(
            "weir_push_rejected_lines_total", "Pushed lines that were left out because they break a limit.", .counter)
        for (reason, rows) in snapshot.rejectedLines.sorted(by: { $0.key < $1.key }) {
            rejected.add(["reason": reason], Double(rows))
        }
        return [
            requests, seconds, rejected,
            MetricFamily(
                "weir_push_lines_total", "Pushed lines that were stored.", .counter, value: Double(snapshot.lines)),
            MetricFamily(
                "weir_push_line_bytes_total", "Bytes of pushed lines that were stored.", .counter,
                value: Double(snapshot.lineBytes)),
            MetricFamily(
                "weir_push_repeated_total", "Pushes that were stored before and came again.", .counter,
                value: Double(snapshot.repeatedPushes)),
        ]
    }
}
