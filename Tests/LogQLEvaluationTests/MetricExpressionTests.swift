import LogQL
import Testing
import WeirModel

/// Aggregations over series, operators between them, and the limits of metric queries.
@Suite struct MetricExpressionTests {
    private let script: QueryScript

    init() {
        var script = QueryScript(batchRowsMax: 5)
        script.push(["app": "web", "host": "a"], every: 1, ["x", "x", "x", "x"])
        script.push(["app": "web", "host": "b"], every: 1, ["x", "x"])
        script.push(["app": "db", "host": "a"], every: 1, ["x", "x", "x"])
        self.script = script
    }

    private let counts = #"count_over_time({app=~".+"}[1m])"#

    @Test func `aggregations by, without and over everything`() async {
        await script.check("sum by (app) (\(counts))", at: 9, #"{app="db"} 3"#, #"{app="web"} 6"#)
        await script.check("sum(\(counts)) by (host)", at: 9, #"{host="a"} 7"#, #"{host="b"} 2"#)
        await script.check("sum without (host) (\(counts))", at: 9, #"{app="db"} 3"#, #"{app="web"} 6"#)
        await script.check("sum(\(counts))", at: 9, "{} 9")
        await script.check("avg(\(counts))", at: 9, "{} 3")
        await script.check("min(\(counts))", at: 9, "{} 2")
        await script.check("max(\(counts))", at: 9, "{} 4")
        await script.check("count(\(counts))", at: 9, "{} 3")
        await script.check("stdvar by (app) (\(counts))", at: 9, #"{app="db"} 0"#, #"{app="web"} 1"#)
        await script.check("count by (nope) (\(counts))", at: 9, "{} 3")
    }

    @Test func `topk and bottomk keep labels and choose at each step`() async {
        await script.check("topk(1, \(counts))", at: 9, #"{app="web", host="a"} 4"#)
        await script.check("bottomk(1, \(counts))", at: 9, #"{app="web", host="b"} 2"#)
        await script.check(
            "topk by (app) (1, \(counts))", at: 9, #"{app="db", host="a"} 3"#, #"{app="web", host="a"} 4"#)
    }

    @Test func `sort orders by value, everything else by labels`() async {
        await script.check(
            "sort(\(counts))", at: 9, #"{app="web", host="b"} 2"#, #"{app="db", host="a"} 3"#,
            #"{app="web", host="a"} 4"#)
        await script.check(
            "sort_desc(\(counts))", at: 9, #"{app="web", host="a"} 4"#, #"{app="db", host="a"} 3"#,
            #"{app="web", host="b"} 2"#)
    }

    @Test func `numbers are scalars and vectors have no labels`() async {
        await script.check("1 + 2 * 3", at: 9, "7")
        await script.check("vector(1) + vector(2)", at: 9, "{} 3")
        await script.check("1 + 1", from: 0, to: 2, step: 1, "{} 0:2 1:2 2:2")
        await script.check("vector(3) > 2", at: 9, "{} 3")
        await script.check("vector(1) > 2", at: 9)
        await script.check("vector(1) > bool 2", at: 9, "{} 0")
        await script.check("vector(1) / 0", at: 9, "{} NaN")
        await script.check("2 ^ 3 ^ 2", at: 9, "512")
    }

    @Test func `a comparison with a number keeps the value of the series`() async {
        await script.check(
            "\(counts) > 2", at: 9, #"{app="db", host="a"} 3"#, #"{app="web", host="a"} 4"#)
        await script.check("3 > \(counts)", at: 9, #"{app="web", host="b"} 2"#)
    }

    @Test func `series of both sides meet by their labels`() async {
        await script.check(
            #"sum by (app) (\#(counts)) / on (app) sum by (app, env) (\#(counts))"#, at: 9, #"{app="db"} 1"#,
            #"{app="web"} 1"#)
        await script.check(
            #"\#(counts) / on (app) group_left sum by (app) (\#(counts)) * 6"#, at: 9, #"{app="db", host="a"} 6"#,
            #"{app="web", host="a"} 4"#, #"{app="web", host="b"} 2"#)
        await script.check(
            #"sum by (host) (\#(counts)) - ignoring (app) count_over_time({app="db"}[1m])"#, at: 9, #"{host="a"} 4"#)
    }

    @Test func `matches of many with many are refused`() async {
        let time = QueryRequest.Time.instant(Timestamp(nanoseconds: 9_000_000_000))
        let left = await script.answer(#"\#(counts) / on (app) sum by (app) (\#(counts))"#, time)
        #expect(
            left == [
                "error: multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)"
            ])
        let right = await script.answer(#"sum by (app) (\#(counts)) / on (app) \#(counts)"#, time)
        #expect(
            right == [
                "error: found duplicate series on the right hand-side;many-to-many matching not allowed: matching "
                    + "labels must be unique on one side"
            ])
    }

    @Test func `and, or and unless join sets of series`() async {
        let web = #"count_over_time({app="web"}[1m])"#
        let a = #"count_over_time({host="a"}[1m])"#
        await script.check("\(web) and \(a)", at: 9, #"{app="web", host="a"} 4"#)
        await script.check("\(web) unless \(a)", at: 9, #"{app="web", host="b"} 2"#)
        await script.check(
            "\(web) or \(a)", at: 9, #"{app="db", host="a"} 3"#, #"{app="web", host="a"} 4"#,
            #"{app="web", host="b"} 2"#)
        await script.check(
            #"sum(count_over_time({app="db"}[1s])) or vector(0)"#, from: 0, to: 4, step: 1, "{} 0:1 1:1 2:1 3:0 4:0")
    }

    @Test func `label_replace sets a label where the whole value matches`() async {
        await script.check(
            #"label_replace(sum by (app) (\#(counts)), "name", "<$1-${1}>", "app", "(w.*)")"#, at: 9,
            #"{app="db"} 3"#, #"{app="web", name="<web-web>"} 6"#)
        await script.check(
            #"label_replace(sum by (app) (\#(counts)), "app", "", "app", "web")"#, at: 9, "{} 6", #"{app="db"} 3"#)
    }

    @Test func `more series than allowed are refused`() async {
        var script = script
        script.limits.seriesMax = 2
        let found = await script.answer(counts, .instant(Timestamp(nanoseconds: 9_000_000_000)))
        #expect(
            found.first?.hasPrefix("error: maximum number of series (2) reached for a single query; consider") == true)
        await script.check("sum by (app) (\(counts))", at: 9, #"{app="db"} 3"#, #"{app="web"} 6"#)
    }

    @Test func `more steps than allowed are refused`() async {
        let found = await script.answer(counts, QueryScript.range(0, 11_002, 1))
        #expect(
            found == [
                "error: exceeded maximum resolution of 11,000 points per time series. Try increasing the value of the "
                    + "step parameter"
            ])
    }
}
