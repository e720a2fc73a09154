import Foundation
import Testing
import WeirSystem
import WeirTesting

/// The real agent and the real server, both killed again and again while containers write and rotate.
@Suite struct AgentTortureTests {
    /// Writes Docker records into a log that is rotated as `max-size` and `max-file` do.
    private final class Writer {
        let path: String
        private let filesMax: Int
        private(set) var number = 0
        /// The numbers of the lines in each file that is still there, the present one first.
        private(set) var files: [[Int]] = [[]]
        private var nanoseconds = SystemClock().now()

        init(in folder: String, filesMax: Int) throws {
            self.filesMax = filesMax
            let id = String(repeating: "c3", count: 32)
            try FileManager.default.createDirectory(atPath: folder + "/" + id, withIntermediateDirectories: true)
            try #"{"ID":"\#(id)","Name":"/torture","Config":{"Image":"i","Labels":{}}}"#.write(
                toFile: folder + "/\(id)/config.v2.json", atomically: true, encoding: .utf8)
            path = folder + "/\(id)/\(id)-json.log"
            _ = FileManager.default.createFile(atPath: path, contents: nil)
        }

        func write(_ count: Int) throws {
            var text = ""
            for _ in 0..<count {
                number += 1
                files[0].append(number)
                nanoseconds += 1
                text +=
                    #"{"log":"line \#(number)\n","stream":"stdout","time":"\#(CivilTime(nanoseconds: nanoseconds).exact)"}"#
                    + "\n"
            }
            guard let file = FileHandle(forWritingAtPath: path) else { throw TestFailure("no \(path)") }
            try file.seekToEnd()
            try file.write(contentsOf: Data(text.utf8))
            try file.close()
        }

        func rotate() throws {
            let manager = FileManager.default
            try? manager.removeItem(atPath: "\(path).\(filesMax - 1)")
            for number in stride(from: filesMax - 2, through: 1, by: -1) {
                try? manager.moveItem(atPath: "\(path).\(number)", toPath: "\(path).\(number + 1)")
            }
            try manager.moveItem(atPath: path, toPath: path + ".1")
            _ = manager.createFile(atPath: path, contents: nil)
            files.insert([], at: 0)
            if files.count > filesMax { files.removeLast() }
        }
    }

    private func agent(_ server: TestServer, port: Int) throws -> WeirProcess {
        let configuration = server.folder.path + "/agent.yaml"
        try """
        server: {disable: true}
        positions: {filename: \(server.folder.path)/positions.yaml}
        clients:
          - url: http://127.0.0.1:\(port)/loki/api/v1/push
            batchwait: 20ms
            backoff_config: {min_period: 10ms, max_period: 100ms}
        docker: {containers_folder: \(server.folder.path)/containers}
        """.write(toFile: configuration, atomically: true, encoding: .utf8)
        return try WeirProcess(["agent", "--config.file", configuration])
    }

    @Test(arguments: [1, 2] as [UInt64])
    func `what is on the disk is on the server, once, whoever was killed`(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let server = try await TestServer("serve")
        let writer = try Writer(in: server.folder.path + "/containers", filesMax: 3)
        try writer.write(10)
        var agent = try agent(server, port: server.port)
        #expect(try await eventually { try server.lines(of: #"{container="torture"}"#).count == 10 })
        for _ in 0..<8 {
            try writer.write(Int.random(in: 100...1500, using: &random))
            switch Int.random(in: 0..<4, using: &random) {
            case 0: try writer.rotate()
            case 1:
                agent.kill()
                try writer.write(300)
                if Bool.random(using: &random) { try writer.rotate() }
                agent = try self.agent(server, port: server.port)
            case 2:
                // Its port is another one afterwards, so the agent is told.
                server.process.kill()
                try writer.write(300)
                try await server.restart()
                agent.kill()
                agent = try self.agent(server, port: server.port)
            default:
                let last = "line \(writer.number)"
                #expect(try await eventually { try server.lines(of: #"{container="torture"}"#).last == last })
            }
        }
        let wanted = writer.files.reversed().flatMap { $0 }.map { "line \($0)" }
        let arrived = try await eventually {
            Set(wanted).subtracting(try server.lines(of: #"{container="torture"}"#)).isEmpty
        }
        let found = try server.lines(of: #"{container="torture"}"#)
        #expect(arrived, "\(Set(wanted).subtracting(found).count) of \(wanted.count) lines are missing")
        #expect(Set(found).count == found.count, "lines are there twice")
    }

    @Test func `a hangup reloads the file without losing a line, and a broken one changes nothing`() async throws {
        let server = try await TestServer("serve")
        let folder = server.folder.path
        func configure(_ text: String) throws {
            try text.write(toFile: folder + "/agent.yaml", atomically: true, encoding: .utf8)
        }
        func text(job: String) -> String {
            """
            server: {disable: true}
            positions: {filename: \(folder)/positions.yaml}
            clients: [{url: "http://127.0.0.1:\(server.port)/loki/api/v1/push", batchwait: 20ms}]
            scrape_configs:
              - job_name: \(job)
                static_configs: [{labels: {job: \(job), __path__: \(folder)/*.log}}]
            """
        }
        try configure(text(job: "before"))
        let log = folder + "/app.log"
        try "one\n".write(toFile: log, atomically: false, encoding: .utf8)
        let agent = try WeirProcess(["agent", "--config.file", folder + "/agent.yaml"])
        func append(_ line: String) throws {
            let file = try #require(FileHandle(forWritingAtPath: log))
            try file.seekToEnd()
            try file.write(contentsOf: Data((line + "\n").utf8))
            try file.close()
        }
        #expect(try await eventually { try server.lines(of: #"{job="before"}"#) == ["one"] })
        try configure("clients: [")
        agent.signal(1)
        #expect(await eventually { agent.errors.contains("not reloaded") })
        try append("two")
        #expect(try await eventually { try server.lines(of: #"{job="before"}"#) == ["one", "two"] })
        try configure(text(job: "after"))
        agent.signal(1)
        // Where the old agents ended, the new ones go on; until they have taken over, lines are still the old job's.
        var number = 0
        #expect(
            try await eventually {
                number += 1
                try append("line \(number)")
                return try !server.lines(of: #"{job="after"}"#).isEmpty
            })
        let wanted = ["one", "two"] + (1...number).map { "line \($0)" }
        #expect(try await eventually { try server.lines(of: #"{job=~"before|after"}"#) == wanted })
        agent.signal(15)
        #expect(await agent.waitForExit() == 0)
    }
}
