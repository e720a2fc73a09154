import LogQL
import Synchronization
import WeirModel
import WeirStore
import WeirSystem

/// Questions to a store that holds everything in segments.
struct StoreScanBenchmark {
    let store: LogStore

    private static let times = 3
    private static let everything = #"{job=~".+"}"#

    /// Reads everything, then asks one question of each kind.
    func run() async throws -> [Measurement] {
        let (range, scan) = try await fullScan()
        let nanosecondsPerSecond = Timestamp.nanosecondsPerSecond
        let span = (range.end.nanoseconds - range.start.nanoseconds) / nanosecondsPerSecond + 1
        let step = max(1, span / 100)
        let questions: [(name: String, text: String)] = [
            ("absent substring", #"\#(Self.everything) |= "qqnosuchtokenqq""#),
            ("count, substring", #"sum(count_over_time(\#(Self.everything) |= "error" [\#(step)s]))"#),
            ("count, regex", #"sum(count_over_time(\#(Self.everything) |~ "status\":5[0-9]{2}" [\#(step)s]))"#),
            (
                "count, regex without text",
                #"sum(count_over_time(\#(Self.everything) |~ "[a-f][0-9]{6}[a-f]" [\#(step)s]))"#
            ),
            ("count by label", "sum by (service) (count_over_time(\(Self.everything)[\(step)s]))"),
            ("json, status >= 500", #"{job="docker"} | json | status >= 500"#),
            ("json, count by status", #"sum by (status) (count_over_time({job="docker"} | json [\#(step)s]))"#),
            ("newest 1000 lines", #"{job="docker"}"#),
        ]
        var measurements = [scan]
        for question in questions {
            let request = QueryRequest(
                text: question.text,
                time: .range(start: range.start, end: range.end, stepNanoseconds: step * nanosecondsPerSecond),
                limit: 1000)
            measurements.append(try await ask(question.name, request))
        }
        return measurements
    }

    private func ask(_ name: String, _ request: QueryRequest) async throws -> Measurement {
        var limits = QueryLimits()
        limits.workers = ProcessorCount.online
        let origin = Machine.wallSeconds()
        let engine = QueryEngine(
            source: store, limits: limits,
            clocks: .init(
                monotonic: { Int64((Machine.wallSeconds() - origin) * 1e9) }, wall: { SystemClock().now() }))
        var runs: [(wall: Double, cpu: Double)] = []
        for _ in 0..<Self.times {
            let (wall, cpu) = (Machine.wallSeconds(), Machine.cpuSeconds())
            _ = try await engine.run(request)
            runs.append((Machine.wallSeconds() - wall, Machine.cpuSeconds() - cpu))
        }
        return Measurement(
            name: "scan: \(name)",
            figures: [.milliseconds(Self.median(runs.map(\.wall))), .cpuMilliseconds(Self.median(runs.map(\.cpu)))])
    }

    /// What one thread saw.
    private struct Seen {
        var first = Timestamp.max
        var last = Timestamp.min
    }

    /// Decodes every column of every block, which also tells when the store's rows are.
    private func fullScan() async throws -> (TimeRange, Measurement) {
        let selection = Selection(matchers: [], range: .all)
        var seconds: [Double] = []
        var summary = ScanSummary()
        let seen = Mutex(Seen())
        for _ in 0..<Self.times {
            let start = Machine.cpuSeconds()
            summary = try await store.scan(selection, workers: ProcessorCount.online) { _, batch in
                guard let first = batch.timestamps.first, let last = batch.timestamps.last else { return .proceed }
                seen.withLock {
                    $0.first = min($0.first, Timestamp(nanoseconds: first))
                    $0.last = max($0.last, Timestamp(nanoseconds: last))
                }
                return .proceed
            }
            seconds.append(Machine.cpuSeconds() - start)
        }
        let median = Self.median(seconds)
        let (first, last) = seen.withLock { ($0.first, $0.last) }
        let measurement = Measurement(
            name: "scan: decode everything",
            figures: [
                .megabytesPerCPUSecond(bytes: summary.lineBytesRead, median),
                .linesPerCPUSecond(summary.linesRead, median), .nanosecondsPerLine(summary.linesRead, median),
            ])
        return (TimeRange(start: first, end: last.advanced(byNanoseconds: 1)), measurement)
    }

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}
