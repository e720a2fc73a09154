import Foundation
import Testing
import WeirTesting

/// `weir export` and `weir import`: what one server holds arrives in another.
@Suite struct TransferTests {
    let folder = TemporaryFolder()

    private func run(_ arguments: [String]) async throws -> (code: Int32?, output: String, errors: String) {
        let process = try WeirProcess(arguments)
        let code = await process.waitForExit()
        return (code, process.output, process.errors)
    }

    /// A stretch around the lines of a server.
    private func window(_ server: TestServer) -> [String] {
        ["--from", String(server.start - 1), "--to", String(server.start + 3_600_000_000_000)]
    }

    private func write(_ text: String, to name: String) throws -> String {
        let path = folder.path + "/" + name
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    @Test func `pages lose and repeat nothing, even where they end between rows of one instant`() async throws {
        let first = try await TestServer()
        let second = try await TestServer()
        var lines: [String] = []
        for row in 0..<700 {
            let metadata = row % 4 == 0 ? ",\"metadata\":{\"trace\":\"t\(row)\"}" : ""
            lines.append(
                "{\"timestamp\":\(first.start + Int64(row / 90) * 1_000_000),"
                    + "\"labels\":{\"app\":\"a\(row % 3)\"},\"line\":\"caf\\u00e9 \(row / 2)\"\(metadata)}")
        }
        let input = try write(lines.joined(separator: "\n") + "\n", to: "input.ndjson")
        let taken = try await run(["import", input, "--addr", first.address])
        #expect(taken.code == 0 && taken.errors == "700 lines\n", "\(taken.errors)")
        let export = ["export", "{app=~\".+\"}", "--page", "40"] + window(first)
        let once = try await run(export + ["--addr", first.address])
        #expect(once.code == 0, "\(once.errors)")
        #expect(once.output.split(separator: "\n").count == 700)

        let copy = try write(once.output, to: "copy.ndjson")
        #expect(try await run(["import", copy, "--addr", second.address]).code == 0)
        let twice = try await run(export + ["--addr", second.address])
        #expect(twice.output.split(separator: "\n").sorted() == once.output.split(separator: "\n").sorted())
        #expect(twice.output.contains(#""metadata":{"trace":"t4"}"#))
    }

    @Test func `plain text takes the time it starts with, and lines without one that of the line before`() async throws
    {
        let server = try await TestServer()
        let text = "2026-11-20T10:00:00.5Z started\n  at main\n\n2026-11-20T10:00:01Z stopped"
        let input = try write(text, to: "old.log")
        #expect(try await run(["import", input, "--label", "job=old", "--addr", server.address]).code == 0)
        let range = ["--from", "2026-11-20T10:00:00Z", "--to", "2026-11-20T11:00:00Z", "--addr", server.address]
        let raw = try await run(["export", "{job=\"old\"}", "-o", "raw"] + range)
        #expect(
            raw.output == "2026-11-20T10:00:00.5Z started\n  at main\n2026-11-20T10:00:01Z stopped\n", "\(raw.errors)")
        let narrowed = try await run(["export", "{job=\"old\"} |= \"main\""] + range)
        #expect(narrowed.output.contains(#""timestamp":"2026-11-20T10:00:00.500000000Z""#), "\(narrowed.output)")
    }

    @Test func `what cannot be imported is named with its file and line`() async throws {
        let server = try await TestServer()
        let input = try write(
            "{\"timestamp\":1,\"labels\":{\"a\":\"b\"},\"line\":\"x\"}\n{\"labels\":{}}\n", to: "bad.ndjson")
        let bad = try await run(["import", input, "--addr", server.address])
        #expect(bad.code == 1)
        #expect(bad.errors == "weir: \(input):2: the object has no line\n")
        let plain = try await run(["import", try write("x\n", to: "plain"), "--addr", server.address])
        #expect(plain.errors.contains("pass --label name=value"))
        let metric = try await run(["export", "count_over_time({a=\"b\"}[1m])", "--addr", server.address])
        #expect(metric.code == 1 && metric.errors.contains("cannot be exported"), "\(metric.errors)")
    }
}
