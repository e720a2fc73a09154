internal import WeirModel

/// What all ways to push have in common: read, append, count; and why not.
struct PushReception: Sendable {
    private let sink: any EntrySink
    private let counters: RequestCounters
    private let quota = PushQuota()

    init(sink: any EntrySink, counters: RequestCounters) {
        self.sink = sink
        self.counters = counters
    }

    /// Reads a push and gives it to the sink.
    ///
    /// - Returns: nil once the sink has taken all rows; else why it, or some of its rows, were refused.
    func take(
        _ limits: PushLimits, _ read: (PushIntake) throws(PushRejection) -> PushIntake.Outcome
    ) async -> PushRefusal? {
        var outcome: PushIntake.Outcome
        do throws(PushRejection) {
            outcome = try read(PushIntake(limits: limits))
        } catch {
            return PushRefusal(status: error.status, message: error.message)
        }
        let refusal = charge(&outcome, limits)
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
        // A limit that passes comes first: the sender will come again with all of it.
        return refusal ?? outcome.fault.map { PushRefusal(status: 400, message: $0) }
    }

    /// Takes out what the tenant may not push now.
    private func charge(_ outcome: inout PushIntake.Outcome, _ limits: PushLimits) -> PushRefusal? {
        guard limits.hasQuota, var push = outcome.push else { return nil }
        let verdict = quota.charge(push, lineBytes: outcome.lineBytes, limits: limits)
        guard let refusal = verdict.refusal else { return nil }
        let count = push.batch.count
        push.batch.keep((0..<count).filter { !verdict.refusedStreams.contains(Int(push.batch.streamIndexes[$0])) })
        push.body = nil
        outcome.rejectedRows[verdict.reason, default: 0] += count - push.batch.count
        outcome.lineBytes = push.batch.lineBytes
        outcome.push = push.batch.isEmpty ? nil : push
        return refusal
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
