import Testing
import WeirAPI
import WeirModel

/// Ways to push besides Loki's and OpenTelemetry's.
@Suite struct PushFormsTests {
    private func post(
        _ path: String, _ body: String, type: String = "application/json",
        _ parameters: KeyValuePairs<String, String> = [:]
    ) async -> (response: APIResponse, rows: [String]) {
        let server = Server()
        let request = APIRequest(
            method: "POST", path: path, parameters: parameters.map { (name: $0.key, value: $0.value) },
            headers: ["content-type": type], body: Array(body.utf8), arrival: APIRequest.arrival)
        let response = await server.table().respond(to: request)
        return (response, server.pushes.flatMap(\.batch.rows))
    }

    @Test func `the legacy form names labels as a selector and instants as dates`() async {
        let body =
            #"{"streams":[{"entries":[{"ts":"1970-01-01T00:00:01.5Z","line":"a\tb","structuredMetadata":{"k":"v"}}],"#
            + #""labels":"{app=\"x\"}"}]}"#
        let (response, rows) = await post("/api/prom/push", body)
        #expect(response.status == 204)
        #expect(rows == [#"1500000000 {app="x"} [k=v] "# + "a\tb"])
        #expect(await post("/api/prom/push", #"{"streams":[{"labels":"{app="}]}"#).response.status == 400)
        #expect(await post("/api/prom/push", "{}").response.status == 422)
    }

    @Test func `lines get labels from the URL and the time of arrival in their order`() async {
        let (response, rows) = await post(
            "/weir/api/v1/push/ndjson", "one\n\ntwo\r\ntwo", type: "text/plain", ["labels": #"{app="x"}"#])
        #expect(response.status == 204)
        #expect(
            rows == [
                #"1700000000000000000 {app="x"} [] one"#, #"1700000000000000001 {app="x"} [] two"#,
                #"1700000000000000002 {app="x"} [] two"#,
            ])
        #expect(await post("/weir/api/v1/push/ndjson", "x", ["labels": "{"]).response.status == 400)
        #expect(await post("/weir/api/v1/push/ndjson", "x").response.status == 400)
    }

    @Test(arguments: [
        (#"{"t":"1970-01-01T00:00:01Z"}"#, 1_000_000_000), (#"{"a":{},"t":1.5}"#, 1_500_000_000),
        (#"{"t":1600000000000}"#, 1_600_000_000_000_000_000),
        (#"{"t":1600000000000000001}"#, 1_600_000_000_000_000_001), (#"{"t":{}}"#, 1_700_000_000_000_000_000),
        ("no JSON", 1_700_000_000_000_000_000),
    ])
    func `a member of the line may say when`(line: String, expected: Int64) async {
        let (_, rows) = await post("/weir/api/v1/push/ndjson", line, ["labels": #"{app="x"}"#, "timestamp": "t"])
        #expect(rows == [#"\#(expected) {app="x"} [] \#(line)"#])
    }

    @Test func `bulk documents become lines of the stream of their index`() async {
        let body = """
            {"index":{"_index":"web"}}
            {"@timestamp":"1970-01-01T00:00:01Z","log":{"level":"warn"},"message":"he\\tllo","host":{"name":"h"}}
            {"create":{}}
            {"n":1}
            {"delete":{"_id":"1"}}

            """
        let (response, rows) = await post("/elasticsearch/fallback/_bulk", body, type: "application/x-ndjson")
        #expect(response.status == 200)
        #expect(
            response.text == #"{"took":0,"errors":false,"items":[{"index":{"status":201,"result":"created"}},"#
                + #"{"create":{"status":201,"result":"created"}},{"delete":{"status":201,"result":"created"}}]}"#)
        #expect(
            rows == [
                "1000000000 {index=\"web\"} [log_level=warn,host_name=h] he\tllo",
                #"1700000000000000001 {index="fallback"} [] {"n":1}"#,
            ])
    }

    @Test(arguments: ["nothing", #"{"index":{}}"#, #"{"other":{}}"# + "\n{}", #"{"index":{"_index":"a"}}"# + "\nno"])
    func `bulk bodies that are none are refused`(body: String) async {
        let (response, rows) = await post("/_bulk", body)
        #expect(response.status == 400)
        #expect(rows.isEmpty)
        #expect(response.header("X-Elastic-Product") == "Elasticsearch")
    }
}
