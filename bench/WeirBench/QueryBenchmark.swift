import LogQL
import WeirModel
import WeirSystem

/// What each construct of LogQL costs a line, over lines in memory and on one thread.
///
/// Metric queries drive the pipelines, because they keep nothing of a line; each label that a stage makes is asked for,
/// or the engine would not make it.
enum QueryBenchmark {
    static func all() -> [Benchmark] {
        let bytes = 8 << 20
        let json = Lines(Corpus(seed: 3, bytes: bytes, Corpus.json))
        let access = Lines(Corpus(seed: 4, bytes: bytes, Corpus.access))
        let logfmt = Lines(Corpus(seed: 5, bytes: bytes, Corpus.logfmt))
        return [
            json.count("no stage", ""),
            json.count("line filter, substring absent", #"|= "qqnosuchtokenqq""#),
            json.count("line filter, substring in 1 of 6", #"|= "slow query""#),
            json.count("line filter, substring in every line", #"|= "eu-west-1""#),
            json.count("line filter, not substring", #"!= "slow query""#),
            json.count("line filter, regexp with text", #"|~ "status\":5[0-9]{2}""#),
            json.count("line filter, regexp ignoring case", #"|~ "(?i)DECLINED by""#),
            json.count("line filter, regexp without text", #"|~ "[a-f][0-9]{6}[a-f]""#),
            json.count("line filter, pattern", ##"|> "<_>\"level\":\"error\"<_>""##),
            json.count("json, one label", "| json", by: "level"),
            json.count("json, label named", #"| json l="level""#, by: "l"),
            json.count("json, number compared", "| json | status >= 500"),
            json.count("json, line_format", #"| json | line_format "{{.level}} {{.msg}}" |= "info order""#),
            json.count("json, label_format", "| json | label_format l=level", by: "l"),
            json.question(
                "json, unwrap, sum", "sum by (level) (sum_over_time({job=~\".+\"} | json | unwrap duration_ms [1d]))"),
            json.question(
                "json, unwrap, quantile",
                "quantile_over_time(0.99, {job=~\".+\"} | json | unwrap duration_ms [1d]) by (level)"),
            json.question("json, every label, all lines answered", #"{job=~".+"} | json"#),
            json.fields("fields, count by one", "sum by (level) (count_over_time({job=~\".+\"} | json [1d]))"),
            json.fields(
                "fields, filter and count",
                "sum by (level) (count_over_time({job=~\".+\"} | json | status >= 500 [1d]))"),
            json.fields(
                "fields, unwrap, quantile",
                "quantile_over_time(0.99, {job=~\".+\"} | json | unwrap duration_ms [1d]) by (service)"),
            json.fields("fields, rows judged", #"{job=~".+"} | json | level = "none""#),
            logfmt.count("logfmt, one label", "| logfmt", by: "level"),
            logfmt.count("logfmt, duration compared", "| logfmt | took > 1500ms"),
            access.count(
                "regexp", #"| regexp "\"(?P<method>[A-Z]+) (?P<path>\\S+) \\S+\" (?P<status>[0-9]{3})""#, by: "status"),
            access.count("pattern", #"| pattern "<ip> - - <_> \"<method> <path> <_>\" <status> <_>""#, by: "status"),
            access.count("label filter, of the stream", #"| service = "s7""#),
            access.count("decolorize", "| decolorize"),
        ]
    }
}

/// Lines of one shape, and questions about them.
private struct Lines {
    private let blocks: [LineBatch]
    private let bytes: Int
    private let rows: Int
    private let end: Timestamp

    init(_ corpus: Corpus) {
        blocks = corpus.blocks(streams: Corpus.streamCount)
        bytes = corpus.batch.lineBytes
        rows = corpus.batch.count
        end = Timestamp(nanoseconds: (corpus.batch.timestamps.last ?? 0) + 1)
    }

    /// Counts the lines that pass stages, by a label or altogether.
    func count(_ name: String, _ stages: String, by label: String? = nil) -> Benchmark {
        question(name, "sum\(label.map { " by (\($0))" } ?? "") (count_over_time({job=~\".+\"} \(stages) [1d]))")
    }

    /// Asks once, at the end of the lines.
    func question(_ name: String, _ text: String) -> Benchmark {
        ask(name, text, BatchSource(blocks))
    }

    /// Asks for values of lines that are kept taken apart, one stream a block.
    func fields(_ name: String, _ text: String) -> Benchmark {
        let single = blocks.enumerated().map { number, block in
            var block = block
            block.streams = [block.streams[number % block.streams.count]]
            block.streamIndexes = Array(repeating: 0, count: block.count)
            return block
        }
        return ask(name, text, FieldSource(single))
    }

    private func ask(_ name: String, _ text: String, _ source: any LogSource) -> Benchmark {
        var limits = QueryLimits()
        limits.workers = 1
        limits.entriesMax = rows
        let engine = QueryEngine(
            source: source, limits: limits, clocks: .init(monotonic: { 0 }, wall: { SystemClock().now() }))
        let day = Timestamp.nanosecondsPerDay
        // An instant is right for a metric only; both read the same lines.
        let time: QueryRequest.Time =
            text.hasPrefix("{")
            ? .range(start: end.advanced(byNanoseconds: -day), end: end, stepNanoseconds: day) : .instant(end)
        let request = QueryRequest(text: text, time: time, direction: .forward, limit: rows)
        return Benchmark(name: "logql: \(name)", bytes: bytes, lines: rows) { _ = try await engine.run(request) }
    }
}
