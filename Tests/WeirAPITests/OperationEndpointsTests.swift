import LogQL
import Synchronization
import Testing
import WeirAPI
import WeirModel

@Suite struct OperationEndpointsTests {
    @Test func `the log level is read and changed`() async {
        let level = Mutex(ServerConfiguration.LogLevel.info)
        var services = APIServices(
            sink: Server(), source: Server(), runQuery: { _ throws(QueryError) in .empty }, now: { APIRequest.arrival })
        services.logLevel = LogLevelControl(get: { level.withLock { $0 } }, set: { new in level.withLock { $0 = new } })
        let table = EndpointTable(services: services)
        func post(_ value: String) async -> APIResponse {
            var request = APIRequest.get("/log_level", ["log_level": value])
            request.method = "POST"
            return await table.respond(to: request)
        }
        #expect(await table.respond(to: .get("/log_level")).text == "{\"message\":\"Current log level is info\"}\n")
        #expect(await post("debug").text == "{\"message\":\"Log level set to debug\",\"status\":\"success\"}\n")
        #expect(level.withLock { $0 } == .debug)
        #expect(await post("loud").status == 400)
    }

    @Test func `limits, configuration and services are told`() async {
        let table = Server().table()
        let limits = await table.respond(to: .get("/config/tenant/v1/limits")).text
        #expect(limits.contains("max_line_size: 262144\n"))
        #expect(limits.contains("creation_grace_period: 600s\n"))
        #expect(
            await table.respond(to: .get("/config")).text.hasPrefix("limits_config:\n  reject_old_samples: false\n"))
        #expect(await table.respond(to: .get("/services")).text == "server => Running\n")
        #expect(await table.respond(to: .get("/loki/api/v1/drilldown-limits")).text.hasPrefix(#"{"limits":{"#))
    }

    @Test func `all streams are one shard`() async {
        let table = Server(stored: [["a": "b"]]).table()
        let text = await table.respond(to: .get("/loki/api/v1/index/shards", ["query": "{}"])).text
        #expect(
            text.hasPrefix(
                #"{"shards":[{"bounds":{"min":0,"max":18446744073709551615},"stats":{"streams":1,"chunks":1,"bytes":1,"#
                    + #""entries":1}}],"statistics":{"#))
    }
}
