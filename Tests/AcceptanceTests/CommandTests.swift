import Testing
import WeirSystem
import WeirTesting

/// What the commands that ask a server print, and their exit codes.
@Suite struct CommandTests {
    let server: TestServer

    init() async throws {
        server = try await TestServer()
        try server.push(["app": "web", "level": "error"], lines: ["boom {\"a\":1}"], start: server.start + 1)
        try server.push(["app": "web", "level": "info"], lines: ["fine"], start: server.start + 1_000_000_000)
    }

    /// A stretch that holds the lines above.
    private var window: [String] {
        ["--from", String(server.start - 3_600_000_000_000), "--to", String(server.start + 3_600_000_000_000)]
    }

    /// The time that is printed for an instant so many nanoseconds after the start.
    private func time(_ offset: Int64) -> CivilTime { CivilTime(nanoseconds: server.start + offset) }

    private func run(
        _ arguments: [String], environment: [String: String] = [:]
    ) async throws -> (code: Int32?, output: String, errors: String) {
        let process = try WeirProcess(arguments + ["--addr", server.address], environment: environment)
        let code = await process.waitForExit()
        return (code, process.output, process.errors)
    }

    @Test func `query prints newest first and says common labels once`() async throws {
        let (code, output, errors) = try await run(["query", "{app=\"web\"}"] + window)
        #expect(code == 0)
        #expect(errors == "Common labels: {app=\"web\"}\n")
        #expect(
            output == """
                \(time(1_000_000_000).milliseconds) {level="info"} fine
                \(time(0).milliseconds) {level="error"} boom {"a":1}

                """)
    }

    @Test func `query --forward prints oldest first, raw the lines alone`() async throws {
        let (code, output, errors) = try await run(["query", "{app=\"web\"}", "--forward", "-o", "raw"] + window)
        #expect(code == 0)
        #expect(output == "boom {\"a\":1}\nfine\n")
        #expect(errors.isEmpty)
    }

    @Test func `jsonl keeps the nanosecond and all labels`() async throws {
        let (code, output, _) = try await run(["query", "{level=\"error\"}", "--output", "jsonl"] + window)
        #expect(code == 0)
        #expect(
            output == """
                {"timestamp":"\(time(1).exact)","labels":{"app":"web",\
                "level":"error"},"line":"boom {\\"a\\":1}"}

                """)
    }

    @Test func `a metric query prints its points`() async throws {
        let (code, output, errors) = try await run(
            ["query", "sum(count_over_time({app=\"web\"}[3h]))", "--step", "2h"] + window)
        #expect(code == 0, "\(errors)")
        #expect(output == "\(time(3_600_000_000_000).milliseconds) {} 2\n")
    }

    @Test func `nothing found is no error`() async throws {
        let (code, output, errors) = try await run(["query", "{app=\"nobody\"}"] + window)
        #expect(code == 0)
        #expect(output.isEmpty && errors.isEmpty)
    }

    @Test func `a bad query shows Loki's message with a caret under the column`() async throws {
        let (code, output, errors) = try await run(["query", "{app=}"])
        #expect(code == 1)
        #expect(output.isEmpty)
        let lines = errors.split(separator: "\n")
        #expect(lines.first == "weir: parse error at line 1, col 6: syntax error: unexpected }, expecting STRING")
        #expect(lines.dropFirst() == ["{app=}", "     ^"])
    }

    @Test func `labels and series print one per line`() async throws {
        #expect(try await run(["labels"] + window).output == "app\nlevel\n")
        #expect(try await run(["labels", "level"] + window).output == "error\ninfo\n")
        let series = try await run(["series"] + window)
        #expect(series.output == "{app=\"web\", level=\"error\"}\n{app=\"web\", level=\"info\"}\n", "\(series.errors)")
    }

    @Test func `the address may come from the environment`() async throws {
        for name in ["WEIR_ADDR", "LOKI_ADDR"] {
            let process = try WeirProcess(["labels"] + window, environment: [name: server.address])
            #expect(await process.waitForExit() == 0)
            #expect(process.output == "app\nlevel\n")
        }
    }

    @Test func `a terminal gets colours unless NO_COLOR is set`() async throws {
        let question = "\(WeirProcess.program) query '{app=\"web\"}' --addr \(server.address) "
        let command = question + window.joined(separator: " ")
        // `script` gives the command a terminal of its own.
        let process = try WeirProcess(["-qec", command, "/dev/null"], command: "script")
        #expect(await process.waitForExit() == 0)
        #expect(process.output.contains("\u{1b}[31mboom"), "\(process.output)")
        let plain = try WeirProcess(["-qec", command, "/dev/null"], environment: ["NO_COLOR": "1"], command: "script")
        #expect(await plain.waitForExit() == 0)
        #expect(plain.output.contains("boom") && !plain.output.contains("\u{1b}["), "\(plain.output)")
    }

    @Test func `tail prints lines as they arrive, each once`() async throws {
        let tail = try WeirProcess(["tail", "{app=\"live\"}", "-o", "raw", "--addr", server.address])
        let now = SystemClock().now()
        try server.push(["app": "live"], lines: ["first"], start: now)
        #expect(await eventually { tail.output == "first\n" }, "\(tail.output) \(tail.errors)")
        try server.push(["app": "live"], lines: ["second"], start: now + 1)
        #expect(await eventually { tail.output == "first\nsecond\n" }, "\(tail.output) \(tail.errors)")
        tail.signal(2)
        #expect(await tail.waitForExit() != nil)
    }

    @Test func `inspect prints the WAL and the catalogue of a running server`() async throws {
        let wal = try WeirProcess(["inspect", "wal", server.folder.path + "/data/wal"])
        #expect(await wal.waitForExit() == 0)
        #expect(wal.output.contains("LSN 1"), "\(wal.output) \(wal.errors)")
        let missing = try WeirProcess(["inspect", "wal", server.folder.path + "/nothing"])
        #expect(await missing.waitForExit() == 1)
        #expect(missing.errors.contains("/nothing"), "\(missing.errors)")
    }

    @Test func `version and help exit with 0, unknown commands with 64`() async throws {
        for (arguments, code) in [(["--version"], 0), (["--help"], 0), (["frobnicate"], 64)] {
            #expect(await (try WeirProcess(arguments)).waitForExit() == Int32(code))
        }
    }
}
