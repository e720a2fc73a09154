internal import AsyncHTTPClient
internal import FoundationEssentials
internal import NIOCore
internal import NIOHTTP1

/// Asks the notifier of a server, by Alertmanager's API.
struct AlertClient: Sendable {
    /// Scheme, host and port.
    let address: String

    private static let answerBytesMax = 256 << 20
    private static let root = "/alertmanager/api/v2"

    /// An alert as the API shows it.
    struct Alert: Decodable {
        struct Receiver: Decodable { let name: String }
        struct Status: Decodable {
            let state: String
            let silencedBy: [String]
            let inhibitedBy: [String]
        }
        let labels: [String: String]
        let annotations: [String: String]
        let startsAt: String
        let receivers: [Receiver]
        let status: Status
    }

    /// A silence as the API shows it.
    struct Silence: Decodable {
        struct Matcher: Decodable {
            let name: String
            let value: String
            let isRegex: Bool
            let isEqual: Bool?
        }
        struct Status: Decodable { let state: String }
        let id: String
        let status: Status
        let matchers: [Matcher]
        let endsAt: String
        let createdBy: String
        let comment: String
    }

    /// What became of a test.
    struct TestResult: Decodable {
        let integration: String
        let delivered: Bool
        let detail: String
    }

    /// An attempt to tell somebody.
    struct Attempt: Decodable {
        let at: String
        let receiver: String
        let integration: String
        let groupKey: String
        let reason: String
        let outcome: String
        let detail: String
        let firing: Int
        let resolved: Int
    }

    /// What `POST /silences` answers.
    private struct SilenceAnswer: Decodable { let silenceID: String }
    private struct StatusAnswer: Decodable {
        struct Config: Decodable { let original: String }
        let config: Config
    }
    private struct ReceiverAnswer: Decodable { let name: String }

    /// The alerts that match all filters.
    func alerts(_ filters: [String]) async throws -> [Alert] {
        try await ask(.GET, Self.root + "/alerts", filters.map { ("filter", $0) })
    }

    /// All silences that are not forgotten.
    func silences(_ filters: [String]) async throws -> [Silence] {
        try await ask(.GET, Self.root + "/silences", filters.map { ("filter", $0) })
    }

    /// Creates a silence from its JSON and returns its id.
    func addSilence(_ body: [UInt8]) async throws -> String {
        try await (ask(.POST, Self.root + "/silences", body: body) as SilenceAnswer).silenceID
    }

    /// Ends a silence.
    func expireSilence(_ id: String) async throws {
        _ = try await send(.DELETE, Self.root + "/silence/" + FormPairs.escape(id), [], body: [])
    }

    /// The names of the receivers.
    func receivers() async throws -> [String] {
        try await (ask(.GET, Self.root + "/receivers") as [ReceiverAnswer]).map(\.name)
    }

    /// The configuration without secrets.
    func configuration() async throws -> String {
        try await (ask(.GET, Self.root + "/status") as StatusAnswer).config.original
    }

    /// The latest attempts to tell somebody.
    func history(limit: Int) async throws -> [Attempt] {
        try await ask(.GET, "/weir/api/v1/alerts/history", [("limit", "\(limit)")])
    }

    /// Sends a test to every integration of a receiver.
    func test(receiver: String, labels: [String]) async throws -> [TestResult] {
        var parameters: [(name: String, value: String)] = [("receiver", receiver)]
        for label in labels { parameters.append(("label", label)) }
        return try await ask(.POST, "/weir/api/v1/alerts/test", parameters)
    }

    /// Posts alerts as JSON.
    func post(_ body: [UInt8]) async throws {
        _ = try await send(.POST, Self.root + "/alerts", [], body: body)
    }

    private func ask<Answer: Decodable>(
        _ method: HTTPMethod, _ path: String, _ parameters: [(name: String, value: String)] = [], body: [UInt8] = []
    ) async throws -> Answer {
        let bytes = try await send(method, path, parameters, body: body)
        do { return try JSONDecoder().decode(Answer.self, from: Data(bytes)) } catch {
            throw ClientError.unexpected(address: address, reason: "\(error)")
        }
    }

    private func send(
        _ method: HTTPMethod, _ path: String, _ parameters: [(name: String, value: String)], body: [UInt8]
    ) async throws -> [UInt8] {
        let pairs = parameters.map { FormPairs.escape($0.name) + "=" + FormPairs.escape($0.value) }
        var request = HTTPClientRequest(url: address + path + (pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")))
        request.method = method
        request.headers.add(name: "User-Agent", value: "weir/\(Version.number)")
        if !body.isEmpty {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        let response: HTTPClientResponse
        let answer: ByteBuffer
        do {
            response = try await OutboundHTTP.client.execute(request, timeout: .minutes(2))
            answer = try await response.body.collect(upTo: Self.answerBytesMax)
        } catch {
            throw ClientError.unreachable(address: address, reason: OutboundHTTP.reason(of: error))
        }
        guard (200..<300).contains(response.status.code) else {
            let message = String(buffer: answer).split(whereSeparator: \.isNewline).joined(separator: " ")
            throw ClientError.refused(status: Int(response.status.code), message: message, query: nil)
        }
        return Array(answer.readableBytesView)
    }
}
