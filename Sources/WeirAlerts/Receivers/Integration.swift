internal import WeirBytes
public import WeirSystem

/// A kind of receiver: the form of its messages, and what the answers mean.
public protocol Integration: Sendable {
    /// The kind, as in the name of its key: `webhook` for `webhook_configs`.
    var kind: String { get }
    /// Whether it is told that an alert ended.
    var sendsResolved: Bool { get }
    /// Why it can tell nobody, such as an address that was never filled in; nil when it can.
    var missing: String? { get }
    /// The message for a notification.
    func message(_ writer: MessageWriter) throws(MessageError) -> OutboundMessage
    /// What an HTTP answer means.
    func outcome(of answer: HTTPAnswer) -> DeliveryOutcome
}

extension Integration {
    /// Nothing is missing.
    public var missing: String? { nil }

    /// Success is 2xx; too many requests and errors of the server may pass, everything else will not.
    public func outcome(of answer: HTTPAnswer) -> DeliveryOutcome {
        DeliveryOutcome(answer)
    }
}

extension DeliveryOutcome {
    /// What an answer means to most services.
    init(_ answer: HTTPAnswer, alsoRetried: Set<Int> = []) {
        let status = answer.status
        if (200..<300).contains(status) {
            self = .delivered(status: status)
            return
        }
        var reason = "status \(status)"
        let body = String(decoding: answer.bodyPrefix.prefix(200), as: UTF8.self)
            .split(whereSeparator: \.isNewline).joined(separator: " ")
        if !body.isEmpty { reason += ": \(body)" }
        let mayPass = status == 429 || status >= 500 || alsoRetried.contains(status)
        guard mayPass else {
            self = .refused(reason: reason)
            return
        }
        self = .postponed(reason: reason, after: DeliveryOutcome.pause(answer))
    }

    /// How long the other side wants to be left alone: `Retry-After` in seconds, or what Discord and Telegram write into
    /// the body.
    private static func pause(_ answer: HTTPAnswer) -> Int64? {
        if let text = answer.header("Retry-After"), let seconds = Double(text), seconds >= 0, seconds < 1e9 {
            return Int64(seconds * 1e9)
        }
        let body = String(decoding: answer.bodyPrefix, as: UTF8.self)
        guard let range = body.firstRange(of: "\"retry_after\"") else { return nil }
        let digits = body[range.upperBound...].drop { " :".contains($0) }.prefix { $0.isNumber || $0 == "." }
        guard let seconds = Double(digits), seconds < 1e9 else { return nil }
        return Int64(seconds * 1e9)
    }
}
