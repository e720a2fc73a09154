import Testing
import WeirAPI
import WeirModel

/// The endpoints that take the extensions, and those that do not.
@Suite struct ExtensionEndpointsTests {
    private var server: MemoryServer {
        var server = MemoryServer()
        server.push(["app": "web"], [(1, #"{"user":"ann"}"#), (2, "no json"), (3, #"{"user":"eve"}"#)])
        return server
    }

    @Test func `extensions are answered under weir alone`() async {
        let query: KeyValuePairs = [
            "query": #"count_distinct(user, {app="web"} | json --skip-errors [1m])"#, "time": "10",
        ]
        let answer = await server.get("/weir/api/v1/query", query)
        #expect(answer.status == 200)
        #expect(
            answer.text.hasPrefix(
                #"{"status":"success","warnings":["1 line was left out because a stage could not read or convert them"],"#
                    + #""data":{"resultType":"vector","result":[{"metric":{"app":"web"},"value":[10,"2"]}]"#),
            "\(answer.text)")
        #expect(await server.get("query", query).status == 400)
        #expect(await server.get("/weir/api/v1/format_query", query).status == 200)
        #expect(await server.get("format_query", query).status == 400)
    }

    @Test func `skip_errors works everywhere`() async {
        let query: KeyValuePairs = [
            "query": #"sum(count_over_time({app="web"} | json | user != "ann" [1m]))"#, "time": "10",
            "skip_errors": "true",
        ]
        let answer = await server.get("query", query)
        #expect(answer.text.contains(#""warnings":["1 line was left out"#), "\(answer.text)")
        #expect(answer.text.contains(#"[10,"1"]"#), "\(answer.text)")
    }

    @Test func `explain lists scans with what there is for them`() async {
        let answer = await server.get(
            "/weir/api/v1/explain",
            ["query": #"sum(count_over_time({app="web"} |= "a" [1m])) / sum(count_over_time({app="db"}[1m]))"#])
        #expect(answer.status == 200)
        #expect(answer.text.contains(#""query":"count_over_time({app=\"web\"} |= \"a\"[1m])""#), "\(answer.text)")
        #expect(answer.text.contains(#"blocks must hold: \"a\""#), "\(answer.text)")
        #expect(answer.text.contains(#""streams":1"#) && answer.text.contains(#""streams":0"#), "\(answer.text)")
    }
}
