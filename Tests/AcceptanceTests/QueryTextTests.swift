import Testing
import WeirTesting

/// `weir fmt` and `weir explain`.
@Suite struct QueryTextTests {
    private func run(_ arguments: [String]) async throws -> (code: Int32?, output: String, errors: String) {
        let process = try WeirProcess(arguments)
        let code = await process.waitForExit()
        return (code, process.output, process.errors)
    }

    @Test func `fmt prints the canonical form`() async throws {
        let (code, output, errors) = try await run(["fmt", #"{app="web"}|="a"|json|status>=500"#])
        #expect(code == 0, "\(errors)")
        #expect(output == "{app=\"web\"} |= \"a\" | json | status>=500\n")
    }

    @Test func `fmt splits what is long, and --check is content with what fmt prints`() async throws {
        let long =
            #"sum by (app) (rate({app="web", zone="somewhere"} |= "a text that is rather long for one line" | json | status >= 500 [5m]))"#
        let formatted = try await run(["fmt", long])
        #expect(formatted.output.split(separator: "\n").count > 3, "\(formatted.output)")
        #expect(try await run(["fmt", "--check", formatted.output]).code == 0)
        let (code, output, errors) = try await run(["fmt", "--check", long])
        #expect(code == 1)
        #expect(output.isEmpty)
        #expect(errors == "weir: the query is not in canonical form; `weir fmt` prints it\n")
    }

    @Test func `fmt points at what is wrong`() async throws {
        let (code, output, errors) = try await run(["fmt", "{app=}"])
        #expect(code == 1)
        #expect(output.isEmpty)
        #expect(
            errors == """
                weir: parse error at line 1, col 6: syntax error: unexpected }, expecting STRING
                {app=}
                     ^

                """)
        #expect(try await run(["fmt", "--file", "/nowhere/query"]).code == 1)
    }

    @Test func `explain says what is asked of the store`() async throws {
        let (code, output, errors) = try await run(
            ["explain", #"sum by (level) (count_over_time({app="web"} |= "boom" | json [5m]))"#])
        #expect(code == 0, "\(errors)")
        #expect(output.contains(#"blocks must hold: "boom""#), "\(output)")
        #expect(output.contains("labels looked at: level"), "\(output)")
        #expect(try await run(["explain", "{"]).code == 1)
    }

    @Test func `explain --addr says how much there is`() async throws {
        let server = try await TestServer()
        try server.push(["app": "web"], lines: ["boom", "fine"], start: server.start + 1)
        let (code, output, errors) = try await run([
            "explain", #"{app="web"}"#, "--addr", server.address,
            "--from", String(server.start - 3_600_000_000_000), "--to", String(server.start + 3_600_000_000_000),
        ])
        #expect(code == 0, "\(errors)")
        #expect(output.contains("there: 2 lines of 1 streams in 1 blocks"), "\(output)")
    }
}
