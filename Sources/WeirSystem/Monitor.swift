internal import Glibc

/// State behind a lock that threads can sleep on until it changes.
///
/// For threads of our own only: a task of the cooperative pool must never call `wait`, as it would hold its thread.
public final class Monitor<State: Sendable>: @unchecked Sendable {
    // `state` is touched only between lock and unlock of `mutex`; both primitives live as long as the object.
    private var state: State
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>

    /// Creates a monitor around a state.
    public init(_ state: State) {
        self.state = state
        mutex = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        pthread_mutex_init(mutex, nil)
        condition = .allocate(capacity: 1)
        condition.initialize(to: pthread_cond_t())
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        // Timeouts must not stretch or fire at once when somebody sets the clock.
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        condition.deallocate()
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Runs `body` on the state while no other thread does. `body` must not call back into the monitor.
    public func withLock<Value, Failure: Error>(
        _ body: (inout State) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&state)
    }

    /// Sleeps until `body` returns a value; it runs once at the start and after every ``wakeAll()``.
    ///
    /// - Parameter timeout: the longest sleep; nil sleeps on.
    /// - Returns: the value, or nil when the time was up first.
    public func wait<Value>(upTo timeout: Duration? = nil, until body: (inout State) -> Value?) -> Value? {
        var deadline = timespec()
        if let timeout {
            clock_gettime(CLOCK_MONOTONIC, &deadline)
            let parts = max(timeout, .zero).components
            let nanoseconds = deadline.tv_nsec + Int(parts.attoseconds / 1_000_000_000)
            deadline.tv_sec += Int(parts.seconds) + nanoseconds / 1_000_000_000
            deadline.tv_nsec = nanoseconds % 1_000_000_000
        }
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let value = body(&state) { return value }
            if timeout == nil {
                pthread_cond_wait(condition, mutex)
            } else if pthread_cond_timedwait(condition, mutex, &deadline) == ETIMEDOUT {
                return body(&state)
            }
        }
    }

    /// Lets one sleeping thread look at the state again.
    public func wakeOne() { pthread_cond_signal(condition) }

    /// Lets all sleeping threads look at the state again.
    public func wakeAll() { pthread_cond_broadcast(condition) }
}
