internal import HTTPTypes
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import Synchronization
internal import WeirAPI
internal import WeirModel
internal import WeirSystem

/// Carries requests from the wire to the endpoints and answers back.
struct RequestResponder: Sendable {
    /// What answers: the endpoint table of a server, or the few operational paths of an agent.
    typealias Endpoints = @Sendable (APIRequest) async -> APIResponse

    private let gate: TenantGate?
    private let endpoints: Endpoints
    private let bodyBytesMax: Int
    private let clock: any WallClock
    private let date = DateField()
    private let numbers = RequestNumbers()
    private let logger: Logger

    /// - Parameter gate: refuses requests before their body is read; nil lets all pass.
    init(gate: TenantGate?, endpoints: @escaping Endpoints, bodyBytesMax: Int, clock: any WallClock, logger: Logger) {
        self.gate = gate
        self.endpoints = endpoints
        self.bodyBytesMax = bodyBytesMax
        self.clock = clock
        self.logger = logger
    }

    /// Answers one request. A `HEAD` is answered as the `GET` would be, without the body.
    ///
    /// - Throws: what the connection throws; it is then closed.
    @concurrent func respond(
        to request: Request, _ writer: consuming ResponseWriter, abandonment: Abandonment
    ) async throws {
        let arrival = clock.now()
        let isHead = request.method == .head
        let id = numbers.identifier(from: request.headers[.requestID])
        let answer: APIResponse
        do {
            answer = try await take(request, at: arrival, abandonment)
        } catch let refusal as RequestError {
            answer = Self.answer(to: refusal)
        }
        var head = makeHead(answer, at: arrival)
        head.headerFields[.requestID] = id
        if let stream = answer.stream, !isHead {
            var body = try await writer.writeHead(head)
            try await stream { try await body.write(ByteBuffer(bytes: $0)) }
            try await body.finish(nil)
        } else if isHead || answer.body.isEmpty {
            try await writer.writeResponse(head)
        } else {
            try await writer.write(response: head, body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
        }
        logger.debug(
            "request",
            metadata: [
                "id": "\(id)", "method": "\(request.method.rawValue)", "target": "\(request.head.path ?? "")",
                "status": "\(answer.status)", "bytes": "\(answer.body.count)",
                "milliseconds": "\((clock.now() - arrival) / Timestamp.nanosecondsPerMillisecond)",
            ])
    }

    private func take(_ request: Request, at arrival: Int64, _ abandonment: Abandonment) async throws -> APIResponse {
        var decoded = try APIRequest(head: request, arrival: Timestamp(nanoseconds: arrival))
        if let refusal = gate?.refusal(of: &decoded) { return refusal }
        try await decoded.readBody(of: request, bytesMax: bodyBytesMax)
        if request.method == .head { decoded.method = "GET" }
        let wantsGzip = BodyCompression.isWanted(decoded.headers["accept-encoding"])
        var answer = await ask(decoded, abandonment)
        if wantsGzip { await BodyCompression.compress(&answer) }
        return answer
    }

    /// Questions end with their client. A push does not: once it has arrived it is cheaper to keep than to take again.
    private func ask(_ request: APIRequest, _ abandonment: Abandonment) async -> APIResponse {
        if request.method == "POST", request.parameters.isEmpty { return await endpoints(request) }
        return await abandonment.cancelling { [endpoints] in await endpoints(request) }
    }

    private func makeHead(_ answer: APIResponse, at instant: Int64) -> HTTPResponse {
        var head = HTTPResponse(status: .init(code: answer.status))
        for (name, value) in answer.headers {
            guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is no header field name") }
            head.headerFields.append(HTTPField(name: name, value: value))
        }
        if answer.status != 204, answer.stream == nil { head.headerFields[.contentLength] = String(answer.body.count) }
        head.headerFields[.date] = date.value(at: instant)
        return head
    }

    private static func answer(to refusal: RequestError) -> APIResponse {
        switch refusal {
        case .invalid(let reason):
            .text(reason, status: 400)
        case .tooLarge(let limit):
            .text("request body is larger than \(limit) bytes", status: 413)
        }
    }
}

/// The `Date` header, made once a second.
private final class DateField: Sendable {
    private let latest = Mutex((second: Int64.min, text: ""))

    func value(at nanoseconds: Int64) -> String {
        let second = nanoseconds / Timestamp.nanosecondsPerSecond
        return latest.withLock { latest in
            if latest.second != second { latest = (second, CivilTime(nanoseconds: nanoseconds).header) }
            return latest.text
        }
    }
}
