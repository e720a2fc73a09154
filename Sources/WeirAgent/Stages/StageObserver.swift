/// Watches entries between stages, for whoever wants to see what a configuration does.
protocol StageObserver {
    /// Called before the first stage an entry goes through, and again when a block that was held goes on.
    func began(_ work: EntryWork, _ names: StageNames)
    /// Called behind every stage an entry went through.
    func passed(_ stage: Int, _ work: EntryWork, _ outcome: StageOutcome, _ names: StageNames)
    /// Called when an entry has gone through all stages.
    func ended(_ work: EntryWork, _ names: StageNames)
}

/// What the slots of an entry are called.
struct StageNames: Sendable {
    var stages: [String]
    var labels: [String]
    var values: [String]
    var metadata: [String]
}
