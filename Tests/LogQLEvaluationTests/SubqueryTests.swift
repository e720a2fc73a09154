import LogQL
import Testing
import WeirModel

/// `max_over_time(rate({…}[1m])[1h:5m])`.
@Suite struct SubqueryTests {
    /// 1 line in the first ten seconds, 2 in the second, …, at second 1 of each.
    private func script() -> QueryScript {
        var script = QueryScript(batchRowsMax: 4)
        for ten in 0..<6 {
            for line in 0...ten { script.push(["app": "web"], at: ten * 10 + 1, ["line \(line)"]) }
        }
        return script
    }

    @Test func `the operand is evaluated at multiples of the step`() async {
        // At 10, 20, …, 60 there are 1, 2, …, 6 lines in the last ten seconds.
        let count = #"count_over_time({app="web"}[10s])"#
        await script().check("max_over_time(\(count)[60s:10s])", at: 60, #"{app="web"} 6"#)
        await script().check("sum_over_time(\(count)[60s:10s])", at: 60, #"{app="web"} 21"#)
        await script().check("min_over_time(\(count)[30s:10s])", at: 60, #"{app="web"} 4"#)
        await script().check("last_over_time(\(count)[60s:10s])", at: 57, #"{app="web"} 5"#)
        await script().check("first_over_time(\(count)[30s:10s])", at: 57, #"{app="web"} 3"#)
        await script().check("count_over_time(\(count)[60s:20s])", at: 60, #"{app="web"} 3"#)
        await script().check("quantile_over_time(0.5, \(count)[50s:10s])", at: 50, #"{app="web"} 3"#)
        await script().check("max_over_time(\(count)[20s:10s] offset 20s)", at: 60, #"{app="web"} 4"#)
        await script().check("avg_over_time((\(count) * 2)[60s:10s])", at: 60, #"{app="web"} 7"#)
    }

    @Test func `windows exclude their start, at every step of the query`() async {
        await script().check(
            #"sum_over_time(count_over_time({app="web"}[10s])[20s:10s])"#, from: 20, to: 60, step: 20,
            #"{app="web"} 20:3 40:7 60:11"#)
    }

    @Test func `subqueries nest and aggregate`() async {
        await script().check(
            #"max(max_over_time(sum_over_time(count_over_time({app="web"}[10s])[20s:10s])[60s:20s]))"#, at: 60, "{} 11")
        await script().check(
            #"absent_over_time(count_over_time({app="db"}[10s])[20s:10s])"#, at: 60, "{} 1")
        await script().check(#"count_over_time(vector(1)[5m:])"#, at: 600, "{} 5")
    }

    @Test func `too many instants are refused`() async {
        await script().check(
            "max_over_time(vector(1)[100d:1s])", at: 1_000_000_000,
            "error: the subquery [100d:1s] would be evaluated at 8640000 instants (limit: 110000); increase its step or "
                + "ask for a shorter time")
        let found = await script().answer("max_over_time(vector(1)[100y:1ms])", QueryScript.range(0, 10, 1))
        #expect(found.first?.hasPrefix("error: the subquery [100y:1ms] would be evaluated at 3153600010000") == true)
        await script().check(
            "max_over_time(vector(1)[1h:0s])", at: 60,
            "error: parse error : range and step of a subquery must be greater than 0")
    }
}
