import LogQL
import Testing
import WeirModel

/// The most that one query may hold.
@Suite struct MemoryBudgetTests {
    private func script(bytesMax: Int) -> QueryScript {
        var script = QueryScript(batchRowsMax: 10)
        script.limits.memoryBytesMax = bytesMax
        script.push(["app": "web"], (0..<400).map { "n=\($0) " + String(repeating: "x", count: 500) })
        return script
    }

    @Test(arguments: [
        #"{app="web"}"#, #"{app="web"} | logfmt | distinct n"#, #"count_over_time({app="web"} | logfmt [10m])"#,
        #"quantile_over_time(0.5, {app="web"} | logfmt | unwrap n [10m]) by (n)"#,
        #"count_distinct(n, {app="web"} | logfmt [10m]) by (n)"#,
    ])
    func `a query that holds more ends with the name of its budget`(query: String) async {
        func answer(_ bytesMax: Int) async -> [String] {
            await script(bytesMax: bytesMax).answer(query, QueryScript.range(0, 1000, 100), limit: 1000)
        }
        let refused = await answer(100_000)
        #expect(refused.count == 1)
        #expect(
            refused.first?.hasPrefix(
                "error: the query would hold more memory than one may (max_query_memory: 100000 bytes)") == true,
            "\(refused)")
        #expect(await answer(10_000_000).first?.hasPrefix("error") == false)
        #expect(await answer(0).first?.hasPrefix("error") == false)
    }

    @Test func `what is only counted needs next to nothing`() async {
        let found = await script(bytesMax: 20_000).answer(
            #"sum(count_over_time({app="web"} | logfmt | n > 100 [10m]))"#, QueryScript.range(0, 1000, 100))
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("{}") == true)
    }
}
