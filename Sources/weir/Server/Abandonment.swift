internal import Synchronization

/// Whether the client of a connection has gone, and what to stop when it does: a query that nobody waits for should
/// not go on reading gigabytes.
final class Abandonment: Sendable {
    private struct State {
        var isAbandoned = false
        var stop: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    /// Runs `work` as a task of its own that is cancelled when the client goes.
    func cancelling<Value: Sendable>(_ work: @escaping @Sendable () async -> Value) async -> Value {
        let task = Task { await work() }
        let isTooLate = state.withLock { state in
            state.stop = { task.cancel() }
            return state.isAbandoned
        }
        if isTooLate { task.cancel() }
        defer { state.withLock { $0.stop = nil } }
        return await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
    }

    /// Tells that the client has closed its side. Like Go's server, and so Loki, this does not distinguish a client
    /// that still reads.
    func abandon() {
        let stop = state.withLock { state in
            state.isAbandoned = true
            return state.stop
        }
        stop?()
    }
}
