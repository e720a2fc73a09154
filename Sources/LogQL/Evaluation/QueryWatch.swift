/// Looks at the clock and the memory of a query: once per batch, so that no query outlives its time or its budget.
struct QueryWatch: Sendable {
    private let now: @Sendable () -> Int64
    private let deadline: Int64
    /// What the query holds.
    let memory: QueryMemory

    /// Starts counting.
    ///
    /// - Parameter now: a clock that never goes back, in nanoseconds.
    init(timeoutNanoseconds: Int64, memoryBytesMax: Int, now: @escaping @Sendable () -> Int64) {
        self.now = now
        memory = QueryMemory(bytesMax: memoryBytesMax)
        let (sum, overflow) = now().addingReportingOverflow(timeoutNanoseconds)
        deadline = overflow || timeoutNanoseconds <= 0 ? .max : sum
    }

    /// Fails when the time is up, or when the task of the query is cancelled and this is called in it.
    func check() throws(QueryError) {
        if Task.isCancelled { throw .cancelled }
        if now() >= deadline { throw .timedOut }
    }
}
