import WeirModel

/// The stages of a query, built and in the order in which they run.
///
/// Immutable and shared by all workers; each worker runs it with its own ``PipelineRun``.
struct Pipeline: Sendable {
    /// Line filters that see the line as it was stored; they run over a whole batch at once.
    let lineFilters: [LineFilter]
    /// What runs entry by entry behind them.
    let stages: [Stage]
    /// The names that the stages mention, and others that a reader wants numbered.
    var names: LabelNameRegistry

    /// Whether line filters do no more than to ask for texts, which a source may have done before.
    let filtersLiteralsOnly: Bool

    /// Whether only the first entry of each value of some labels passes.
    var isDistinct: Bool { stages.contains { if case .distinct = $0 { true } else { false } } }

    /// Builds the running form of stages.
    ///
    /// Line filters move to the front as far as nothing before them changes the line: entries that they drop need not
    /// be parsed, and the answer is the same.
    ///
    /// - Throws: Loki's message for a stage that cannot be built, such as one with a bad pattern.
    init(_ syntax: [StageSyntax], context: inout StageContext) throws(SyntaxError) {
        var lineFilters: [LineFilter] = []
        var stages: [Stage] = []
        var change = Stage.LineChange.none
        for stage in syntax {
            let built: Stage
            do {
                built = try Stage(stage, context: &context)
            } catch {
                throw SyntaxError("stage '\(stage)' : \(error.message)")
            }
            if case .lineFilter(let filter) = built, change != .visible {
                lineFilters.append(filter)
            } else {
                stages.append(built)
                change = built.lineChange(after: change)
            }
        }
        self.lineFilters = lineFilters
        filtersLiteralsOnly = lineFilters.allSatisfy { $0.literal != nil }
        self.stages = stages
        names = context.names
    }
}
