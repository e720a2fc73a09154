import Foundation
import Testing
import WeirTesting

/// What cannot work is said in one line, with exit code 1.
@Suite struct RefusalTests {
    private func refusal(_ arguments: [String]) async throws -> String {
        let process = try WeirProcess(arguments)
        #expect(await process.waitForExit() == 1)
        let lines = process.errors.split(separator: "\n")
        #expect(lines.count == 1, "\(process.errors)")
        return String(lines.last ?? "")
    }

    private func serve(port: Int, data: String) async throws -> String {
        try await refusal(["serve", "--server.http-listen-port", "\(port)", "--data", data])
    }

    @Test func `a port in use is named`() async throws {
        let server = try await TestServer()
        let folder = TemporaryFolder()
        let line = try await serve(port: server.port, data: folder.path + "/data")
        #expect(line.contains("cannot listen on 127.0.0.1:\(server.port): Address already in use"), "\(line)")
    }

    @Test func `a port that is none is named`() async throws {
        let line = try await serve(port: 70_000, data: TemporaryFolder().path + "/data")
        #expect(line.contains("cannot listen on port 70000"), "\(line)")
    }

    @Test func `a second process on the same data folder is told who has it`() async throws {
        let server = try await TestServer()
        let line = try await serve(port: 0, data: server.folder.path + "/data")
        #expect(line.contains("is held by pid \(server.process.id)"), "\(line)")
    }

    @Test func `a data folder that cannot be created is named`() async throws {
        let folder = TemporaryFolder()
        try "".write(toFile: folder.path + "/file", atomically: true, encoding: .utf8)
        let line = try await serve(port: 0, data: folder.path + "/file/data")
        #expect(line.contains(folder.path + "/file"), "\(line)")
        #expect(line.contains("Not a directory"), "\(line)")
    }

    @Test func `a missing configuration file is named`() async throws {
        let line = try await refusal(["serve", "--config.file", "/nowhere/weir.yaml"])
        #expect(line.contains("/nowhere/weir.yaml: No such file or directory"), "\(line)")
    }

    @Test func `a configuration that is no YAML is named with line and column`() async throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/broken.yaml"
        try "server:\n  http_listen_port: [3100\n".write(toFile: path, atomically: true, encoding: .utf8)
        let line = try await refusal(["serve", "--config.file", path])
        #expect(line.contains("broken.yaml:3:1: error: "), "\(line)")
    }

    @Test func `a misspelt key is named with the nearest known one, and the server starts`() async throws {
        let server = try await TestServer(more: "limits_confg: {max_line_size: 1KB}\n")
        #expect(server.process.errors.contains("weir.yaml:4:1: "), "\(server.process.errors)")
        #expect(server.process.errors.contains("limits_config"), "\(server.process.errors)")
    }

    @Test func `a server that is not there is named with what to do`() async throws {
        let line = try await refusal(["labels", "--addr", "127.0.0.1:1"])
        #expect(line.contains("cannot reach http://127.0.0.1:1: Connection refused"), "\(line)")
        #expect(line.contains("weir run"), "\(line)")
    }
}
