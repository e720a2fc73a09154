import LogQL
import Testing
import WeirBytes
import WeirModel
import WeirTesting

/// Lines in memory and one-line checks of the answers to queries about them; times are seconds.
struct QueryScript {
    var source: MemoryLogSource
    var limits = QueryLimits()

    init(batchRowsMax: Int = 100, skipsBlocks: Bool = true, counts: Bool = true) {
        source = MemoryLogSource(batchRowsMax: batchRowsMax, skipsBlocks: skipsBlocks, counts: counts)
        limits.workers = 2
    }

    /// Adds lines to a stream, the first at `seconds` and each `step` seconds after the one before.
    mutating func push(
        _ labels: LabelSet, at seconds: Int = 0, every step: Int = 1, metadata: [Label] = [], _ lines: [String]
    ) {
        let entries = lines.enumerated().map { index, line in
            MemoryLogSource.Entry(
                Int64(seconds + index * step) * 1_000_000_000, line, metadata: metadata)
        }
        source.add(labels, entries)
    }

    /// The answer to a query, or the message of its refusal.
    func answer(
        _ text: String, _ time: QueryRequest.Time, direction: Selection.Direction = .backward, limit: Int = 100,
        intervalSeconds: Int = 0, dialect: Dialect = .weir, skipsErrors: Bool = false
    ) async -> [String] {
        let engine = QueryEngine(
            source: source, limits: limits, clocks: .init(monotonic: { 0 }, wall: { 0 }))
        let request = QueryRequest(
            text: text, time: time, direction: direction, limit: limit,
            intervalNanoseconds: Int64(intervalSeconds) * 1_000_000_000, dialect: dialect, skipsErrors: skipsErrors)
        do {
            let outcome = try await engine.run(request)
            return QueryScript.text(outcome.result) + outcome.warnings.map { "warning: \($0)" }
        } catch {
            return ["error: \(QueryScript.text(error))"]
        }
    }

    /// Checks a metric query at an instant: one text per series, `{labels} value`.
    func check(
        _ text: String, at seconds: Int, _ expected: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        let found = await answer(text, .instant(Timestamp(nanoseconds: Int64(seconds) * 1_000_000_000)))
        #expect(found == expected, sourceLocation: sourceLocation)
    }

    /// Checks a metric query over steps: one text per series, `{labels} second:value second:value`.
    func check(
        _ text: String, from start: Int, to end: Int, step: Int, _ expected: String...,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        let found = await answer(text, QueryScript.range(start, end, step))
        #expect(found == expected, sourceLocation: sourceLocation)
    }

    /// Checks a log query: for each stream its labels, then its lines as `second line`.
    func check(
        _ text: String, from start: Int = 0, to end: Int = 1000, direction: Selection.Direction = .forward,
        limit: Int = 100, intervalSeconds: Int = 0, _ expected: String...,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        let found = await answer(
            text, QueryScript.range(start, end, 1), direction: direction, limit: limit, intervalSeconds: intervalSeconds
        )
        #expect(found == expected, sourceLocation: sourceLocation)
    }

    static func range(_ start: Int, _ end: Int, _ step: Int) -> QueryRequest.Time {
        .range(
            start: Timestamp(nanoseconds: Int64(start) * 1_000_000_000),
            end: Timestamp(nanoseconds: Int64(end) * 1_000_000_000), stepNanoseconds: Int64(step) * 1_000_000_000)
    }

    static func text(_ result: QueryResult) -> [String] {
        switch result {
        case .streams(let streams):
            streams.flatMap { stream in
                ["\(stream.labels)"]
                    + stream.entries.map { entry in
                        "\(entry.timestamp.nanoseconds / 1_000_000_000) \(String(decoding: entry.line, as: UTF8.self))"
                    }
            }
        case .matrix(let matrix):
            matrix.map { series in
                let samples = series.samples.map { "\($0.timestamp.nanoseconds / 1_000_000_000):\(number($0.value))" }
                return "\(series.labels) \(samples.joined(separator: " "))"
            }
        case .vector(let vector): vector.map { "\($0.labels) \(number($0.sample.value))" }
        case .scalar(let sample): [number(sample.value)]
        }
    }

    static func text(_ error: QueryError) -> String {
        switch error {
        case .syntax(let error): error.message
        case .pipeline(let message), .limit(let message), .invalid(let message), .unavailable(let message),
            .failed(let message), .overloaded(let message):
            message
        case .timedOut: "timed out"
        case .cancelled: "cancelled"
        }
    }

    private static func number(_ value: Double) -> String { DecimalText.text(value) }
}
