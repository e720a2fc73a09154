import Foundation
import WeirSystem
import WeirTesting

/// A `weir serve` of its own in an empty folder, on a port that the system chose.
final class TestServer {
    let folder = TemporaryFolder()
    private(set) var process: WeirProcess
    private(set) var port: Int

    /// An instant a moment ago, whole milliseconds, near which tests place their lines.
    let start = (SystemClock().now() / 1_000_000 - 600_000) * 1_000_000

    private let arguments: [String]

    /// Starts it and waits until it is ready.
    ///
    /// - Parameters:
    ///   - command: `serve` or `run`.
    ///   - server: keys added to `server`.
    ///   - more: lines of YAML added to the configuration; `DATA` stands for the test's folder.
    init(_ command: String = "serve", more: String = "", server: String = "") async throws {
        let configuration = folder.path + "/weir.yaml"
        let text = """
            server: {http_listen_address: 127.0.0.1, http_listen_port: 0, log_level: warn\(server.isEmpty ? "" : ", " + server)}
            common: {path_prefix: DATA/data}
            limits_config: {discover_service_name: [], discover_log_levels: false}

            """ + more
        try text.replacing("DATA", with: folder.path).write(toFile: configuration, atomically: true, encoding: .utf8)
        arguments = [command, "--config.file", configuration]
        process = try WeirProcess(arguments)
        port = 0
        port = try await Self.readyPort(of: process)
    }

    /// Configuration that makes `run` follow the containers below the test's folder.
    static let docker = """
        agent:
          docker: {containers_folder: DATA/containers, labels: {job: docker}}

        """

    /// Starts it again after it has ended.
    func restart() async throws {
        process = try WeirProcess(arguments)
        port = try await Self.readyPort(of: process)
    }

    /// The address that the banner names, for commands.
    var address: String { "http://127.0.0.1:\(port)" }

    /// Waits for the line that names the address, then for `/ready`.
    static func readyPort(of process: WeirProcess) async throws -> Int {
        var port: Int?
        let isReady = await eventually {
            guard process.isRunning else { return true }
            port = port ?? Self.announcedPort(process.output)
            guard let port, let reply = try? HTTPConnection(port: port).ask("GET", "/ready") else { return false }
            return reply.status == 200
        }
        guard isReady, process.isRunning, let port else {
            throw TestFailure("the server did not start: \(process.errors)")
        }
        return port
    }

    /// The port in `… http://127.0.0.1:4711 …`.
    static func announcedPort(_ output: String) -> Int? {
        guard let start = output.firstRange(of: "http://127.0.0.1:") else { return nil }
        let digits = output[start.upperBound...].prefix { $0.isNumber }
        // The rest of the line shows that the number is complete.
        guard output[digits.endIndex...].contains("\n") else { return nil }
        return Int(digits)
    }

    /// Pushes lines to one stream, at consecutive nanoseconds from `start`.
    func push(_ labels: [String: String], lines: [String], start: Int64) throws {
        let body = Self.pushBody(labels, lines: lines, start: start)
        let headers = ["Content-Type": "application/json"]
        let reply = try HTTPConnection(port: port).ask("POST", "/loki/api/v1/push", headers: headers, body: body)
        guard reply.status == 204 else { throw TestFailure("push answered \(reply.status): \(reply.text)") }
    }

    /// A push body in JSON.
    static func pushBody(_ labels: [String: String], lines: [String], start: Int64) -> [UInt8] {
        let values = lines.enumerated().map { [String(start + Int64($0.offset)), $0.element] }
        let body: [String: Any] = ["streams": [["stream": labels, "values": values]]]
        return Array(try! JSONSerialization.data(withJSONObject: body))
    }

    /// All lines of a query, oldest first, however many there are.
    func lines(of query: String) throws -> [String] {
        try entries(of: query).map(\.line)
    }

    /// All entries of a query over the days around now, oldest first, page by page.
    func entries(of query: String) throws -> [(nanoseconds: Int64, line: String)] {
        var found: [(nanoseconds: Int64, line: String)] = []
        let day: Int64 = 86_400_000_000_000
        var start = self.start - 2 * day
        let end = self.start + day
        let limit = 5000
        let connection = try HTTPConnection(port: port)
        while true {
            let pairs = [("query", query), ("start", "\(start)"), ("end", "\(end)"), ("limit", "\(limit)")]
            let text = pairs.map { "\($0)=\($1.addingPercentEncoding(withAllowedCharacters: .alphanumerics)!)" }
            let target = "/loki/api/v1/query_range?direction=forward&" + text.joined(separator: "&")
            let reply = try connection.ask("GET", target)
            guard reply.status == 200 else { throw TestFailure("query answered \(reply.status): \(reply.text)") }
            var page = try Self.entries(in: reply.body)
            // A full page ends in the middle of an instant at worst; that instant is asked for again.
            guard page.count == limit, let last = page.last?.nanoseconds, last > page[0].nanoseconds else {
                return found + page
            }
            page.removeAll { $0.nanoseconds == last }
            found += page
            start = last
        }
    }

    private static func entries(in body: [UInt8]) throws -> [(nanoseconds: Int64, line: String)] {
        struct Answer: Decodable {
            struct Payload: Decodable { let result: [Stream] }
            struct Stream: Decodable { let values: [[String]] }
            let data: Payload
        }
        let answer = try JSONDecoder().decode(Answer.self, from: Data(body))
        let entries = answer.data.result.flatMap(\.values).map { (nanoseconds: Int64($0[0])!, line: $0[1]) }
        return entries.sorted { $0.nanoseconds < $1.nanoseconds }
    }

    /// The bytes in one gzip member, stored without compression, so that tests need no codec.
    static func gzip(_ bytes: [UInt8]) -> [UInt8] {
        precondition(bytes.count <= 0xffff)
        func little(_ value: UInt32, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> (8 * $0) & 0xff) } }
        var crc: UInt32 = ~0
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
        }
        let count = UInt32(bytes.count)
        let header: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1]
        return header + little(count, 2) + little(~count, 2) + bytes + little(~crc, 4) + little(count, 4)
    }
}

/// Why a test cannot go on.
struct TestFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
