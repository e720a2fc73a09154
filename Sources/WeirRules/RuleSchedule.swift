public import WeirModel

/// When a group is evaluated: on a grid since 1970 whose phase comes from the group's name, so that groups of one interval
/// do not all fire at once, and each at the same instants after a restart.
public struct RuleSchedule: Sendable, Hashable {
    /// Nanoseconds from one evaluation to the next; above zero.
    public let intervalNanoseconds: Int64
    /// How far behind a multiple of the interval evaluations lie.
    public let phaseNanoseconds: Int64

    /// Creates the schedule of a group.
    public init(_ key: RuleGroupDefinition.Key, intervalNanoseconds: Int64) {
        self.intervalNanoseconds = max(1, intervalNanoseconds)
        let identity = LabelSet([
            Label("tenant", key.tenant.name), Label("namespace", key.namespace), Label("name", key.name),
        ])
        phaseNanoseconds = Int64(identity.fingerprint % UInt64(self.intervalNanoseconds))
    }

    /// Creates a schedule without phase, for tests of rules, whose instants are counted from their start.
    public init(intervalNanoseconds: Int64) {
        self.intervalNanoseconds = max(1, intervalNanoseconds)
        phaseNanoseconds = 0
    }

    /// The last instant of the grid that is not after `instant`.
    public func slot(atOrBefore instant: Timestamp) -> Timestamp {
        let distance = instant.nanoseconds &- phaseNanoseconds
        let remainder = distance % intervalNanoseconds
        let into = remainder < 0 ? remainder + intervalNanoseconds : remainder
        return instant.advanced(byNanoseconds: -into)
    }

    /// The first instant of the grid after `instant`.
    public func slot(after instant: Timestamp) -> Timestamp {
        slot(atOrBefore: instant).advanced(byNanoseconds: intervalNanoseconds)
    }

    /// How many instants of the grid lie between two of them, neither counted: what an evaluation that took too long
    /// left out.
    public func slotsMissed(from evaluated: Timestamp, to next: Timestamp) -> Int {
        guard next > evaluated else { return 0 }
        return max(0, Int((next.nanoseconds - evaluated.nanoseconds) / intervalNanoseconds) - 1)
    }
}
