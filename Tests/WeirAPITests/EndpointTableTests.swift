import Testing
import WeirAPI
import WeirModel

@Suite struct EndpointTableTests {
    @Test func `unknown paths are 404 and wrong methods 405 without text`() async {
        let table = Server().table()
        for path in ["/", "/loki/api/v2alpha/tail", "/loki/api/v1/labels/", "/loki/api/v1/label//values"] {
            #expect(await table.respond(to: .get(path)).status == 404, "\(path)")
        }
        let push = await table.respond(to: .get("/loki/api/v1/push"))
        #expect(push.status == 405)
        #expect(push.body.isEmpty)
        #expect(push.header("Allow") == "POST")
        var put = APIRequest.get("/loki/api/v1/query_range")
        put.method = "PUT"
        #expect(await table.respond(to: put).status == 405)
    }

    @Test func `HEAD is GET without a body`() async {
        var request = APIRequest.get("/ready")
        request.method = "HEAD"
        let response = await Server().table().respond(to: request)
        #expect(response.status == 200)
        #expect(response.body.isEmpty)
    }

    @Test func `readiness says why not`() async {
        #expect(await Server().table().respond(to: .get("/ready")).text == "ready\n")
        let response = await Server().table(unready: "replaying").respond(to: .get("/ready"))
        #expect(response.status == 503)
        #expect(response.text == "replaying\n")
    }

    @Test func `the version, flush and format of queries answer`() async {
        let table = Server().table()
        #expect(
            await table.respond(to: .get("/loki/api/v1/status/buildinfo")).text
                == #"{"version":"1.2.3","revision":"abc","branch":"","buildUser":"","buildDate":"","goVersion":""}"#)
        #expect(await table.respond(to: .get("/flush")).status == 204)
        let good = await table.respond(to: .get("/loki/api/v1/format_query", ["query": #"{app="x"}|="a""#]))
        #expect(good.text == #"{"status":"success","data":"{app=\"x\"} |= \"a\""}"#)
        let bad = await table.respond(to: .get("/loki/api/v1/format_query", ["query": ""]))
        #expect(bad.status == 400)
        #expect(bad.text == #"{"status":"invalid-query","error":"parse error : syntax error: unexpected $end"}"#)
    }

    @Test func `a plain request to tail learns about its query`() async {
        let table = Server().table()
        let good = await table.respond(to: .get("/loki/api/v1/tail", ["query": #"{app="x"}"#]))
        #expect(good.status == 400)
        #expect(good.text == "Bad Request")
        let bad = await table.respond(to: .get("/loki/api/v1/tail", ["query": "{app="]))
        #expect(bad.text == "parse error at line 1, col 6: syntax error: unexpected $end, expecting STRING")
    }

    @Test func `requests and lines are counted`() async {
        let table = Server().table()
        _ = await table.respond(to: .get("/ready"))
        _ = await table.respond(to: .get("/nosuch"))
        var odd = APIRequest.get("/ready")
        odd.method = "BREW"
        _ = await table.respond(to: odd)
        let push = PushBody(["a": "b"], .init(1, "123"), .init(4_102_444_800_000_000_000, "x"))
        _ = await table.respond(to: .push(push.json, "application/json"))
        let response = await table.respond(to: .get("/metrics"))
        #expect(response.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
        for line in [
            #"weir_http_requests_total{method="GET",route="/ready",status="200"} 1"#,
            #"weir_http_requests_total{method="other",route="/ready",status="405"} 1"#,
            #"weir_http_requests_total{method="GET",route="other",status="404"} 1"#,
            #"weir_http_requests_total{method="POST",route="/loki/api/v1/push",status="400"} 1"#,
            #"weir_http_request_duration_seconds_bucket{le="0.001",route="/ready"} 2"#,
            "weir_push_lines_total 1", "weir_push_line_bytes_total 3",
            #"weir_push_rejected_lines_total{reason="too_far_in_future"} 1"#, "test_up 1",
        ] {
            #expect(response.text.contains(line + "\n"), "\(line)")
        }
    }
}
