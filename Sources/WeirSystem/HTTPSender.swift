/// Requests to other servers, as far as pushing needs them, so that tests can answer in their place.
public protocol HTTPSender: Sendable {
    /// Sends one POST request and waits for the whole answer.
    ///
    /// - Parameters:
    ///   - url: where to, absolute.
    ///   - headers: names and values; content length and host are the sender's business.
    ///   - body: the whole body.
    ///   - timeout: how long everything may take.
    /// - Throws: ``HTTPSendError`` when no answer came.
    func post(
        url: String, headers: [(name: String, value: String)], body: [UInt8], timeout: Duration
    ) async throws(HTTPSendError) -> HTTPAnswer
}

/// What a server answered.
public struct HTTPAnswer: Sendable {
    /// The status code.
    public var status: Int
    /// The headers, names in any case.
    public var headers: [(name: String, value: String)]
    /// The first bytes of the body, up to a few kilobytes: enough for an error message.
    public var bodyPrefix: [UInt8]

    /// Creates an answer.
    public init(status: Int, headers: [(name: String, value: String)] = [], bodyPrefix: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.bodyPrefix = bodyPrefix
    }

    /// The value of the first header called `name`, whatever the case of its letters.
    public func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name.lowercased() == wanted }?.value
    }
}

/// Why no answer came.
public enum HTTPSendError: Error, Sendable, Hashable {
    /// The URL is none, or of a kind that is not spoken.
    case badURL(String)
    /// No connection, or it broke; the text is the network's reason.
    case unreachable(String)
    /// Time ran out.
    case timeout
    /// The task was cancelled.
    case cancelled
}

extension HTTPSendError: CustomStringConvertible {
    /// `no connection: connection refused`
    public var description: String {
        switch self {
        case .badURL(let url): "\(url) is no URL that can be posted to"
        case .unreachable(let reason): "no connection: \(reason)"
        case .timeout: "no answer in time"
        case .cancelled: "cancelled"
        }
    }
}
