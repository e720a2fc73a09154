import Testing
import WeirAPI
import WeirModel

@Suite struct LabelEndpointsTests {
    private let server = Server(stored: [
        ["app": "web", "env": "prod", "__shard__": "1"], ["app": "db", "env": "dev"], ["app": "web", "quote": "a\"<"],
    ])

    @Test(arguments: ["/loki/api/v1/labels", "/loki/api/v1/label", "/api/prom/label"])
    func `names are sorted, and the program's own left out`(path: String) async {
        let response = await server.table().respond(to: .get(path))
        #expect(response.status == 200)
        #expect(response.text == #"{"status":"success","data":["app","env","quote"]}"# + "\n")
        #expect(response.header("Content-Type") == "application/json; charset=UTF-8")
    }

    @Test func `values are those of streams that the selector takes`() async {
        let table = server.table()
        let all = await table.respond(to: .get("/loki/api/v1/label/app/values"))
        #expect(all.text == #"{"status":"success","data":["db","web"]}"# + "\n")
        let some = await table.respond(to: .get("/api/prom/label/env/values", ["query": #"{app="web"}"#]))
        #expect(some.text == #"{"status":"success","data":["prod"]}"# + "\n")
        let odd = await table.respond(to: .get("/loki/api/v1/label/quote/values"))
        #expect(odd.text == #"{"status":"success","data":["a\"\u003c"]}"# + "\n")
    }

    @Test func `data is missing when there is nothing to list`() async {
        let response = await server.table().respond(to: .get("/loki/api/v1/label/nosuch/values"))
        #expect(response.text == #"{"status":"success"}"# + "\n")
    }

    @Test func `series of several selectors are given once`() async {
        let request = APIRequest.get(
            "/loki/api/v1/series", ["match[]": #"{app="web"}"#, "match": #"{env=~"prod|dev"}"#])
        let response = await server.table().respond(to: request)
        #expect(
            response.text
                == #"{"status":"success","data":[{"__shard__":"1","app":"web","env":"prod"},{"app":"db","env":"dev"},"#
                + #"{"app":"web","quote":"a\"\u003c"}]}"# + "\n")
    }

    @Test(arguments: ["", "{}"])
    func `series without a selector are all`(selector: String) async {
        let request =
            selector.isEmpty
            ? APIRequest.get("/loki/api/v1/series") : .get("/loki/api/v1/series", ["match[]": selector])
        let response = await server.table().respond(to: request)
        #expect(response.text.contains(#""app":"db""#))
        #expect(response.text.contains(#""quote""#))
    }

    @Test func `the range reaches up to and with the end`() async {
        _ = await server.table().respond(to: .get("/loki/api/v1/labels", ["start": "10", "end": "20"]))
        #expect(
            server.selections.last?.range
                == TimeRange(start: Timestamp(nanoseconds: 10_000_000_000), end: Timestamp(nanoseconds: 20_000_000_001))
        )
    }

    @Test func `what is no selector is refused`() async {
        func check(_ path: String, _ parameters: KeyValuePairs<String, String>, _ text: String) async {
            let response = await server.table().respond(to: .get(path, parameters))
            #expect(response.status == 400)
            #expect(response.text == text)
        }
        let only = "only label matchers are supported"
        await check("/loki/api/v1/labels", ["query": #"{app="x"} |= "x""#], only)
        await check("/loki/api/v1/series", ["match[]": #"rate({app="x"}[1m])"#], only)
        await check(
            "/loki/api/v1/labels", ["query": "{app="],
            "parse error at line 1, col 6: syntax error: unexpected $end, expecting STRING")
        await check(
            "/loki/api/v1/labels", ["start": "20", "end": "10"],
            "this data is no longer available, it is past now - max_query_lookback (0s)")
        await check(
            "/loki/api/v1/series", ["start": "abc"],
            #"could not parse 'start' parameter: strconv.ParseInt: parsing "abc": invalid syntax"#)
        await check(
            "/loki/api/v1/labels", ["query": String(repeating: "x", count: 131_073)],
            "parse error : input size too long (131073 > 131072)")
    }
}
