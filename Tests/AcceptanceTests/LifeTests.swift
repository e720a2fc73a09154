import Foundation
import Testing
import WeirSystem
import WeirTesting

/// Retention and deletes on the real binary.
@Suite struct LifeTests {
    private static let day: Int64 = 86_400_000_000_000

    private func run(_ arguments: [String]) async throws -> (code: Int32?, output: String, errors: String) {
        let process = try WeirProcess(arguments)
        let code = await process.waitForExit()
        return (code, process.output, process.errors)
    }

    /// The value of a metric without labels.
    private func metric(_ name: String, of server: TestServer) throws -> Double? {
        let text = try HTTPConnection(port: server.port).ask("GET", "/metrics").text
        return text.split(separator: "\n").first { $0.hasPrefix(name + " ") }.flatMap {
            Double($0.dropFirst(name.utf8.count + 1))
        }
    }

    private func flush(_ server: TestServer) throws {
        #expect(try HTTPConnection(port: server.port).ask("POST", "/flush").status == 204)
    }

    /// The folders of days.
    private func days(of server: TestServer) throws -> [String] {
        try server.folder.files.list(server.folder.path + "/data/parts")
    }

    @Test func `lines past their time are in no answer, and their day's folder goes`() async throws {
        let server = try await TestServer(
            more: """
                compactor: {retention_enabled: true}
                retention:
                  logs: 36h
                  streams: [{selector: '{app="audit"}', priority: 1, period: 100h}]

                """)
        try server.push(["app": "web"], lines: ["new"], start: server.start)
        try server.push(["app": "web"], lines: ["old"], start: server.start - 6 * Self.day)
        // Kept for longer than others, on a day on which those are past their time.
        try server.push(["app": "web"], lines: ["older"], start: server.start - 2 * Self.day)
        try server.push(["app": "audit"], lines: ["kept"], start: server.start - 2 * Self.day)
        try flush(server)
        #expect(await eventually { (try? metric("weir_store_days_dropped_total", of: server)) == 1 })
        let found = try server.lines(of: "{app=~\".+\"}")
        #expect(found == ["kept", "new"])
        #expect(try days(of: server).count == 2)
        server.process.kill()
        try await server.restart()
        #expect(try server.lines(of: "{app=~\".+\"}") == ["kept", "new"])
    }

    @Test func `beyond max_disk the oldest days go, never today's`() async throws {
        let server = try await TestServer(more: "max_disk: 1KB\n")
        for age in [3, 2, 1, 0] {
            let lines = (0..<50).map { "line \($0) of day \(age) \(UInt64($0) &* 0x9e37_79b9_7f4a_7c15)" }
            try server.push(["app": "web"], lines: lines, start: server.start + 600_000_000_000 - Int64(age) * Self.day)
        }
        try flush(server)
        #expect(await eventually { (try? days(of: server).count) == 1 })
        let left = try server.lines(of: "{app=\"web\"}")
        #expect(left.count == 50 && left.allSatisfy { $0.contains("of day 0") })
    }

    @Test func `deleted lines are hidden at once, counted beforehand, and gone after a merge`() async throws {
        let server = try await TestServer()
        let lines = (0..<40).map { $0 % 4 == 0 ? "card 4111 \($0)" : "harmless \($0)" }
        try server.push(["app": "shop"], lines: lines, start: server.start)
        try server.push(["app": "other"], lines: ["card 4111 elsewhere"], start: server.start)
        let start = ["--from", "2020-01-01T00:00:00Z", "--addr", server.address]
        let query = "{app=\"shop\"} |= \"card\""
        let dry = try await run(["delete", query, "--dry-run"] + start)
        #expect(dry.code == 0 && dry.output.hasPrefix("10 lines, "), "\(dry.output)\(dry.errors)")
        #expect(try server.lines(of: "{app=\"shop\"}") == lines)

        let made = try await run(["delete", query] + start)
        #expect(made.code == 0 && made.output.hasPrefix("request 00000001: 10 lines, "), "\(made.output)\(made.errors)")
        let left = lines.filter { !$0.hasPrefix("card") }
        #expect(try server.lines(of: "{app=\"shop\"}") == left)
        #expect(try server.lines(of: "{app=\"other\"}") == ["card 4111 elsewhere"])
        // Later ones were not meant.
        try server.push(["app": "shop"], lines: ["card 4111 later"], start: server.start + 1000)
        server.process.kill()
        try await server.restart()
        #expect(try server.lines(of: "{app=\"shop\"}") == left + ["card 4111 later"])
        #expect(await eventually { (try? metric("weir_store_deletes_active", of: server)) == 0 })
        let list = try await run(["delete", "--list", "--addr", server.address])
        #expect(list.output.hasPrefix("00000001 processed 2020-01-01T00:00:00"), "\(list.output)\(list.errors)")
        #expect(try server.lines(of: "{app=\"shop\"}") == left + ["card 4111 later"])
        let late = try await run(["delete", "--cancel", "00000001", "--addr", server.address])
        #expect(late.code == 1 && late.errors.contains("already processed"), "\(late.errors)")
    }

    @Test func `a command that could delete too much is refused`() async throws {
        let noStart = try await run(["delete", "{app=\"shop\"}"])
        #expect(noStart.code == 64 && noStart.errors.contains("--from is missing"), "\(noStart.errors)")
        let server = try await TestServer(more: "")
        let stage = try await run(
            ["delete", "{app=\"shop\"} | json", "--from", "2020-01-01T00:00:00Z", "--addr", server.address])
        #expect(stage.code == 1 && stage.errors.contains("only line filters"), "\(stage.errors)")
    }
}
