import Testing
import WeirAPI
import WeirModel

@Suite struct PatternsTests {
    private func server() -> MemoryServer {
        var server = MemoryServer()
        server.push(
            ["app": "web"], metadata: [Label("detected_level", "info")],
            (0..<30).map { (60 + $0, "GET /users/\($0) took \($0)ms by alice") })
        server.push(
            ["app": "web"], metadata: [Label("detected_level", "error")],
            (0..<5).map { (120 + $0, "connection to db-\($0) refused") })
        return server
    }

    @Test func `lines that differ in values are one pattern, counted per step`() async {
        let answer = await server().text("/weir/api/v1/patterns", ["query": #"{app="web"}"#, "step": "60"])
        let text = answer.replacing("\\u003c", with: "<").replacing("\\u003e", with: ">")
        #expect(
            text == #"{"status":"success","data":["#
                + #"{"pattern":"GET /users/<_> took <_> by alice","level":"info","samples":[[60,30]]},"#
                + #"{"pattern":"connection to <_> refused","level":"error","samples":[[120,5]]}]}"# + "\n")
    }

    @Test func `a pattern can be asked for as it is`() async {
        let server = server()
        let query = #"count_over_time({app="web"} |> "GET /users/<_> took <_> by alice" [2h])"#
        #expect(await server.text("query", ["query": query, "time": "7200"]).contains(#""30""#))
    }

    @Test func `words that differ between similar lines become values`() async {
        var server = MemoryServer()
        let names = ["alice", "bob", "carol"]
        server.push(
            ["app": "a"], names.enumerated().map { (Int64($0.offset), "user \($0.element) logged in from home") })
        let answer = await server.text("/weir/api/v1/patterns", ["query": #"{app="a"}"#])
        let text = answer.replacing("\\u003c", with: "<").replacing("\\u003e", with: ">")
        #expect(text.contains(#""pattern":"user <_> logged in from home""#))
    }

    @Test func `what is no selector is refused`() async {
        let server = MemoryServer()
        #expect(await server.get("/weir/api/v1/patterns", ["query": "rate({a=\"b\"}[1m])"]).status == 400)
        #expect(await server.get("/weir/api/v1/patterns", ["query": "{"]).status == 400)
        #expect(
            await server.text("/weir/api/v1/patterns", ["query": #"{app="none"}"#])
                == "{\"status\":\"success\",\"data\":[]}\n")
    }

    @Test func `Loki's own path answers only where it is switched on, as in Loki`() async {
        #expect(await server().get("patterns", ["query": #"{app="web"}"#]).status == 404)
    }
}
