internal import Synchronization
internal import WeirModel

/// A count under way: workers take sources until none is left.
final class CountScan: Sendable {
    let plan: CountPlan
    private let request: CountRequest
    private let ranges: CountRanges
    private let onDamage: @Sendable (CorruptionError) -> Void
    private let next = Atomic(0)

    init(
        _ plan: CountPlan, _ request: CountRequest, _ ranges: CountRanges,
        onDamage: @escaping @Sendable (CorruptionError) -> Void
    ) {
        self.plan = plan
        self.request = request
        self.ranges = ranges
        self.onDamage = onDamage
    }

    /// Counts sources until there are no more; runs on a thread that may block.
    ///
    /// - Throws: `CancellationError` or `FileError`.
    func work() throws -> CountReader {
        var reader = CountReader(plan, request, ranges, onDamage: onDamage)
        while true {
            let index = next.add(1, ordering: .relaxed).oldValue
            guard index < plan.work.count else {
                reader.compact()
                return reader
            }
            try Task.checkCancellation()
            try reader.count(plan.work[index])
        }
    }
}
