import WeirModel

/// Why a query has no answer. The API turns each case into Loki's status code; `message` is Loki's wording.
public enum QueryError: Error, Sendable, Hashable {
    /// The text is no query, or asks for what does not exist: 400.
    case syntax(SyntaxError)
    /// A line of a metric query could not be parsed or converted: 400.
    case pipeline(message: String)
    /// A limit was crossed: 400.
    case limit(message: String)
    /// The question itself makes no sense, such as a log query at an instant: 400.
    case invalid(message: String)
    /// Too many queries of the tenant wait already: 429.
    case overloaded(message: String)
    /// It took longer than `query_timeout`: 504.
    case timedOut
    /// The client went away: 499.
    case cancelled
    /// The store cannot be read now: 503.
    case unavailable(message: String)
    /// The store failed: 500.
    case failed(message: String)

    /// The text for who asked, Loki's where it has one.
    public var message: String {
        switch self {
        case .syntax(let error): error.message
        case .pipeline(let message), .limit(let message), .invalid(let message), .unavailable(let message),
            .failed(let message), .overloaded(let message):
            message
        case .timedOut:
            "request timed out, decrease the duration of the request or add more label matchers (prefer exact match "
                + "over regex match) to reduce the amount of data processed"
        case .cancelled: "the request was cancelled by the client"
        }
    }

    /// What a failure of the source, or of the query's own code that the source called, means to who asked.
    init(ofSource error: any Error) {
        switch error {
        case let error as QueryError: self = error
        case is CancellationError: self = .cancelled
        case SourceError.unavailable(let reason): self = .unavailable(message: reason)
        default: self = .failed(message: "\(error)")
        }
    }
}
