internal import AsyncHTTPClient
internal import FoundationEssentials
internal import NIOCore
internal import NIOHTTP1

/// Asks a server that speaks Loki's HTTP API.
struct WeirClient: Sendable {
    /// Scheme, host and port.
    let address: String
    /// Sent with every request: tenant and token.
    var headers: [(name: String, value: String)] = []
    /// How `https` is spoken.
    var tls = ClientTLS()

    /// A client of a server that asks for nothing; see ``ServerAddress/client`` for others.
    init(address: String) {
        self.address = address
    }

    /// Answers are held in memory as a whole; a larger one is an error instead of a machine out of memory.
    private static let answerBytesMax = 1 << 30

    /// Entries or samples over a range.
    ///
    /// - Parameter keepsMetadataApart: whether structured metadata come as such instead of among the labels.
    func queryRange(
        _ query: String, _ parameters: [(name: String, value: String)], keepsMetadataApart: Bool = false
    ) async throws -> QueryAnswer {
        let headers =
            keepsMetadataApart ? [(name: "X-Loki-Response-Encoding-Flags", value: "categorize-labels")] : []
        return try await ask(
            "/loki/api/v1/query_range", [("query", query)] + parameters, headers: headers, about: query)
    }

    /// How a query would be answered, and how much there is for it to look at.
    func explain(_ query: String, _ parameters: [(name: String, value: String)]) async throws -> ExplainAnswer {
        try await ask("/weir/api/v1/explain", [("query", query)] + parameters, about: query)
    }

    /// The names of labels.
    func labelNames(_ parameters: [(name: String, value: String)]) async throws -> [String] {
        try await (ask("/loki/api/v1/labels", parameters, about: nil) as NamesAnswer).data ?? []
    }

    /// The values of a label.
    func labelValues(of name: String, _ parameters: [(name: String, value: String)]) async throws -> [String] {
        let path = "/loki/api/v1/label/\(FormPairs.escape(name))/values"
        return try await (ask(path, parameters, about: nil) as NamesAnswer).data ?? []
    }

    /// The label sets that match any of the selectors.
    func series(_ parameters: [(name: String, value: String)]) async throws -> [[String: String]] {
        let selector = parameters.first { $0.name == "match[]" }?.value
        return try await (ask("/loki/api/v1/series", parameters, about: selector) as SeriesAnswer).data ?? []
    }

    /// What an agent follows.
    func agentTargets() async throws -> AgentTargetsAnswer {
        try await ask("/weir/agent/v1/targets", [], about: nil)
    }

    /// The rules of the server, with their state.
    func rules() async throws -> RulesAnswer {
        try await ask("/prometheus/api/v1/rules", [], about: nil)
    }

    /// What rules in YAML would have done, as the server's JSON.
    func backtest(_ yaml: [UInt8], _ parameters: [(name: String, value: String)]) async throws -> [UInt8] {
        let body = try await answer("/weir/api/v1/rules/backtest", parameters, posting: yaml, about: nil)
        return Array(body.readableBytesView)
    }

    /// Reads an answer.
    func decode<Answer: Decodable>(_ body: [UInt8]) throws -> Answer {
        do {
            return try JSONDecoder().decode(Answer.self, from: Data(body))
        } catch {
            throw ClientError.unexpected(address: address, reason: "\(error)")
        }
    }

    /// Has the server send its store, and gives the archive to `body` piece by piece.
    func backup(_ body: (ByteBuffer) throws -> Void) async throws {
        var request = HTTPClientRequest(url: address + "/weir/api/v1/backup")
        request.method = .POST
        let response = try await execute(request, timeout: .hours(24))
        guard response.status == .ok else { throw try await Self.refusal(response) }
        do {
            for try await piece in response.body { try body(piece) }
        } catch let error as any OneLineError {
            throw error
        } catch {
            throw ClientError.unreachable(address: address, reason: OutboundHTTP.reason(of: error))
        }
    }

    /// Asks for something whose answer is text or nothing.
    ///
    /// - Returns: the answer's body.
    func send(
        _ method: HTTPMethod, _ path: String, _ parameters: [(name: String, value: String)], about query: String? = nil
    ) async throws -> String {
        let pairs = parameters.map { FormPairs.escape($0.name) + "=" + FormPairs.escape($0.value) }
        var request = HTTPClientRequest(url: address + path + "?" + pairs.joined(separator: "&"))
        request.method = method
        let response = try await execute(request, timeout: .minutes(10))
        guard (200..<300).contains(response.status.code) else {
            throw try await Self.refusal(response, about: query)
        }
        return String(buffer: try await response.body.collect(upTo: Self.answerBytesMax))
    }

    private func execute(_ request: HTTPClientRequest, timeout: TimeAmount) async throws -> HTTPClientResponse {
        var request = request
        request.headers.add(name: "User-Agent", value: "weir/\(Version.number)")
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        do {
            return try await OutboundHTTP.client(tls).execute(request, timeout: timeout)
        } catch let failure as StartFailure {
            throw failure
        } catch {
            throw ClientError.unreachable(address: address, reason: OutboundHTTP.reason(of: error))
        }
    }

    private static func refusal(
        _ response: HTTPClientResponse, about query: String? = nil
    ) async throws -> ClientError {
        var message = String(buffer: try await response.body.collect(upTo: 1 << 20))
        while message.last?.isNewline == true { message.removeLast() }
        return .refused(status: Int(response.status.code), message: message, query: query)
    }

    /// Asks a path and decodes its answer.
    ///
    /// - Parameter query: the text that a refusal is about.
    func ask<Answer: Decodable>(
        _ path: String, _ parameters: [(name: String, value: String)],
        headers: [(name: String, value: String)] = [], about query: String?
    ) async throws -> Answer {
        try decode(Array(try await answer(path, parameters, headers: headers, about: query).readableBytesView))
    }

    /// The body of an answer; a GET request, unless there is something to post.
    private func answer(
        _ path: String, _ parameters: [(name: String, value: String)],
        headers: [(name: String, value: String)] = [], posting posted: [UInt8]? = nil, about query: String?
    ) async throws -> ByteBuffer {
        let pairs = parameters.map { FormPairs.escape($0.name) + "=" + FormPairs.escape($0.value) }
        var request = HTTPClientRequest(url: address + path + "?" + pairs.joined(separator: "&"))
        request.headers.add(name: "User-Agent", value: "weir/\(Version.number)")
        for (name, value) in self.headers + headers { request.headers.add(name: name, value: value) }
        if let posted {
            request.method = .POST
            request.body = .bytes(ByteBuffer(bytes: posted))
        }
        let response: HTTPClientResponse
        let body: ByteBuffer
        do {
            response = try await OutboundHTTP.client(tls).execute(request, timeout: .minutes(10))
            body = try await response.body.collect(upTo: Self.answerBytesMax)
        } catch let failure as StartFailure {
            throw failure
        } catch {
            throw ClientError.unreachable(address: address, reason: OutboundHTTP.reason(of: error))
        }
        guard response.status == .ok else {
            var message = String(buffer: body)
            while message.last?.isNewline == true { message.removeLast() }
            throw ClientError.refused(status: Int(response.status.code), message: message, query: query)
        }
        return body
    }
}
