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

    private let endpoints: Endpoints
    private let bodyBytesMax: Int
    private let clock: any WallClock
    private let date = DateField()
    private let logger: Logger

    init(endpoints: @escaping Endpoints, bodyBytesMax: Int, clock: any WallClock, logger: Logger) {
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
        let answer: APIResponse
        do {
            var decoded = try await APIRequest(
                reading: request, bodyBytesMax: bodyBytesMax, arrival: Timestamp(nanoseconds: arrival))
            if isHead { decoded.method = "GET" }
            let wantsGzip = BodyCompression.isWanted(decoded.headers["accept-encoding"])
            var plain = await ask(decoded, abandonment)
            if wantsGzip { await BodyCompression.compress(&plain) }
            answer = plain
        } catch let refusal as RequestError {
            answer = Self.answer(to: refusal)
        }
        let head = makeHead(answer, at: arrival)
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
                "method": "\(request.method.rawValue)", "target": "\(request.head.path ?? "")",
                "status": "\(answer.status)", "bytes": "\(answer.body.count)",
                "milliseconds": "\((clock.now() - arrival) / Timestamp.nanosecondsPerMillisecond)",
            ])
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
