import Foundation
import Testing
import WeirTesting

/// What a running server does besides answering: limits that change, its own log, tails for people.
@Suite struct ServerLifeTests {
    @Test func `limits of single tenants change while the server runs`() async throws {
        let server = try await TestServer(
            more: "auth_enabled: true\nruntime_config: {file: DATA/runtime.yaml, period: 10ms}\n")
        let path = server.folder.path + "/runtime.yaml"
        try "overrides: {small: {max_line_size: 3}}\n".write(toFile: path, atomically: true, encoding: .utf8)
        func status(_ tenant: String) throws -> Int {
            let body = TestServer.pushBody(["app": "a"], lines: ["longer than three"], start: server.start)
            let headers = ["Content-Type": "application/json", "X-Scope-OrgID": tenant]
            return try HTTPConnection(port: server.port).ask(
                "POST", "/loki/api/v1/push", headers: headers, body: body
            ).status
        }
        #expect(try await eventually { try status("small") == 400 })
        #expect(try status("large") == 204)
        let shown = try HTTPConnection(port: server.port).ask("GET", "/runtime_config")
        #expect(shown.text.contains("max_line_size: 3"))
        // A broken file changes nothing.
        try "overrides: {small: {max_line_size: many}}\n".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(await eventually { server.process.errors.contains("runtime configuration not applied") })
        #expect(try status("small") == 400)
        try "overrides: {}\n".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(try await eventually { try status("small") == 204 })
    }

    @Test func `the server keeps its own log, as JSON, where all others are`() async throws {
        let server = try await TestServer(
            more: "frontend: {log_queries_longer_than: 1ns}\n", server: "log_to_store: true, log_format: json")
        _ = try HTTPConnection(port: server.port).ask(
            "GET", "/loki/api/v1/query_range?query=%7Bapp%3D%22none%22%7D%20%7C%3D%20%22needle%22")
        let found = try await eventually {
            let text = try HTTPConnection(port: server.port).ask(
                "GET",
                "/loki/api/v1/query_range?query=%7Bjob%3D%22weir%22%7D%20%7C%20json%20%7C%20message%3D%22slow%20query%22"
            )
            return text.text.contains("blocks must hold")
        }
        #expect(found)
        #expect(server.process.errors.contains(#""message":"slow query""#))
    }

    @Test func `tail prints lines as they arrive over the WebSocket`() async throws {
        let server = try await TestServer()
        let now = { Int64(Date().timeIntervalSince1970 * 1e9) }
        try server.push(["app": "web"], lines: ["before"], start: now())
        let tail = try WeirProcess(["tail", "{app=\"web\"}", "-o", "raw", "--addr", server.address])
        #expect(await eventually { tail.output == "before\n" }, "\(tail.errors)")
        try server.push(["app": "web"], lines: ["after"], start: now())
        #expect(await eventually { tail.output == "before\nafter\n" }, "\(tail.errors)")
        #expect(tail.errors.isEmpty)
        let metric = try WeirProcess(["tail", "rate({app=\"web\"}[1m])", "--addr", server.address])
        #expect(await metric.waitForExit() == 1)
        #expect(metric.errors.contains("a metric query cannot be tailed"))
    }

    @Test func `the file's keys are listed with what becomes of them`() async throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/loki.yml"
        try "auth_enabled: false\nserver: {http_listen_port: 3100, grpc_listen_port: 1}\n".write(
            toFile: path, atomically: true, encoding: .utf8)
        let check = try WeirProcess(["config", "check", path])
        #expect(await check.waitForExit() == 0)
        #expect(check.output.contains("server.http_listen_port  applied"))
        #expect(check.output.contains("server.grpc_listen_port  ignored: has no effect"))
    }

    @Test func `volumes, fields, patterns and figures are printed`() async throws {
        let server = try await TestServer()
        let start = Int64(Date().timeIntervalSince1970 * 1e9)
        try server.push(["app": "web"], lines: (0..<9).map { "took=\($0) by user \($0)" }, start: start)
        func output(_ arguments: [String]) async throws -> String {
            let process = try WeirProcess(arguments + ["--addr", server.address])
            #expect(await process.waitForExit() == 0, "\(process.errors)")
            return process.output
        }
        #expect(try await output(["stats", "{app=\"web\"}"]).contains("lines    9\n"))
        #expect(try await output(["volume", "{app=\"web\"}"]).contains("{app=\"web\"}"))
        #expect(try await output(["fields", "{app=\"web\"}"]).contains("took"))
        #expect(try await output(["patterns", "{app=\"web\"}"]) == "9  unknown  took=<_> by user <_>\n")
        let plan = try await output(["query", "{app=\"web\"} |= \"user\"", "--explain"])
        #expect(plan.contains("blocks must hold: \"user\""))
        let split = try await output([
            "query", "{app=\"web\"}", "--split", "10m", "--limit", "5", "-o", "raw", "--from", "2h ago", "--stats",
        ])
        #expect(split.split(separator: "\n").count == 5)
        let script = try WeirProcess(["completions", "fish"])
        #expect(await script.waitForExit() == 0)
        #expect(script.output.contains("complete -c"))
    }
}
