import LogQL
import Testing
import WeirModel

/// `| distinct label`: the first entry of each value, in the order of the query.
@Suite struct DistinctStageTests {
    private func script(batchRowsMax: Int) -> QueryScript {
        var script = QueryScript(batchRowsMax: batchRowsMax)
        script.push(
            ["app": "web"], at: 1, ["u=ann n=1", "u=bob n=2", "u=ann n=3", "n=4", "u=bob n=5", "n=6", "u=eve n=7"])
        return script
    }

    private func lines(_ query: String, _ direction: Selection.Direction, batchRowsMax: Int, limit: Int = 100) async
        -> [String]
    {
        let script = script(batchRowsMax: batchRowsMax)
        let found = await script.answer(query, QueryScript.range(0, 100, 1), direction: direction, limit: limit)
        return found.filter { !$0.hasPrefix("{") }.sorted()
    }

    @Test(arguments: [1, 2, 100])
    func `the direction decides which entry is first`(batchRowsMax: Int) async {
        let query = #"{app="web"} | logfmt | distinct u"#
        #expect(
            await lines(query, .forward, batchRowsMax: batchRowsMax) == [
                "1 u=ann n=1", "2 u=bob n=2", "4 n=4", "7 u=eve n=7",
            ])
        #expect(
            await lines(query, .backward, batchRowsMax: batchRowsMax) == [
                "3 u=ann n=3", "5 u=bob n=5", "6 n=6", "7 u=eve n=7",
            ])
        #expect(await lines(query, .forward, batchRowsMax: batchRowsMax, limit: 2) == ["1 u=ann n=1", "2 u=bob n=2"])
    }

    @Test(arguments: [1, 2, 100])
    func `stages behind it see only first entries`(batchRowsMax: Int) async {
        let query = #"{app="web"} | logfmt | distinct u | n > 1 | n < 7"#
        #expect(await lines(query, .forward, batchRowsMax: batchRowsMax) == ["2 u=bob n=2", "4 n=4"])
        let filter = #"{app="web"} | logfmt | distinct u |= "n=1""#
        #expect(await lines(filter, .forward, batchRowsMax: batchRowsMax) == ["1 u=ann n=1"])
        let before = #"{app="web"} |= "n=3" | logfmt | distinct u"#
        #expect(await lines(before, .forward, batchRowsMax: batchRowsMax) == ["3 u=ann n=3"])
    }

    @Test func `several labels count together`() async {
        let query = #"{app="web"} | logfmt | distinct u, n"#
        #expect(await lines(query, .forward, batchRowsMax: 2).count == 7)
    }

    @Test func `metric queries count distinct values instead`() async {
        let script = script(batchRowsMax: 2)
        await script.check(
            #"count_over_time({app="web"} | logfmt | distinct u [1m])"#, at: 50,
            "error: parse error : distinct is for log queries; use count_distinct(label, …) in metric queries")
        let twice = await script.answer(#"{app="web"} | distinct a | distinct b"#, QueryScript.range(0, 1, 1))
        #expect(twice == ["error: parse error : a query may have one distinct stage; list several labels in it"])
    }
}
