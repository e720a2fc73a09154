internal import LogQL
internal import WeirModel

/// The answers to questions that fail: plain text, with Loki's statuses.
enum QueryFailure {
    /// The answer to a failed query.
    static func answer(to error: QueryError) -> APIResponse {
        switch error {
        case .syntax(let error): .text(error.message, status: 400)
        case .pipeline(let message), .limit(let message), .invalid(let message): .text(message, status: 400)
        case .timedOut:
            .text(
                "request timed out, decrease the duration of the request or add more label matchers (prefer exact match "
                    + "over regex match) to reduce the amount of data processed", status: 504)
        case .cancelled: .text("the request was cancelled by the client", status: 499)
        case .unavailable(let message): .text(message, status: 503)
        case .failed(let message): .text(message, status: 500)
        }
    }

    /// The text of the answer to a failed query.
    static func message(of error: QueryError) -> String {
        String(decoding: answer(to: error).body, as: UTF8.self)
    }

    /// The answer when labels or series cannot be read.
    static func answer(to error: any Error) -> APIResponse {
        switch error {
        case let error as ParameterError: .text(error.message, status: 400)
        case let error as SyntaxError: .text(error.message, status: 400)
        case let error as QueryError: answer(to: error)
        case SourceError.unavailable(let reason): .text(reason, status: 503)
        case is CancellationError: answer(to: QueryError.cancelled)
        default: .text("\(error)", status: 500)
        }
    }
}
