import Testing
import WeirAPI
import WeirModel

@Suite struct PushQuotaTests {
    private func push(_ table: EndpointTable, app: String, line: String, tenant: String = "fake", after: Int64 = 0)
        async
        -> APIResponse
    {
        let time = APIRequest.arrival.nanoseconds
        let body = #"{"streams":[{"stream":{"app":"\#(app)"},"values":[["\#(time)","\#(line)"]]}]}"#
        let request = APIRequest(
            method: "POST", path: "/loki/api/v1/push", headers: ["content-type": "application/json"],
            body: Array(body.utf8), tenant: Tenant(tenant),
            arrival: APIRequest.arrival.advanced(byNanoseconds: after * 1_000_000_000))
        return await table.respond(to: request)
    }

    @Test func `a rate that is configured is kept, tenant by tenant, and says when to come again`() async {
        var limits = PushLimits.plain
        limits.bytesPerSecond = 10
        limits.burstBytes = 20
        let table = Server().table(limits)
        let line = String(repeating: "x", count: 15)
        #expect(await push(table, app: "a", line: line).status == 204)
        let refused = await push(table, app: "a", line: line)
        #expect(refused.status == 429)
        #expect(refused.headers.contains { $0.name == "Retry-After" && $0.value == "1" })
        #expect(refused.text.hasPrefix("ingestion rate limit exceeded for user fake (limit: 10 bytes/sec)"))
        #expect(await push(table, app: "a", line: line, tenant: "other").status == 204)
        #expect(await push(table, app: "a", line: line, after: 2).status == 204)
    }

    @Test func `a push larger than the burst goes through when nothing else did`() async {
        var limits = PushLimits.plain
        limits.bytesPerSecond = 10
        limits.burstBytes = 20
        let table = Server().table(limits)
        #expect(await push(table, app: "a", line: String(repeating: "x", count: 50)).status == 204)
        #expect(await push(table, app: "a", line: "x", after: 1).status == 429)
    }

    @Test func `a stream too many is refused and the label with the most values named`() async {
        var limits = PushLimits.plain
        limits.streamsMax = 2
        let server = Server()
        let table = server.table(limits)
        #expect(await push(table, app: "a", line: "x").status == 204)
        #expect(await push(table, app: "b", line: "x").status == 204)
        let refused = await push(table, app: "c", line: "x")
        #expect(refused.status == 429)
        #expect(refused.text.contains(#"maximum active stream limit exceeded when trying to create stream {app="c"}"#))
        #expect(refused.text.contains("label 'app' has 2 values"))
        #expect(await push(table, app: "a", line: "x").status == 204)
        // Streams that were silent for two hours make room.
        for hour in 1...2 { #expect(await push(table, app: "a", line: "x", after: Int64(hour) * 3600).status == 204) }
        #expect(await push(table, app: "c", line: "x", after: 2 * 3600).status == 204)
        #expect(server.pushes.count == 6)
    }

    @Test func `one loud stream does not silence the others of its push`() async {
        var limits = PushLimits.plain
        limits.streamBytesPerSecond = 5
        limits.streamBurstBytes = 5
        let server = Server()
        let table = server.table(limits)
        #expect(await push(table, app: "loud", line: "12345").status == 204)
        let time = APIRequest.arrival.nanoseconds
        let both = await table.respond(
            to: .pushJSON(
                #"{"streams":[{"stream":{"app":"loud"},"values":[["\#(time)","1234"]]},"#
                    + #"{"stream":{"app":"low"},"values":[["\#(time)","abc"]]}]}"#))
        #expect(both.status == 429 && both.text.contains(#"{app="loud"}"#))
        #expect(server.pushes.last?.batch.count == 1)
        #expect(server.pushes.last?.batch.lineText(ofRow: 0) == "abc")
    }
}
