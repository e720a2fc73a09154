import LogQL
import Testing
import WeirModel
import WeirTesting

/// Short cuts must not show. For random lines and random queries:
/// 1. a scan in one large batch, which is searched as a block, answers as one in single rows, which are not;
/// 2. blocks that a source leaves out by the query's hints were not wanted;
/// 3. a count by labels, for which parsers read only those labels, agrees with counting the entries of the log query;
/// 4. windows that overlap and are folded in parts hold what each holds on its own;
/// 5. a source that counts gives the answers that its rows give.
@Suite struct EquivalenceTests {
    private static let seeds: [UInt64] = Array(1...6)

    @Test(arguments: seeds)
    func `blocks and single rows give the same entries`(seed: UInt64) async {
        var random = SeededGenerator(seed: seed)
        let streams = EquivalenceTests.streams(&random)
        let block = EquivalenceTests.script(streams, batchRowsMax: 10_000, skipsBlocks: true)
        let rows = EquivalenceTests.script(streams, batchRowsMax: 1, skipsBlocks: false)
        for _ in 0..<12 {
            let query = "{app=~\".+\"} \(EquivalenceTests.stages(&random))"
            for direction in [Selection.Direction.forward, .backward] {
                let limit = random.next() % 2 == 0 ? 1000 : 7
                let fast = await block.answer(
                    query, QueryScript.range(0, 10_000, 1), direction: direction, limit: limit)
                let slow = await rows.answer(query, QueryScript.range(0, 10_000, 1), direction: direction, limit: limit)
                #expect(fast == slow, "\(query)")
            }
        }
    }

    @Test(arguments: seeds)
    func `counts by labels agree with the entries`(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let script = EquivalenceTests.script(EquivalenceTests.streams(&random), batchRowsMax: 50, skipsBlocks: true)
        for _ in 0..<12 {
            let log = "{app=~\".+\"} \(EquivalenceTests.stages(&random)) | __error__=\"\""
            let engine = QueryEngine(source: script.source, clocks: .init(monotonic: { 0 }, wall: { 0 }))
            let entries = try await engine.run(
                QueryRequest(text: log, time: QueryScript.range(0, 10_000, 1), limit: 5000))
            guard case .streams(let streams) = entries.result else { return }
            var counts: [LabelSet: Int] = [:]
            for stream in streams {
                counts[stream.labels.keeping(["level", "app"]), default: 0] += stream.entries.count
            }
            let expected = counts.keys.sorted().map { "\($0) \(counts[$0]!)" }
            let found = await script.answer(
                "sum by (level, app) (count_over_time(\(log) [9999s]))",
                .instant(Timestamp(nanoseconds: 9_998_000_000_000)))
            #expect(found == expected, "\(log)")
        }
    }

    @Test(arguments: seeds)
    func `windows folded in parts agree with windows on their own`(seed: UInt64) async {
        var random = SeededGenerator(seed: seed)
        let script = EquivalenceTests.script(EquivalenceTests.streams(&random), batchRowsMax: 9, skipsBlocks: true)
        for function in ["count_over_time", "max_over_time", "first_over_time", "quantile_over_time"] {
            let window = 1 + Int(random.next() % 60)
            let step = 1 + Int(random.next() % 20)
            let unwrap = function == "count_over_time" ? "" : "| logfmt | unwrap n | __error__=\"\""
            let parameter = function == "quantile_over_time" ? "0.7, " : ""
            let grouping = function == "count_over_time" ? "" : " by (app)"
            let query = "\(function)(\(parameter){app=~\".+\"} \(unwrap) [\(window)s])\(grouping)"
            let whole = await script.answer(query, QueryScript.range(0, 150, step))
            var single: [String: String] = [:]
            for second in stride(from: 0, through: 150, by: step) {
                let instant = QueryRequest.Time.instant(Timestamp(nanoseconds: Int64(second) * 1_000_000_000))
                for series in await script.answer(query, instant) {
                    let split = series.lastIndex(of: " ")!
                    single[String(series[..<split]), default: ""] +=
                        " \(second):\(series[series.index(after: split)...])"
                }
            }
            #expect(whole == single.keys.sorted().map { $0 + single[$0]! }, "\(query) step \(step)")
        }
    }

