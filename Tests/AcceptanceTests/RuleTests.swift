import Foundation
import Testing
import WeirTesting

/// Rules in a running server: from lines to alerts, over a restart, and through the API.
@Suite struct RuleTests {
    private static let configuration = """
        rule_files: [DATA/rules/*.yml]
        ruler: {evaluation_interval: 1s, external_labels: {cluster: north}}

        """

    private static let rules = """
        groups:
        - name: web
          rules:
          - record: job:errors:count
            expr: sum by (job) (count_over_time({job="web"} | json | status=~"5.." [10m]))
          - alert: Recent5xx
            expr: job:errors:count > 2
            labels: {severity: page}
            annotations: {summary: "{{ $value }} errors of {{ $labels.job }}"}
        """

    private func start() async throws -> TestServer {
        let server = try await TestServer(more: Self.configuration)
        try FileManager.default.createDirectory(
            atPath: server.folder.path + "/rules", withIntermediateDirectories: true)
        return server
    }

    private func write(_ text: String, _ server: TestServer) throws {
        try text.write(toFile: server.folder.path + "/rules/web.yml", atomically: true, encoding: .utf8)
    }

    private func get(_ path: String, _ server: TestServer) throws -> HTTPReply {
        try HTTPConnection(port: server.port).ask("GET", path)
    }

    private func isFiring(_ server: TestServer) async throws -> Bool {
        try await eventually {
            let text = try get("/prometheus/api/v1/alerts", server).text
            return text.contains(#""alertname":"Recent5xx""#) && text.contains(#""state":"firing""#)
        }
    }

    @Test func `lines become a series, the series an alert, and a restart keeps both rule and alert`() async throws {
        let server = try await start()
        try write(Self.rules, server)
        let reload = try HTTPConnection(port: server.port).ask("POST", "/-/reload")
        #expect(reload.status == 200)
        #expect(try get("/prometheus/api/v1/rules", server).text.contains(#""name":"Recent5xx""#))
        try server.push(
            ["job": "web"], lines: (0..<5).map { #"{"status":50\#($0)}"# }, start: server.start + 300_000_000_000)
        #expect(try await isFiring(server))
        let alerts = try get("/prometheus/api/v1/alerts", server).text
        #expect(alerts.contains(#""annotations":{"summary":"5 errors of web"}"#))
        #expect(alerts.contains(#""severity":"page""#))
        let series = try get("/prometheus/api/v1/query?query=job:errors:count", server).text
        #expect(series.contains(#""metric":{"__name__":"job:errors:count","job":"web"}"#))
        #expect(try get("/prometheus/api/v1/query?query=ALERTS", server).text.contains(#""alertstate":"firing""#))
        server.process.signal(15)
        _ = await server.process.waitForExit()
        try await server.restart()
        #expect(try await isFiring(server))
    }

    @Test func `a reload with an error changes nothing and says what is wrong`() async throws {
        let server = try await start()
        try write(Self.rules, server)
        #expect(try HTTPConnection(port: server.port).ask("POST", "/-/reload").status == 200)
        try write(Self.rules.replacing("> 2", with: "> > 2"), server)
        let reload = try HTTPConnection(port: server.port).ask("POST", "/-/reload")
        #expect(reload.status == 400)
        #expect(reload.text.contains("web.yml:"))
        #expect(reload.text.contains("could not parse expression"))
        #expect(try get("/prometheus/api/v1/rules", server).text.contains("Recent5xx"))
    }

    @Test func `groups are made, read and removed over HTTP`() async throws {
        let server = try await start()
        func ask(_ method: String, _ path: String, _ body: String = "") throws -> HTTPReply {
            try HTTPConnection(port: server.port).ask(
                method, "/loki/api/v1/rules" + path, headers: ["Content-Type": "application/yaml"],
                body: Array(body.utf8))
        }
        #expect(try ask("GET", "").status == 404)
        let group = "name: g\ninterval: 1m\nrules:\n- alert: A\n  expr: sum(rate({job=\"x\"}[1m])) > 1\n  for: 5m\n"
        let created = try ask("POST", "/team", group)
        #expect(created.status == 202)
        #expect(created.text == #"{"status":"success","data":null,"errorType":"","error":""}"#)
        let listed = try ask("GET", "")
        #expect(listed.text.hasPrefix("team:\n    - name: g\n      interval: 1m\n"))
        #expect(try ask("GET", "/team/g").text.hasPrefix("name: g\n"))
        #expect(try ask("GET", "/team/other").status == 404)
        let refused = try ask("POST", "/team", "name: h\nrules:\n- alert: A\n  expr: sum(\n")
        #expect(refused.status == 400)
        #expect(refused.text.contains("could not parse expression"))
        server.process.signal(15)
        _ = await server.process.waitForExit()
        try await server.restart()
        #expect(try ask("GET", "/team/g").status == 200)
        #expect(try ask("DELETE", "/team/g").status == 202)
        #expect(try ask("GET", "").status == 404)
        #expect(try ask("DELETE", "/team").status == 404)
    }
}
