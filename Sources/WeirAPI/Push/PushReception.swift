internal import WeirModel

/// What all ways to push have in common: read, append, count; and why not.
struct PushReception: Sendable {
    private let sink: any EntrySink
    private let counters: RequestCounters

    init(sink: any EntrySink, counters: RequestCounters) {
        self.sink = sink
        self.counters = counters
    }

    /// Reads a push and gives it to the sink.
    ///
    /// - Returns: nil once the sink has taken all rows; else why it, or some of its rows, were refused.
    func take(_ read: () throws(PushRejection) -> PushIntake.Outcome) async -> PushRefusal? {
        let outcome: PushIntake.Outcome
        do throws(PushRejection) {
            outcome = try read()
        } catch {
            return PushRefusal(status: error.status, message: error.message)
        }
        if let push = outcome.push {
            let lines = push.batch.count
            do throws(AppendError) {
                try await sink.append(push)
            } catch .repeated {
                counters.countRepeatedPush()
                return nil
            } catch {
                return PushRefusal(error)
            }
            counters.countPush(lines: lines, lineBytes: outcome.lineBytes, rejected: outcome.rejectedRows)
        } else {
            counters.countPush(lines: 0, lineBytes: 0, rejected: outcome.rejectedRows)
        }
        return outcome.fault.map { PushRefusal(status: 400, message: $0) }
    }
}

/// Why a push, or some of its rows, were not taken.
struct PushRefusal: Sendable {
    let status: Int
    let message: String
    /// When to come back; nil when that is no use.
    var retrySeconds: Int?

    init(status: Int, message: String) {
        self.status = status
        self.message = message
    }

    /// All of these pass, so clients are told to come back: they drop what is refused with another status.
    init(_ error: AppendError) {
        status = 503
        switch error {
        case .readOnly(let reason): (message, retrySeconds) = (reason, 30)
        case .unavailable(let reason): (message, retrySeconds) = (reason, 5)
        case .overloaded(let reason): (message, retrySeconds) = (reason, 1)
        case .repeated: message = "the push was stored before"
        }
    }

    /// The refusal as Loki's push endpoints put it: plain text.
    var text: APIResponse {
        var response = APIResponse.text(message, status: status)
        if let retrySeconds { response.headers.append(("Retry-After", "\(retrySeconds)")) }
        return response
    }
}
