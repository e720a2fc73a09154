import LogQL
import Testing
import WeirModel
import WeirTesting

/// Which entries a log query answers with, in which order and under which labels.
@Suite struct LogQueryTests {
    private func script(batchRowsMax: Int = 3) -> QueryScript {
        var script = QueryScript(batchRowsMax: batchRowsMax)
        script.push(["app": "web", "env": "prod"], at: 10, every: 10, ["a1", "a2", "a3", "a4", "a5"])
        script.push(["app": "db", "env": "prod"], at: 15, every: 10, ["b1", "b2", "b3", "b4", "b5"])
        return script
    }

    @Test func `streams are sorted by labels and entries stand in the direction asked for`() async {
        let script = script()
        await script.check(
            #"{env="prod"}"#, from: 0, to: 30, #"{app="db", env="prod"}"#, "15 b1", "25 b2",
            #"{app="web", env="prod"}"#, "10 a1", "20 a2")
        await script.check(
            #"{env="prod"}"#, from: 0, to: 30, direction: .backward, #"{app="db", env="prod"}"#, "25 b2", "15 b1",
            #"{app="web", env="prod"}"#, "20 a2", "10 a1")
    }

    @Test func `the start of the range belongs to it and the end does not`() async {
        await script().check(#"{app="web"}"#, from: 20, to: 40, #"{app="web", env="prod"}"#, "20 a2", "30 a3")
    }

    @Test func `equal start and end ask for exactly that instant`() async {
        await script().check(#"{app="web"}"#, from: 20, to: 20, #"{app="web", env="prod"}"#, "20 a2")
    }

    @Test(arguments: [1, 3, 100])
    func `the limit keeps the newest or oldest entries over all streams`(batchRowsMax: Int) async {
        let script = script(batchRowsMax: batchRowsMax)
        await script.check(
            #"{env="prod"}"#, direction: .backward, limit: 3, #"{app="db", env="prod"}"#, "55 b5", "45 b4",
            #"{app="web", env="prod"}"#, "50 a5")
        await script.check(
            #"{env="prod"}"#, limit: 3, #"{app="db", env="prod"}"#, "15 b1", #"{app="web", env="prod"}"#, "10 a1",
            "20 a2")
        await script.check(#"{env="prod"}"#, limit: 0)
    }

    @Test func `entries of one instant keep their order of arrival, reversed when going backward`() async {
        var script = QueryScript(batchRowsMax: 2)
        script.push(["app": "web"], at: 5, every: 0, ["one", "two", "three"])
        await script.check(#"{app="web"}"#, #"{app="web"}"#, "5 one", "5 two", "5 three")
        await script.check(#"{app="web"}"#, direction: .backward, limit: 2, #"{app="web"}"#, "5 three", "5 two")
    }

    @Test func `an interval thins out what the limit has left`() async {
        let script = script()
        await script.check(
            #"{app="web"}"#, intervalSeconds: 20, #"{app="web", env="prod"}"#, "10 a1", "30 a3", "50 a5")
        await script.check(
            #"{app="web"}"#, direction: .backward, limit: 2, intervalSeconds: 20, #"{app="web", env="prod"}"#, "50 a5")
    }

    @Test func `labels that stages find split a stream, and each category is told apart`() async throws {
        var script = QueryScript()
        script.push(["app": "web"], at: 1, metadata: [Label("trace", "t1")], [#"{"level":"info"}"#])
        script.push(["app": "web"], at: 2, [#"{"level":"warn"}"#])
        await script.check(
            #"{app="web"} | json"#, #"{app="web", level="info", trace="t1"}"#, #"1 {"level":"info"}"#,
            #"{app="web", level="warn"}"#, #"2 {"level":"warn"}"#)

        let engine = QueryEngine(source: script.source, clocks: .init(monotonic: { 0 }, wall: { 0 }))
        let request = QueryRequest(text: #"{app="web"} | json | level="info""#, time: QueryScript.range(0, 10, 1))
        guard case .streams(let streams) = try await engine.run(request).result else {
            Issue.record("no streams")
            return
        }
        #expect(streams.map(\.streamLabels) == [["app": "web"]])
        #expect(streams.map(\.metadata) == [["trace": "t1"]])
        #expect(streams.map(\.parsed) == [["level": "info"]])
    }

    @Test func `a log query cannot be asked for an instant`() async {
        let found = await script().answer(#"{app="web"}"#, .instant(Timestamp(nanoseconds: 0)))
        #expect(
            found == [
                "error: log queries are not supported as an instant query type, please change your query to a range "
                    + "query type"
            ])
    }

    @Test func `a limit above the configured one is refused`() async {
        let found = await script().answer(#"{app="web"}"#, QueryScript.range(0, 10, 1), limit: 5001)
        #expect(
            found == [
                "error: max entries limit per query exceeded, limit > max_entries_limit_per_query (5001 > 5000)"
            ])
    }

    @Test func `a range that is too long is refused`() async {
        var script = script()
        script.limits.lengthNanosecondsMax = 3600 * 1_000_000_000
        let found = await script.answer(#"{app="web"}"#, QueryScript.range(0, 7200, 1))
        #expect(found == ["error: the query time range exceeds the limit (query length: 2h0m0s, limit: 1h)"])
    }

    @Test func `a query ends when its time is up`() async {
        let ticks = TickingClock()
        let engine = QueryEngine(
            source: script(batchRowsMax: 1).source, clocks: .init(monotonic: { ticks.next() }, wall: { 0 }))
        let request = QueryRequest(text: #"{env="prod"}"#, time: QueryScript.range(0, 1000, 1))
        await #expect(throws: QueryError.timedOut) { try await engine.run(request) }
    }
}