    @Test(arguments: seeds)
    func `counts of a source agree with its rows`(seed: UInt64) async {
        var random = SeededGenerator(seed: seed)
        var counting = QueryScript(batchRowsMax: 9)
        var scanning = QueryScript(batchRowsMax: 9, counts: false)
        for (index, (labels, lines)) in EquivalenceTests.streams(&random).enumerated() {
            for (row, line) in lines.enumerated() {
                var metadata = index == 1 && seed % 2 == 0 ? [Label("pod", "p1")] : []
                if seed % 3 != 0 { metadata.append(Label("level", EquivalenceTests.pick(&random, ["info", "warn"]))) }
                counting.push(labels, at: index + 3 * row, metadata: metadata, [line])
                scanning.push(labels, at: index + 3 * row, metadata: metadata, [line])
            }
        }
        for _ in 0..<20 {
            let function = EquivalenceTests.pick(
                &random, ["count_over_time", "rate", "bytes_over_time", "bytes_rate", "absent_over_time"])
            let window = 1 + Int(random.next() % 60)
            let step = 1 + Int(random.next() % 40)
            let selector = EquivalenceTests.pick(&random, ["app=~\".+\"", "app=\"web\"", "app=\"none\""])
            let stage = EquivalenceTests.pick(&random, ["", "", "| json", "|= \"a\""])
            let offset = EquivalenceTests.pick(&random, ["", "offset 7s", "offset -5s"])
            let sum = EquivalenceTests.pick(
                &random, ["sum", "sum by (app)", "sum by (pod)", "sum by (level, app)", "sum without (app)", "max"])
            let query = "\(sum) (\(function)({\(selector)} \(stage) [\(window)s] \(offset)))"
            let whole = await counting.answer(query, QueryScript.range(3, 150, step))
            #expect(whole == (await scanning.answer(query, QueryScript.range(3, 150, step))), "\(query) step \(step)")
            let instant = QueryRequest.Time.instant(Timestamp(nanoseconds: 90_500_000_000))
            #expect(await counting.answer(query, instant) == scanning.answer(query, instant), "\(query)")
        }
    }

    private static func script(
        _ streams: [(LabelSet, [String])], batchRowsMax: Int, skipsBlocks: Bool
    ) -> QueryScript {
        var script = QueryScript(batchRowsMax: batchRowsMax, skipsBlocks: skipsBlocks)
        for (index, (labels, lines)) in streams.enumerated() { script.push(labels, at: index, every: 3, lines) }
        return script
    }

    private static func streams(_ random: inout SeededGenerator) -> [(LabelSet, [String])] {
        ["web", "db", "job"].map { app in
            (["app": app], (0..<40).map { _ in line(&random) })
        }
    }

    private static func line(_ random: inout SeededGenerator) -> String {
        let level = pick(&random, ["info", "warn", "error", "\\\"odd\\\""])
        let number = pick(&random, ["1", "27", "3.5", "-4", "many", ""])
        let word = pick(&random, ["alpha", "beta", "ab", "aab", "ALPHA", "", "x=y"])
        switch random.next() % 5 {
        case 0: return "{\"level\":\"\(level)\",\"n\":\(number.isEmpty ? "null" : number),\"msg\":\"\(word)\"}"
        case 1: return "level=\"\(level)\" n=\(number) msg=\(word)"
        case 2: return "{\"msg\":\"\(word)\",\"in\":{\"level\":\"\(level)\"}"
        case 3: return word
        default: return "n=\(number) \(word) \(word)"
        }
    }

    private static func stages(_ random: inout SeededGenerator) -> String {
        let choices = [
            #"|= "alpha""#, #"|= "a""#, #"!= "ab""#, #"!= "level""#, #"|~ "(?i)alpha""#, #"|~ "a+b""#, #"!~ "be?ta""#,
            #"|= "ab" or "beta""#, #"|~ "[a-c][a-z]\\w""#, #"!~ "[0-9]{2}""#, "| json", "| logfmt", #"| level="info""#,
            #"| level=~"w.*|error""#, "| n > 2",
            #"| json lv="in.level""#, #"| logfmt m="msg""#, "| drop msg", "| keep level, n", #"|> "<_>a<_>""#,
        ]
        return (0..<Int(random.next() % 5)).map { _ in pick(&random, choices) }.joined(separator: " ")
    }

    private static func pick(_ random: inout SeededGenerator, _ elements: [String]) -> String {
        elements[Int(random.next() % UInt64(elements.count))]
    }
}
