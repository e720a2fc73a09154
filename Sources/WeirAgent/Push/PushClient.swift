public import WeirModel
public import WeirSystem

/// A server that speaks Loki's push API as a destination.
///
/// Tries again after 429, 5xx and broken connections for as long as it takes: the files hold the lines meanwhile. Any
/// other refusal is final, since the same bytes would be refused again.
public struct PushClient: PushDestination {
    /// The configured name, or the URL.
    public let name: String

    private let configuration: ClientConfiguration
    private let sender: any HTTPSender
    private let random: any RandomSource
    private let pause: @Sendable (Duration) async throws -> Void
    private let report: @Sendable (PushEvent) -> Void

    /// Creates a client.
    ///
    /// - Parameters:
    ///   - sender: sends the requests.
    ///   - pause: waits between attempts; throws when the task is cancelled.
    ///   - report: is told of every attempt, for metrics and messages.
    public init(
        _ configuration: ClientConfiguration, sender: any HTTPSender,
        random: any RandomSource = SystemRandomSource(),
        pause: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        report: @escaping @Sendable (PushEvent) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.sender = sender
        self.random = random
        self.pause = pause
        self.report = report
        name = configuration.name.isEmpty ? configuration.url : configuration.name
    }

    /// Encodes rows as a protobuf push request with the client's external labels.
    public func prepare(_ lines: LineBatch, tenant: String?) -> PushParcel {
        let body = PushEncoding.encode(
            lines, externalLabels: configuration.externalLabels, compression: configuration.compression)
        return PushParcel(
            tenant: tenant, lineCount: lines.count, lineBytes: lines.lineBytes, content: .encoded(body))
    }

    /// Posts until the server takes or finally refuses the rows.
    public func deliver(_ parcel: PushParcel) async throws(CancellationError) -> DeliveryOutcome {
        guard case .encoded(let body) = parcel.content else {
            return .refused(reason: "rows", message: "the parcel was prepared for another destination")
        }
        var headers = requestHeaders(tenant: parcel.tenant)
        if let origin = parcel.origin { headers.append((name: PushOrigin.headerName, value: origin.description)) }
        var backoff = Backoff(configuration.backoff)
        while true {
            let start = ContinuousClock.now
            let attempt = await attempt(headers, body)
            var event = PushEvent(
                attempt, parcel: parcel, sentBytes: body.count, isError: isError(backoff, attempt))
            event.duration = ContinuousClock.now - start
            report(event)
            switch attempt {
            case .delivered: return .delivered
            case .refused(let status, let message):
                return .refused(reason: status == 400 ? "ingester_error" : "status_\(status)", message: message)
            case .retry(_, let retryAfter):
                if Task.isCancelled { throw CancellationError() }
                let wait = backoff.next(random: random.next(), retryAfter: retryAfter)
                do { try await pause(.nanoseconds(wait)) } catch { throw CancellationError() }
            }
        }
    }

    /// A problem is worth an error once it has lasted as many attempts as Promtail would make.
    private func isError(_ backoff: Backoff, _ attempt: PushAttempt) -> Bool {
        switch attempt {
        case .delivered: false
        case .refused: true
        case .retry: backoff.failures + 1 == configuration.backoff.attemptsBeforeError
        }
    }

    private func attempt(_ headers: [(name: String, value: String)], _ body: [UInt8]) async -> PushAttempt {
        do throws(HTTPSendError) {
            let answer = try await sender.post(
                url: configuration.url, headers: headers, body: body, timeout: configuration.timeout)
            return classify(answer)
        } catch {
            return .retry(reason: error.description, after: nil)
        }
    }

    private func classify(_ answer: HTTPAnswer) -> PushAttempt {
        if (200..<300).contains(answer.status) { return .delivered(status: answer.status) }
        let text = String(decoding: answer.bodyPrefix.prefix(512), as: UTF8.self)
        guard answer.status == 429 || answer.status >= 500 else {
            return .refused(status: answer.status, message: "server answered \(answer.status): \(text)")
        }
        let seconds = answer.header("Retry-After").flatMap { Int64($0) }.map { max(0, min($0, 86_400)) }
        return .retry(reason: "server answered \(answer.status): \(text)", after: seconds.map { $0 * 1_000_000_000 })
    }

    private func requestHeaders(tenant: String?) -> [(name: String, value: String)] {
        var headers = [
            (name: "Content-Type", value: "application/x-protobuf"),
            (name: "User-Agent", value: "weir-agent"),
        ]
        if configuration.compression == .gzip { headers.append((name: "Content-Encoding", value: "gzip")) }
        let owner = tenant ?? configuration.tenant
        if !owner.isEmpty { headers.append((name: "X-Scope-OrgID", value: owner)) }
        switch configuration.authorization {
        case .none: break
        case .basic(let user, let password):
            let pair = Array("\(user):\(password.revealed)".utf8)
            headers.append((name: "Authorization", value: "Basic " + Base64Text.encode(pair)))
        case .bearer(let token):
            headers.append((name: "Authorization", value: "Bearer " + token.revealed))
        // Files are read by whoever makes the client, who puts their contents here.
        case .basicFile, .bearerFile: break
        }
        for (name, value) in configuration.headers.sorted(by: { $0.key < $1.key }) {
            headers.append((name: name, value: value.revealed))
        }
        return headers
    }
}

/// How one attempt to push ended.
public enum PushAttempt: Sendable, Hashable {
    /// The server took the rows.
    case delivered(status: Int)
    /// The server will never take them.
    case refused(status: Int, message: String)
    /// It may work later; after at least the nanoseconds given, if the server said so.
    case retry(reason: String, after: Int64?)

    /// The answer's code as Promtail's metrics name it; -1 when there was none.
    var statusCode: String {
        switch self {
        case .delivered(let status), .refused(let status, _): return "\(status)"
        case .retry(let reason, _):
            let digits = reason.drop { !$0.isNumber }.prefix { $0.isNumber }
            return reason.hasPrefix("server answered") ? String(digits) : "-1"
        }
    }
}

/// What an attempt to push was about, for metrics and messages.
public struct PushEvent: Sendable {
    /// How it ended.
    public var attempt: PushAttempt
    /// The lines in the request.
    public var lineCount: Int
    /// The request's body in bytes.
    public var sentBytes: Int
    /// How long the attempt took.
    public var duration = Duration.zero
    /// Whether somebody should be told: a final refusal, or a problem that has lasted.
    public var isError: Bool

    init(_ attempt: PushAttempt, parcel: PushParcel, sentBytes: Int, isError: Bool) {
        self.attempt = attempt
        lineCount = parcel.lineCount
        self.sentBytes = sentBytes
        self.isError = isError
    }
}

/// Base64 with padding, for the one header that needs it.
enum Base64Text {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = bytes[start..<min(start + 3, bytes.count)]
            var group: UInt32 = 0
            for byte in part { group = group << 8 | UInt32(byte) }
            group <<= UInt32(8 * (3 - part.count))
            for index in 0..<4 {
                let sextet = Int(group >> UInt32(18 - 6 * index) & 63)
                text.append(index <= part.count ? alphabet[sextet] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
