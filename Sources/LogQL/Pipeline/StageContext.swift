internal import WeirTemplate

/// What stages share while a pipeline is built.
struct StageContext: Sendable {
    /// Gives names their numbers.
    var names = LabelNameRegistry()
    /// Which labels anybody will look at; parsers may leave out the others.
    var demand = LabelDemand.everything
    /// What comes from outside the query.
    let surroundings: StageSurroundings

    init(demand: LabelDemand = .everything, surroundings: StageSurroundings) {
        self.demand = demand
        self.surroundings = surroundings
    }
}

/// What stages need that is not in the query: clocks, time zones, the dialect.
struct StageSurroundings: Sendable {
    /// The clock of templates' `now`, in nanoseconds since 1970 UTC.
    var now: @Sendable () -> Int64 = { 0 }
    /// Time zones by name, for templates' `toDateInZone`.
    var zones = ZoneCache { _ in nil }
    /// Whether stages take what Loki refuses.
    var dialect = Dialect.weir
}

/// Which labels of an entry are looked at after the parsers.
enum LabelDemand: Sendable, Hashable {
    /// All, as in a log query.
    case everything
    /// Only these; none means that parsers need not run at all.
    case only(Set<String>)
}
