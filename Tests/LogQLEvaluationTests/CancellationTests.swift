import LogQL
import Testing
import WeirModel

/// Nobody waits any more: the query ends.
@Suite struct CancellationTests {
    @Test(arguments: [
        #"{app="web"} |= "line""#, #"sum(count_over_time({app="web"} | logfmt [1m]))"#, "vector(1)",
        "max_over_time(vector(1)[10m:1s])",
    ])
    func `a cancelled task ends its query`(query: String) async {
        var script = QueryScript(batchRowsMax: 1)
        script.push(["app": "web"], (0..<100).map { "line=\($0)" })
        let prepared = script
        let found = await Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await prepared.answer(query, QueryScript.range(0, 1000, 10))
        }.value
        #expect(found == ["error: cancelled"])
    }
}
