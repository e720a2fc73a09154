internal import LogQL
internal import WeirModel

/// The answers to questions that fail: plain text, with Loki's statuses.
enum QueryFailure {
    /// The answer to a failed query.
    static func answer(to error: QueryError) -> APIResponse {
        let status =
            switch error {
            case .syntax, .pipeline, .limit, .invalid: 400
            case .overloaded: 429
            case .timedOut: 504
            case .cancelled: 499
            case .unavailable: 503
            case .failed: 500
            }
        var answer = APIResponse.text(error.message, status: status)
        if case .overloaded = error { answer.headers.append(("Retry-After", "1")) }
        return answer
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
