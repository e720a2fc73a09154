import LogQL
import Testing
import WeirModel
import WeirTesting

/// Fields that are read instead of lines must not show. For random lines, a source that takes lines apart answers as
/// one that delivers them whole; and every way in which a kind of lines can be doubtful leads back to its lines.
@Suite struct FieldReadingTests {
    private static let seeds: [UInt64] = Array(1...8)

    @Test(arguments: seeds)
    func `log queries answer as from whole lines`(seed: UInt64) async {
        var random = SeededGenerator(seed: seed)
        let pair = FieldReadingTests.pair(&random)
        for _ in 0..<25 {
            let query = "{app=~\".+\"} \(FieldReadingTests.stages(&random))"
            let limit = random.next() % 2 == 0 ? 1000 : 5
            await pair.compare(query, QueryScript.range(0, 10_000, 1), limit: limit)
        }
    }

    @Test(arguments: seeds)
    func `metric queries answer as from whole lines`(seed: UInt64) async {
        var random = SeededGenerator(seed: seed)
        let pair = FieldReadingTests.pair(&random)
        for _ in 0..<25 {
            let stages = FieldReadingTests.stages(&random)
            let grouping = FieldReadingTests.pick(
                &random, ["level", "level, app", "level_extracted", "n", "", "in_level", "id, level", "detected"])
            let count = FieldReadingTests.pick(&random, ["count_over_time", "bytes_over_time", "rate"])
            let clean = FieldReadingTests.pick(&random, ["", #"| __error__="""#])
            let unwrap = FieldReadingTests.pick(
                &random, ["n", "duration(took)", "level", "bytes(n)", "n_extracted", "in_n"])
            let filter = FieldReadingTests.pick(
                &random, ["", #"| __error__="""#, #"| __error__="" | n > 1"#, #"| level != "info""#])
            let query = FieldReadingTests.pick(
                &random,
                [
                    "sum by (\(grouping)) (\(count)({app=~\".+\"} \(stages) \(clean) [70s]))",
                    "sum(count_over_time({app=~\".+\"} \(stages) \(clean) [70s]))",
                    "sum by (level, __error__) (count_over_time({app=~\".+\"} \(stages) [70s]))",
                    "count_over_time({app=~\".+\"} \(stages) \(clean) [70s])",
                    "max_over_time({app=~\".+\"} \(stages) | unwrap \(unwrap) \(filter) [70s]) by (\(grouping))",
                    "quantile_over_time(0.5, {app=~\".+\"} \(stages) | unwrap \(unwrap) \(filter) [70s]) by (app)",
                    "absent_over_time({app=~\".+\"} \(stages) \(clean) [70s])",
                ])
            await pair.compare(query, QueryScript.range(0, 150, 40))
        }
    }

    @Test(
        arguments: [
            // A key that two paths give, a key with an escape, an array and an object in a wanted place.
            #"{"level":"a","level":"b"}"#, #"{"in":{"n":1},"in_n":2}"#, #"{"le\u0076el":"a"}"#, #"{"level":["a"]}"#,
            #"{"level":{"x":"a"}}"#, #"{"level":"a""#, #"{"level":"a",}"#, #"{"level":"a"} and more"#, #"["level"]"#,
            // Names that are made of others, and values that are none.
            #"{"in":{"level":"a","n":3},"x-y":"5"}"#, #"{" level ":"a"}"#, #"{"level":null,"n":null}"#,
            #"{"level":"","n":""}"#, #"{"level":"tab\tquote\"\u00e4"}"#, #"{"level":"bad\x"}"#, #"{"n":1.2.3}"#,
            #"{"level":true,"n":-4e2}"#, #"{"level_extracted":"a","level":"b"}"#, #"{"":"a","level":"b"}"#,
            "level=a level=b", "level= n=1", "level n=1", #"level="" n=2"#, #"level="a\"b" n=x"#, #"level="a\q" n=2"#,
            "=a level=b", "level=a=b n=2", #"level=a"b n=2"#, "level.x=a n=2", "", "{", "{}",
        ])
    func `odd lines are read as they are`(line: String) async {
        var lines = MemoryLogSource(batchRowsMax: 100, skipsBlocks: true)
        lines.add(["app": "a"], (0..<3).map { .init($0 * 1_000_000_000, line + ($0 == 2 ? " " : "")) })
        lines.add(["app": "b", "level": "own"], [.init(7_000_000_000, line)])
        let pair = SourcePair(lines)
        for parser in ["json", "logfmt", "logfmt --strict", "logfmt --keep-empty"] {
            for by in ["level", "n", "in_n", "in_level", "level_extracted", "x_y", "__error__", "level_x"] {
                await pair.compare(
                    "sum by (\(by)) (count_over_time({app=~\".+\"} | \(parser) [100s]))", QueryScript.range(99, 99, 1))
                await pair.compare("{app=~\".+\"} | \(parser) | \(by) != \"a\"", QueryScript.range(0, 100, 1))
                await pair.compare("{app=~\".+\"} | \(parser) | \(by) > 1", QueryScript.range(0, 100, 1))
            }
            await pair.compare(
                "sum_over_time({app=~\".+\"} | \(parser) | unwrap n | __error__=\"\" [100s]) by (level)",
                QueryScript.range(99, 99, 1))
        }
    }

    private static func pair(_ random: inout SeededGenerator) -> SourcePair {
        var lines = MemoryLogSource(batchRowsMax: [1, 9, 50].randomElement(using: &random)!, skipsBlocks: true)
        let streams: [LabelSet] = [["app": "web"], ["app": "db", "level": "own", "n": "6"], ["app": "job"]]
        for (index, labels) in streams.enumerated() {
            lines.add(
                labels,
                (0..<40).map { row in
                    let shadow = pick(&random, ["level", "n", "level_extracted", "id", "__error__", "app"])
                    let levels = index == 2 ? [] : [Label("detected", pick(&random, ["info", "warn", ""]))]
                    return .init(
                        Int64(index + row * 3) * 1_000_000_000, line(&random),
                        metadata: levels + (row % 7 == 3 ? [Label(shadow, "5")] : []))
                })
        }
        return SourcePair(lines)
    }

    private static func line(_ random: inout SeededGenerator) -> String {
        let level = pick(&random, ["info", "warn", "error", #"\"odd\""#, ""])
        let number = pick(&random, ["1", "27", "3.5", "-4", "null", "true", "5"])
        let took = pick(&random, ["15ms", "2s", "soon"])
        switch random.next() % 7 {
        case 0: return #"{"level":"\#(level)","n":\#(number),"took":"\#(took)"}"#
        case 1: return #"{"n":"\#(number)","level":"\#(level)","in":{"level":"x","n":\#(number)}}"#
        case 2: return #"level="\#(level)" n=\#(number) took=\#(took)"#
        case 3: return #"n=\#(number) level=\#(level.hasPrefix("\\") ? "odd" : level) took=\#(took) done"#
        case 4: return #"{"level":"\#(level)","level":"\#(took)","n":[\#(number)]}"#
        case 5: return #"{"level":"\#(level)","n":\#(number)"#
        default: return "\(level) \(number) \(took)"
        }
    }

    private static func stages(_ random: inout SeededGenerator) -> String {
        let filters = [
            "", "", #"| level="info""#, #"| level=~"w.*|error""#, "| n > 2", "| n <= 5 or level = \"warn\"",
            "| took > 20ms", #"| level_extracted = "info""#, #"| level!="info" | n != 27"#, "| n > 2 | took < 1s",
            "| drop n", "| keep level, n", "| label_format lv=level", #"| __error__="""#, #"| in_level="x""#,
            #"| line_format "{{.level}}" |= "w""#, "| logfmt", #"| app="db""#,
        ]
        let front = pick(
            &random,
            [
                "", "", "", #"|= "n""#, #"|= "n" |= "info""#, #"|= "2" != "warn""#, #"| app != "web""#,
                #"| level="own""#, #"| detected = "info""#,
            ])
        let parser = pick(&random, ["| json", "| logfmt", "| json", "| logfmt --strict", "| logfmt --keep-empty"])
        return "\(front) \(parser) \(pick(&random, filters)) \(pick(&random, filters))"
    }

    private static func pick(_ random: inout SeededGenerator, _ elements: [String]) -> String {
        elements[Int(random.next() % UInt64(elements.count))]
    }
}

/// The same lines, whole and taken apart.
private struct SourcePair {
    let whole: QueryEngine
    let split: QueryEngine

    init(_ lines: MemoryLogSource) {
        var limits = QueryLimits()
        limits.workers = 2
        whole = QueryEngine(source: lines, limits: limits, clocks: .init(monotonic: { 0 }, wall: { 0 }))
        split = QueryEngine(
            source: FieldLogSource(lines: lines), limits: limits, clocks: .init(monotonic: { 0 }, wall: { 0 }))
    }

    func compare(_ text: String, _ time: QueryRequest.Time, limit: Int = 100) async {
        let request = QueryRequest(text: text, time: time, limit: limit)
        let expected = await SourcePair.answer(whole, request)
        let found = await SourcePair.answer(split, request)
        #expect(found == expected, "\(text)")
    }

    private static func answer(_ engine: QueryEngine, _ request: QueryRequest) async -> [String] {
        do {
            return QueryScript.text(try await engine.run(request).result)
        } catch {
            return ["error: \(QueryScript.text(error))"]
        }
    }
}
