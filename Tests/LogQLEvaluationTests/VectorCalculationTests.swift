import LogQL
import Testing
import WeirModel

/// `abs`, `ceil`, `floor`, `round`, `clamp_min`, `clamp_max`.
@Suite struct VectorCalculationTests {
    @Test(arguments: [
        ("abs(vector(0) - 2.5)", "2.5"), ("ceil(vector(1.2))", "2"), ("ceil(vector(0) - 1.2)", "-1"),
        ("floor(vector(1.8))", "1"), ("floor(vector(0) - 1.2)", "-2"), ("round(vector(2.5))", "3"),
        ("round(vector(0) - 2.5)", "-2"), ("round(vector(2.34), 0.1)", "2.3"), ("round(vector(137), 25)", "125"),
        ("clamp_min(vector(3), 5)", "5"), ("clamp_min(vector(7), 5)", "7"), ("clamp_max(vector(7), 5)", "5"),
        ("clamp_max(clamp_min(vector(0) - 4, -1), 1)", "-1"), ("abs(vector(0) / 0)", "NaN"),
        ("clamp_max(vector(0) / 0, 1)", "NaN"),
    ])
    func `numbers are calculated`(query: String, expected: String) async {
        await QueryScript().check(query, at: 10, "{} \(expected)")
    }

    @Test func `labels stay, and functions stand wherever expressions do`() async {
        var script = QueryScript()
        script.push(["app": "web"], at: 1, ["a", "b", "c"])
        await script.check(#"clamp_max(count_over_time({app="web"}[1m]), 2) * 10"#, at: 10, #"{app="web"} 20"#)
        await script.check("abs(-3) + 1", at: 10, "4")
        await script.check(
            #"round(sum by (app) (rate({app="web"}[10s])), 0.25)"#, from: 0, to: 10, step: 5,
            #"{app="web"} 5:0.25 10:0.25"#)
    }

    @Test func `rounding to nothing is refused`() async {
        await QueryScript().check(
            "round(vector(1), 0)", at: 1, "error: parse error : round needs a number other than 0 to round to")
    }
}
