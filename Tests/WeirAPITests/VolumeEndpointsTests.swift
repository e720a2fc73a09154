import Testing
import WeirAPI
import WeirModel

@Suite struct VolumeEndpointsTests {
    private let server: MemoryServer

    init() {
        var server = MemoryServer()
        server.push(["app": "web", "env": "prod"], [(10, "12345"), (3700, "123")])
        server.push(["app": "web", "env": "dev"], [(20, "12")])
        server.push(["app": "db"], [(7200, "1234567")])
        self.server = server
    }

    private func vector(_ result: String) -> String {
        #"{"status":"success","data":{"resultType":"vector","result":["# + result + "]"
    }

    @Test func `statistics count streams, blocks, bytes and entries, the end included`() async {
        let all = await server.get("index/stats", ["query": "{}"])
        #expect(all.text == #"{"streams":3,"chunks":3,"bytes":17,"entries":4}"# + "\n")
        let some = await server.get("index/stats", ["query": #"{env="prod"}"#])
        #expect(some.text == #"{"streams":1,"chunks":1,"bytes":8,"entries":2}"# + "\n")
        let none = await server.get("index/stats", ["query": #"{app="nosuch"}"#])
        #expect(none.text == #"{"streams":0,"chunks":0,"bytes":0,"entries":0}"# + "\n")
    }

    @Test func `volumes are grouped by the labels of the selector, the largest first`() async {
        #expect(
            await server.text("index/volume", ["query": #"{app=~".+"}"#])
                == vector(
                    #"{"metric":{"app":"web"},"value":[7200,"10"]},{"metric":{"app":"db"},"value":[7200,"7"]}"#))
        #expect(
            await server.text("index/volume", ["query": "{}", "limit": "1"])
                == vector(#"{"metric":{"app":"web","env":"prod"},"value":[7200,"8"]}"#))
        #expect(await server.text("index/volume", ["query": #"{app="nosuch"}"#, "limit": "0"]) == vector(""))
    }

    @Test func `target labels group, and streams without them do not count`() async {
        #expect(
            await server.text("index/volume", ["query": #"{app=~".+"}"#, "targetLabels": "env,app"])
                == vector(
                    #"{"metric":{"app":"web","env":"prod"},"value":[7200,"8"]},"#
                        + #"{"metric":{"app":"web","env":"dev"},"value":[7200,"2"]}"#))
    }

    @Test func `by labels, each name gets the bytes of the streams that have it`() async {
        #expect(
            await server.text("index/volume", ["query": #"{app=~".+"}"#, "aggregateBy": "labels"])
                == vector(#"{"metric":{"app":""},"value":[7200,"17"]},{"metric":{"env":""},"value":[7200,"10"]}"#))
        #expect(
            await server.text(
                "index/volume", ["query": "{}", "aggregateBy": "labels", "targetLabels": "env"])
                == vector(#"{"metric":{"env":""},"value":[7200,"10"]}"#))
    }

    @Test func `volumes over time are cut at multiples of the step and shown at the ends`() async {
        #expect(
            await server.text("index/volume_range", ["query": #"{app=~".+"}"#, "step": "1h"])
                == #"{"status":"success","data":{"resultType":"matrix","result":["#
                + #"{"metric":{"app":"db"},"values":[[7200,"7"]]},"#
                + #"{"metric":{"app":"web"},"values":[[3599.999,"7"],[7200,"3"]]}]"#)
        #expect(
            await server.text(
                "index/volume_range", ["query": #"{app="web"}"#, "step": "3600", "start": "15", "end": "3650"])
                == #"{"status":"success","data":{"resultType":"matrix","result":["#
                + #"{"metric":{"app":"web"},"values":[[3599.999,"2"]]}]"#)
    }

    @Test func `a form will do`() async {
        let request = APIRequest(
            method: "POST", path: "/loki/api/v1/index/stats",
            parameters: [("query", "{}"), ("start", "0"), ("end", "1")], arrival: APIRequest.arrival)
        let response = await Server().table().respond(to: request)
        #expect(response.text == #"{"streams":0,"chunks":0,"bytes":0,"entries":0}"# + "\n")
    }

    @Test(arguments: ["index/stats", "index/volume", "index/volume_range"])
    func `bad questions are refused in the usual words`(path: String) async {
        func check(_ parameters: KeyValuePairs<String, String>, _ text: String) async {
            let response = await server.get(path, parameters)
            #expect(response.status == 400)
            #expect(response.text == text)
        }
        await check(
            ["query": "{app"],
            "parse error at line 1, col 5: syntax error: unexpected $end, expecting = or =~ or !~ or !=")
        await check(["query": #"{app="x"} |= "x""#], "only label matchers are supported")
        await check([:], "parse error : syntax error: unexpected $end")
        await check(
            ["query": "{}", "start": "20", "end": "10"], "end timestamp must not be before or equal to start time")
        if path == "index/stats" { return }
        await check(["query": "{}", "aggregateBy": "colour"], "invalid aggregation option")
        await check(["query": "{}", "limit": "ten"], #"strconv.Atoi: parsing "ten": invalid syntax"#)
        await check(["query": "{}", "limit": "-1"], "limit must be a positive value")
        if path == "index/volume" { return }
        await check(
            ["query": "{}", "step": "1ms"],
            "exceeded maximum resolution of 11,000 points per time series. Try increasing the value of the step "
                + "parameter")
    }

    @Test func `more groups than a chart can show are refused`() async {
        var server = MemoryServer()
        for number in 0...1000 { server.push(["id": "\(number)"], [(1, "x")]) }
        let response = await server.get("index/volume", ["query": "{}"])
        #expect(response.status == 400)
        #expect(response.text == "the query hit the max number of series limit (limit: 1000 series)")
    }
}
