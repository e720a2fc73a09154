/// Watches entries between stages, for whoever wants to see what a configuration does.
protocol StageObserver {
    /// Called behind every stage an entry went through.
    func passed(_ stage: Int, _ work: EntryWork, _ outcome: StageOutcome)
}
