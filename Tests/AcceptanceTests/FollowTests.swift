import Foundation
import Testing
import WeirSystem
import WeirTesting

/// `weir run` on container folders, as Docker writes them.
@Suite struct FollowTests {
    /// One container's log file and the lines that went into it.
    final class Container {
        let name: String
        let path: String
        private(set) var written: [String] = []
        private var file: FileHandle
        private var nanoseconds = SystemClock().now()

        init(_ name: String, in folder: String) throws {
            self.name = name
            let id = String(repeating: name == "first" ? "a1" : "b2", count: 32)
            let home = folder + "/" + id
            try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
            let configuration = #"{"ID":"\#(id)","Name":"/\#(name)","Config":{"Image":"img","Labels":{}}}"#
            try configuration.write(toFile: home + "/config.v2.json", atomically: true, encoding: .utf8)
            path = home + "/\(id)-json.log"
            file = try Self.create(path)
        }

        /// Appends lines with the bytes that need escaping in JSON.
        func write(count: Int) throws {
            var text = ""
            for _ in 0..<count {
                let number = written.count
                let stamp = CivilTime(nanoseconds: nanoseconds).exact
                nanoseconds += 1
                written.append("\(name) \(number) \"q\" \\ / tab\t \u{1}\u{1b}[31m <&> \u{2028} é \u{1F600}")
                let log =
                    "\(name) \(number) \\\"q\\\" \\\\ / tab\\t \\u0001\\u001b[31m \\u003c\\u0026\\u003e \\u2028 é \u{1F600}"
                text += #"{"log":"\#(log)\n","stream":"stdout","time":"\#(stamp)"}"# + "\n"
            }
            try file.write(contentsOf: Data(text.utf8))
        }

        /// Renames the file and begins another, as Docker does.
        func rotate() throws {
            try FileManager.default.moveItem(atPath: path, toPath: path + ".1")
            file = try Self.create(path)
        }

        private static func create(_ path: String) throws -> FileHandle {
            guard FileManager.default.createFile(atPath: path, contents: nil),
                let file = FileHandle(forWritingAtPath: path)
            else { throw TestFailure("cannot create \(path)") }
            return file
        }

        /// Empties the file in place, as `truncate -s 0` and copytruncate do.
        func truncate() throws {
            try file.truncate(atOffset: 0)
        }
    }

    private func count(_ container: Container, on server: TestServer) throws -> Int {
        let query = "sum(count_over_time({container=\"\(container.name)\"}[1h]))"
        let text = query.addingPercentEncoding(withAllowedCharacters: .alphanumerics)!
        let reply = try HTTPConnection(port: server.port).ask("GET", "/loki/api/v1/query?query=\(text)")
        struct Answer: Decodable {
            struct Payload: Decodable { let result: [Sample] }
            struct Sample: Decodable { let value: [Value] }
            enum Value: Decodable {
                case seconds(Double), number(String)
                init(from decoder: any Decoder) throws {
                    let value = try decoder.singleValueContainer()
                    self = try (try? value.decode(String.self)).map(Value.number) ?? .seconds(value.decode(Double.self))
                }
            }
            let data: Payload
        }
        let answer = try JSONDecoder().decode(Answer.self, from: Data(reply.body))
        guard case .number(let text)? = answer.data.result.first?.value.last else { return 0 }
        return Int(text) ?? 0
    }

    private func waitUntilFollowed(_ container: Container, on server: TestServer) async throws {
        let isThere = try await eventually { try count(container, on: server) >= container.written.count }
        let found = try count(container, on: server)
        #expect(isThere, "\(container.name): \(found) of \(container.written.count)")
    }

    @Test func `a hundred thousand lines over a rotation and a truncation are there once, byte for byte`() async throws
    {
        let server = try await TestServer("run", more: TestServer.docker)
        let first = try Container("first", in: server.folder.path + "/containers")
        let second = try Container("second", in: server.folder.path + "/containers")
        for round in 0..<10 {
            try first.write(count: 2500)
            try second.write(count: 2500)
            // A file that is rotated before anybody has looked at its folder is nobody's to follow.
            if round == 0 { #expect(try await eventually { try count(first, on: server) > 0 }) }
        }
        try first.rotate()
        for _ in 0..<10 { try first.write(count: 2500) }
        // What a truncation takes away before it was read is gone for anybody, so it happens when all was read.
        try await waitUntilFollowed(second, on: server)
        try second.truncate()
        for _ in 0..<10 { try second.write(count: 2500) }
        for container in [first, second] {
            try await waitUntilFollowed(container, on: server)
            let found = try server.lines(of: "{container=\"\(container.name)\"}")
            #expect(found == container.written, "\(container.name): \(found.count) of \(container.written.count)")
        }
    }

    @Test func `an agent that is killed goes on where it was`() async throws {
        let server = try await TestServer("run", more: TestServer.docker)
        let container = try Container("first", in: server.folder.path + "/containers")
        for _ in 0..<5 {
            try container.write(count: 2000)
            let enough = container.written.count - 1000
            #expect(try await eventually { try count(container, on: server) >= enough })
            server.process.kill()
            try container.write(count: 500)
            try await server.restart()
        }
        try await waitUntilFollowed(container, on: server)
        #expect(try server.lines(of: "{container=\"first\"}") == container.written)
    }
}
