import Synchronization

/// Counts the bytes that a query holds, over all its workers, against its budget.
final class QueryMemory: Sendable {
    private let held = Atomic<Int>(0)
    private let bytesMax: Int

    /// Starts with nothing; `bytesMax` 0 is no limit.
    init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    /// Notes that something grew, or shrank, from `old` bytes to `new`.
    ///
    /// - Throws: ``QueryError/limit(message:)`` that names the budget.
    func change(from old: Int, to new: Int) throws(QueryError) {
        let (_, total) = held.add(new - old, ordering: .relaxed)
        guard bytesMax > 0, new > old, total > bytesMax else { return }
        throw .limit(
            message: "the query would hold more memory than one may (max_query_memory: \(bytesMax) bytes); consider "
                + "reducing query cardinality by adding more specific stream selectors, reducing the time range or the "
                + "limit, or aggregating results with functions like sum(), count() or topk()")
    }
}
