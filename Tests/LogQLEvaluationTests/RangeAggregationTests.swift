import LogQL
import Testing
import WeirModel

/// Functions over windows: which samples count, and what becomes of them.
@Suite struct RangeAggregationTests {
    private func script(batchRowsMax: Int = 4) -> QueryScript {
        var script = QueryScript(batchRowsMax: batchRowsMax)
        script.push(
            ["app": "web"], at: 10, every: 10, ["ms=1", "ms=2 slow", "ms=3", "ms=4 slow", "ms=10", "ms=x", "other"])
        return script
    }

    @Test func `a window excludes its start and includes its end`() async {
        let script = script()
        await script.check(#"count_over_time({app="web"}[20s])"#, at: 30, #"{app="web"} 2"#)
        await script.check(#"count_over_time({app="web"}[21s])"#, at: 30, #"{app="web"} 3"#)
        await script.check(#"count_over_time({app="web"}[20s])"#, at: 29, #"{app="web"} 2"#)
    }

    @Test func `an offset moves the window and not the stamp`() async {
        let script = script()
        await script.check(#"count_over_time({app="web"}[20s] offset 10s)"#, at: 30, #"{app="web"} 2"#)
        await script.check(
            #"count_over_time({app="web"}[10s] offset 1m)"#, from: 70, to: 80, step: 10, #"{app="web"} 70:1 80:1"#)
        await script.check(#"count_over_time({app="web"}[10s] offset -1m)"#, at: 10, #"{app="web"} 1"#)
    }

    @Test func `an empty window gives no point`() async {
        let script = script()
        await script.check(#"count_over_time({app="web"}[5s])"#, at: 8)
        await script.check(
            #"count_over_time({app="web"} |= "slow" [10s])"#, from: 0, to: 60, step: 10, #"{app="web"} 20:1 40:1"#)
    }

    @Test(arguments: [1, 4, 100])
    func `windows that overlap share their samples`(batchRowsMax: Int) async {
        let script = script(batchRowsMax: batchRowsMax)
        await script.check(
            #"count_over_time({app="web"}[30s])"#, from: 0, to: 100, step: 10,
            #"{app="web"} 10:1 20:2 30:3 40:3 50:3 60:3 70:3 80:2 90:1"#)
        await script.check(
            #"count_over_time({app="web"}[25s])"#, from: 5, to: 95, step: 10,
            #"{app="web"} 15:1 25:2 35:2 45:2 55:2 65:2 75:2 85:1"#)
    }

    @Test func `counts, rates and bytes`() async {
        let script = script()
        await script.check(#"rate({app="web"}[40s])"#, at: 40, #"{app="web"} 0.1"#)
        await script.check(#"bytes_over_time({app="web"} |= "slow" [1m])"#, at: 60, #"{app="web"} 18"#)
        await script.check(#"bytes_rate({app="web"} |= "slow" [1m])"#, at: 60, #"{app="web"} 0.3"#)
        await script.check(#"rate({app="web"} | logfmt | unwrap ms [40s])"#, at: 40, #"{app="web"} 0.25"#)
    }

    @Test func `functions of unwrapped values`() async {
        let script = script()
        func check(_ function: String, _ expected: String) async {
            await script.check(
                "\(function)({app=\"web\"} | logfmt | keep ms | unwrap ms [50s])", at: 50, "{} \(expected)")
        }
        await check("sum_over_time", "20")
        await check("avg_over_time", "4")
        await check("min_over_time", "1")
        await check("max_over_time", "10")
        await check("first_over_time", "1")
        await check("last_over_time", "10")
        await check("stdvar_over_time", "10")
        await script.check(
            #"quantile_over_time(0.5, {app="web"} | logfmt | unwrap ms [50s]) by (app)"#, at: 50, #"{app="web"} 3"#)
        await script.check(
            #"quantile_over_time(1.5, {app="web"} | logfmt | unwrap ms [50s]) by ()"#, at: 50, "{} +Inf")
    }

    @Test func `the unwrapped label does not name the series`() async {
        var script = QueryScript()
        script.push(["app": "web"], ["a=1 b=2", "a=3 b=2"])
        await script.check(#"max_over_time({app="web"} | logfmt | unwrap a [1m])"#, at: 10, #"{app="web", b="2"} 3"#)
        await script.check(
            #"max_over_time({app="web"} | logfmt | unwrap a [1m]) by (a)"#, at: 10, #"{a="1"} 1"#, #"{a="3"} 3"#)
        await script.check(
            #"max_over_time({app="web"} | logfmt | unwrap a [1m]) without (b)"#, at: 10, #"{app="web"} 3"#)
    }

    @Test func `a value that is no number fails the query unless it is filtered`() async {
        let script = script()
        let found = await script.answer(
            #"sum_over_time({app="web"} | logfmt | unwrap ms [10s])"#,
            .instant(Timestamp(nanoseconds: 60_000_000_000)))
        #expect(found.first?.hasPrefix("error: pipeline error: 'SampleExtractionErr' for series: '{") == true)
        await script.check(
            #"sum_over_time({app="web"} | logfmt | unwrap ms | __error__="" [30s]) "#, at: 60, #"{app="web"} 14"#)
    }

    @Test func `durations and sizes are unwrapped to seconds and bytes`() async {
        var script = QueryScript()
        script.push(["app": "web"], ["d=1m30s s=2KiB", "d=500ms s=1kB"])
        await script.check(#"sum_over_time({app="web"} | logfmt | keep d | unwrap duration(d) [1m])"#, at: 9, "{} 90.5")
        await script.check(#"sum_over_time({app="web"} | logfmt | keep s | unwrap bytes(s) [1m])"#, at: 9, "{} 3048")
    }

    @Test func `a counter's resets are added back`() async {
        var script = QueryScript()
        script.push(["app": "web"], every: 10, ["n=10", "n=20", "n=5", "n=15"])
        // 10 and 20 before the reset, 5 and 10 after it; Loki's extrapolation adds a millionth.
        await script.check(
            #"rate_counter({app="web"} | logfmt | keep n | unwrap n [25s])"#, at: 30, "{} 0.60000075")
        await script.check(#"rate_counter({app="web"} | logfmt | keep n | unwrap n [5s])"#, at: 30, "{} 0")
    }

    @Test func `absence is 1 with the labels that equality fixes`() async {
        let script = script()
        await script.check(#"absent_over_time({app="nope", env=~"p.*"}[1m])"#, at: 60, #"{app="nope"} 1"#)
        await script.check(#"absent_over_time({app="web"}[1m])"#, at: 60)
        await script.check(
            #"absent_over_time({app="web"} |= "slow" [10s])"#, from: 20, to: 40, step: 10, #"{app="web"} 30:1"#)
    }

    @Test func `a faulty line fails a metric query unless it is asked for`() async {
        var script = QueryScript()
        script.push(["app": "web"], [#"{"level":"info"}"#, "plain"])
        let found = await script.answer(
            #"sum by (level) (count_over_time({app="web"} | json [1m]))"#,
            .instant(Timestamp(nanoseconds: 9_000_000_000)))
        #expect(found.first?.hasPrefix("error: pipeline error: 'JSONParserErr' for series: '{__error__=") == true)
        await script.check(
            #"sum by (level) (count_over_time({app="web"} | json | __error__="" [1m]))"#, at: 9, #"{level="info"} 1"#)
        await script.check(
            #"sum by (__error__) (count_over_time({app="web"} | json [1m]))"#, at: 9, "{} 1",
            #"{__error__="JSONParserErr"} 1"#)
        // Nobody looks at a label, so nobody parses.
        await script.check(#"sum(count_over_time({app="web"} | json [1m]))"#, at: 9, "{} 2")
    }

    @Test func `a rewritten line counts only where somebody reads it`() async {
        var script = QueryScript()
        script.push(["app": "web"], at: 1, ["one", "three"])
        let rewritten = #"{app="web"} | line_format "{{ div 1 0 }}""#
        await script.check("count_over_time(\(rewritten)[10s])", at: 10, #"{app="web"} 2"#)
        await script.check(
            #"bytes_over_time({app="web"} | line_format "{{ __line__ }}!"[10s])"#, at: 10, #"{app="web"} 10"#)
        await script.check(
            #"count_over_time({app="web"} | line_format "{{ __line__ }}!" |= "one!"[10s])"#, at: 10, #"{app="web"} 1"#)
        let broken = await script.answer(
            #"count_over_time({app="web"} | line_format "{{ .x"[10s])"#, .instant(Timestamp(nanoseconds: 0)))
        #expect(broken.first?.hasPrefix("error: parse error") == true)
    }
}
