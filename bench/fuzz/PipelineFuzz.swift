import LogQL
import WeirModel
import WeirTesting

/// A query over lines ends with an answer or an error, whatever stands in both. The first line of the input is the
/// query, every other line is an entry.
enum PipelineFuzz {
    private static let second: Int64 = 1_000_000_000

    static func test(_ input: UnsafeRawBufferPointer) {
        let pieces = input.split(separator: UInt8(ascii: "\n"), maxSplits: 64, omittingEmptySubsequences: false)
        guard let first = pieces.first, let query = try? Query.parse(String(decoding: first, as: UTF8.self)) else {
            return
        }
        var entries: [[MemoryLogSource.Entry]] = [[], []]
        for (index, line) in pieces.dropFirst().enumerated() {
            var entry = MemoryLogSource.Entry(Int64(index) * second / 2, "", metadata: [Label("trace", "a\(index)")])
            entry.line = Array(line)
            entries[index % 2].append(entry)
        }
        var source = MemoryLogSource(batchRowsMax: 8)
        source.add(["app": "a", "level": "info"], entries[0])
        source.add(["app": "b"], entries[1])
        ask(query, source)
    }

    private static func ask(_ query: Query, _ source: MemoryLogSource) {
        var limits = QueryLimits()
        limits.workers = 2
        limits.timeoutNanoseconds = 2 * second
        let engine = QueryEngine(source: source, limits: limits, clocks: .init(monotonic: { 0 }, wall: { 0 }))
        let end = Timestamp(nanoseconds: 40 * second)
        let times: [QueryRequest.Time] = [
            .instant(end),
            .range(start: Timestamp(nanoseconds: 0), end: end, stepNanoseconds: 3 * second),
        ]
        Blocking.run {
            for time in times {
                let request = QueryRequest(text: "", time: time, direction: .forward, limit: 20)
                _ = try? await engine.run(query, request)
            }
        }
    }
}
