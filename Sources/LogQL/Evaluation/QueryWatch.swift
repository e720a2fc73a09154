/// Looks at the clock for a query: once per batch, so that no query outlives its time.
struct QueryWatch: Sendable {
    private let now: @Sendable () -> Int64
    private let deadline: Int64

    /// Starts counting.
    ///
    /// - Parameter now: a clock that never goes back, in nanoseconds.
    init(timeoutNanoseconds: Int64, now: @escaping @Sendable () -> Int64) {
        self.now = now
        let (sum, overflow) = now().addingReportingOverflow(timeoutNanoseconds)
        deadline = overflow || timeoutNanoseconds <= 0 ? .max : sum
    }

    /// Fails when the time is up.
    func check() throws(QueryError) {
        if now() >= deadline { throw .timedOut }
    }
}
