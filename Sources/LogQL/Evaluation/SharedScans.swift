internal import Synchronization
internal import WeirModel

/// What questions about the same instants share: a range aggregation that several of them contain is read once.
///
/// Rules of a group ask at one instant and often differ in a threshold only. A value of this class belongs to one such
/// evaluation and is dropped with it: lines that come later must be seen by the next.
public final class SharedScans: Sendable {
    /// What makes two range aggregations yield the same.
    struct Key: Hashable, Sendable {
        var syntax: RangeAggregationSyntax
        var outer: GroupingSyntax?
        var tenant: Tenant
        var instants: StepInstants
        var skipsErrors: Bool
    }

    private let known = Mutex<[Key: [StepSeries]]>([:])

    /// Creates an empty memory.
    public init() {}

    func series(_ key: Key) -> [StepSeries]? {
        known.withLock { $0[key] }
    }

    func remember(_ series: [StepSeries], _ key: Key) {
        known.withLock { $0[key] = series }
    }
}
