/// What stages share while a pipeline is built.
struct StageContext: Sendable {
    /// Gives names their numbers.
    var names = LabelNameRegistry()
    /// Which labels anybody will look at; parsers may leave out the others.
    var demand = LabelDemand.everything
    /// The clock of templates' `now`, in nanoseconds since 1970 UTC.
    var now: @Sendable () -> Int64
    /// Gives a file of the system's zone database by its relative path, for templates' `toDateInZone`.
    var zoneFile: @Sendable (String) -> [UInt8]? = { _ in nil }

    init(demand: LabelDemand = .everything, now: @escaping @Sendable () -> Int64) {
        self.demand = demand
        self.now = now
    }
}

/// Which labels of an entry are looked at after the parsers.
enum LabelDemand: Sendable, Hashable {
    /// All, as in a log query.
    case everything
    /// Only these; none means that parsers need not run at all.
    case only(Set<String>)
}
