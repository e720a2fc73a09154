import LogQL
import Testing
import WeirAPI
import WeirModel
import WeirTesting

/// Random requests at every path of the table. What must hold: no crash, and no answer of the 500s, which would be our
/// fault; whatever is wrong is the sender's.
@Suite struct EndpointFuzzTests {
    private static let queries = [
        #"{app="web"}"#, "{", "", #"{app=~"("}"#, #"{app="web"} | json | line_format "{{.x}""#,
        "rate({app=\"web\"}[1m])",
        #"sum by (a) (count_over_time({app="web"}[0s]))"#, "1+1", "vector(1)", #"{app="web"} |= "\u0000""#,
        #"topk(-1, rate({app="web"}[99999d]))"#, String(repeating: "(", count: 5000),
        #"{app="web"} | logfmt | a > 1e999"#,
        "quantile_over_time(2, {app=\"web\"} | unwrap x [1m])", #"absent_over_time({app="x"}[1m] offset -1y)"#,
    ]
    private static let texts = [
        "", "0", "-1", "1", "9223372036854775807", "-9223372036854775808", "1e308", "NaN", "Inf",
        "99999999999999999999",
        "1h", "-5m", "0s", "1.5", "2024-01-02T03:04:05Z", "9999-12-31T23:59:59.999999999Z", "true", "../../etc/passwd",
        "'; DROP TABLE streams; --", "\u{0}", "a,b,,c", "{}", "[]", "backward", "FORWARD", "%", "💥",
    ]
    private static let names = [
        "query", "start", "end", "time", "step", "limit", "since", "interval", "direction", "match[]", "match",
        "line_limit",
        "field_limit", "targetLabels", "aggregateBy", "targetBytesPerShard", "delay_for", "regexp", "log_level",
        "format",
        "cursor", "labels", "timestamp", "max_interval", "request_id", "type", "skip_errors",
    ]
    private static let bodies = [
        "", "{}", "[]", "null", #"{"streams":[{"stream":{"a":"b"},"values":[["1700000000000000000","x"]]}]}"#,
        #"{"streams":[{"stream":{"a":"b"},"values":[["1","x",{"k":5}]]}]}"#, "\u{1F}\u{8B}\u{8}", "a=b&query={",
        "x\ny\n",
        #"{"create":{}}"# + "\n" + #"{"message":1}"#, #"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{}]}]}]}"#,
    ]

    @Test(arguments: 0..<20)
    func `no request makes the server fail`(seed: Int) async {
        var random = SeededGenerator(seed: UInt64(seed))
        let table = Self.table()
        let routes = table.routes
        for _ in 0..<300 {
            let route = routes[Int.random(in: 0..<routes.count, using: &random)]
            let request = Self.request(route.path, route.methods, &random)
            let answer = await table.respond(to: request)
            // 501 is how an endpoint says that this server has nothing to do it with.
            let isFine = answer.status < 500 || answer.status == 501
            #expect(isFine, "\(answer.status) \(answer.text.prefix(200)): \(request)")
        }
    }

    private static func request(_ path: String, _ methods: [String], _ random: inout SeededGenerator) -> APIRequest {
        var path = path
        while let open = path.firstIndex(of: "{"), let close = path.firstIndex(of: "}") {
            path.replaceSubrange(open...close, with: texts.randomElement(using: &random)!)
        }
        let known = methods.randomElement(using: &random)!
        let method =
            Bool.random(using: &random)
            ? known : ["GET", "POST", "PUT", "DELETE", "HEAD", "BREW"].randomElement(using: &random)!
        var parameters: [(name: String, value: String)] = []
        for _ in 0..<Int.random(in: 0...6, using: &random) {
            let name = names.randomElement(using: &random)!
            let isQuery = name == "query" || name.hasPrefix("match")
            parameters.append((name, (isQuery ? queries : texts).randomElement(using: &random)!))
        }
        var headers: [String: String] = [:]
        let types = ["application/json", "application/x-protobuf", "application/x-www-form-urlencoded", "", "a/b;c"]
        if Bool.random(using: &random) { headers["content-type"] = types.randomElement(using: &random)! }
        if Int.random(in: 0..<4, using: &random) == 0 {
            headers["content-encoding"] = ["gzip", "deflate", "snappy", "zstd"].randomElement(using: &random)!
        }
        headers["x-loki-response-encoding-flags"] = texts.randomElement(using: &random)!
        return APIRequest(
            method: method, path: path, parameters: parameters, headers: headers,
            body: Array(bodies.randomElement(using: &random)!.utf8), arrival: APIRequest.arrival)
    }

    private static func table() -> EndpointTable {
        var source = MemoryLogSource()
        source.add(
            ["app": "web", "level": "info"],
            (0..<20).map { MemoryLogSource.Entry(APIRequest.arrival.nanoseconds - $0 * 1_000_000_000, "a=1 b=\"x\"") })
        let engine = QueryEngine(source: source, clocks: .init(monotonic: { 0 }, wall: { 0 }))
        return EndpointTable(
            services: APIServices(sink: Server(), source: source, engine: engine, now: { APIRequest.arrival }))
    }
}
