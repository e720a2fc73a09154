internal import Synchronization
internal import WeirModel

/// The place in the queue of a push that the log has taken, and later its outcome.
public final class WALTicket: Sendable {
    /// The record's number.
    public let lsn: UInt64
    private let state = Mutex(State.pending([]))

    private enum State: Sendable {
        case pending([CheckedContinuation<AppendError?, Never>])
        case durable
        case failed(AppendError)
    }

    init(lsn: UInt64) {
        self.lsn = lsn
    }

    /// Returns the reason why the record was not written; nil when it was. Cancelling does not shorten the wait: the
    /// record is on its way, and its outcome decides whether the rows exist.
    func outcome() async -> AppendError? {
        await withCheckedContinuation { continuation in
            let known: AppendError?? = state.withLock { state in
                switch state {
                case .pending(let waiters):
                    state = .pending(waiters + [continuation])
                    return nil
                case .durable: return .some(nil)
                case .failed(let error): return error
                }
            }
            if let known { continuation.resume(returning: known) }
        }
    }

    func resolve(_ error: AppendError?) {
        let waiters = state.withLock { state in
            guard case .pending(let waiters) = state else { return [CheckedContinuation<AppendError?, Never>]() }
            state = error.map(State.failed) ?? .durable
            return waiters
        }
        for waiter in waiters { waiter.resume(returning: error) }
    }
}
