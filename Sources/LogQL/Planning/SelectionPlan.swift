import WeirBytes
import WeirModel

/// How the entries of a query are read: what is asked of the store, and what runs over the rows that come.
struct SelectionPlan: Sendable {
    /// What the store is asked for.
    let selection: Selection
    /// What runs over the rows.
    let pipeline: Pipeline
    /// How an entry becomes a number; nil where entries themselves count.
    let unwrap: UnwrapStage?
    /// The label whose different values are counted; nil for other functions.
    let counted: LabelName?
    /// What names the series of an entry; nil in a log query, which keeps all labels apart by category.
    let projection: LabelProjection?
    /// The labels that parsers have to find.
    let demand: LabelDemand
    /// Whether stages behind the line filters look at nothing but labels, so that streams without metadata pass or
    /// fail as a whole.
    let testsStreamsOnly: Bool
    /// What can be known of entries without parsing their lines.
    let fields: FieldPlan?

    /// Plans a log query over `[start, end)`.
    init(
        _ query: LogQuery, tenant: Tenant, range: TimeRange, direction: Selection.Direction,
        surroundings: StageSurroundings
    ) throws(SyntaxError) {
        var context = StageContext(surroundings: surroundings)
        pipeline = try Pipeline(query.stages, context: &context)
        unwrap = nil
        counted = nil
        projection = nil
        demand = .everything
        fields = try FieldPlan(filtersOf: query.stages, surroundings: surroundings)
        testsStreamsOnly = false
        // Equal start and end ask for the entries of exactly that instant.
        let last = range.start == range.end ? range.end.advanced(byNanoseconds: 1) : range.end
        selection = Selection(
            tenant: tenant, matchers: query.matchers, range: TimeRange(start: range.start, end: last),
            direction: direction, requiredLiterals: SelectionPlan.requiredLiterals(pipeline),
            requirements: SelectionPlan.requirements(pipeline), fieldReading: fields)
    }

    /// Plans the reading for a range aggregation whose windows end at `first` … `last`.
    init(
        _ aggregation: RangeAggregationSyntax, projection: LabelProjection, tenant: Tenant, instants: StepInstants,
        surroundings: StageSurroundings
    ) throws(SyntaxError) {
        let range = aggregation.range
        let countsBytes = aggregation.function.countsBytes
        let stages = countsBytes ? range.query.stages : range.query.stages.withoutUnreadLines
        if stages.count < range.query.stages.count {
            // What will not run must be valid all the same.
            var unused = StageContext(surroundings: surroundings)
            _ = try Pipeline(range.query.stages, context: &unused)
        }
        demand = LabelDemand(
            stages: stages, unwrap: range.unwrap, counted: aggregation.label, projection: projection)
        var context = StageContext(demand: demand, surroundings: surroundings)
        for name in projection.names.sorted() { _ = context.names.intern(name) }
        counted = aggregation.label.map { context.names.intern($0) }
        if let syntax = range.unwrap {
            do {
                unwrap = try UnwrapStage(syntax, context: &context)
            } catch {
                throw SyntaxError("stage '| unwrap \(syntax.label)' : \(error.message)")
            }
        } else {
            unwrap = nil
        }
        let built = try Pipeline(stages, context: &context)
        var fields: FieldPlan?
        if !countsBytes {
            fields = FieldPlan(entriesOf: stages, built, demand: demand, projection: projection, unwrap: range.unwrap)
        }
        if fields == nil, demand != .only([]) { fields = try FieldPlan(filtersOf: stages, surroundings: surroundings) }
        let makesEntries = fields.map { !$0.isFilter } ?? false
        pipeline = makesEntries ? fields?.pipeline ?? built : built
        self.fields = fields
        let others = stages.count { !$0.isLineFilter }
        testsStreamsOnly =
            stages.allSatisfy { $0.isLineFilter || $0.dependsOnLabelsAlone } && pipeline.stages.count == others
        self.projection = projection
        let readsLines = countsBytes || stages.contains { $0.readsLine && !$0.isLineFilter }
        let offset = range.offsetNanoseconds
        // The window is (t - range, t]; the store takes [from, to).
        let start = instants.first.advanced(byNanoseconds: -offset)
            .advanced(byNanoseconds: -range.windowNanoseconds).advanced(byNanoseconds: 1)
        let end = instants.last.advanced(byNanoseconds: -offset).advanced(byNanoseconds: 1)
        var selection = Selection(
            tenant: tenant, matchers: range.query.matchers, range: TimeRange(start: start, end: end),
            direction: .forward, requiredLiterals: SelectionPlan.requiredLiterals(pipeline),
            requirements: SelectionPlan.requirements(pipeline),
            needsLines: !makesEntries && (readsLines || !pipeline.lineFilters.isEmpty),
            needsMetadata: demand != .only([]), fieldReading: fields)
        selection.skipsTestedLines = pipeline.filtersLiteralsOnly && (makesEntries || !readsLines)
        selection.metadataNames = demand.metadataNames
        self.selection = selection
    }

    /// Texts that stand in every line which the filters let through.
    private static func requiredLiterals(_ pipeline: Pipeline) -> [[UInt8]] {
        var literals: [[UInt8]] = []
        for filter in pipeline.lineFilters where !filter.isNegated {
            guard let search = filter.probe?.text, !search.ignoresCase else { continue }
            if !literals.contains(search.needle) { literals.append(search.needle) }
        }
        return literals
    }

    /// What else holds for every line which the filters let through.
    private static func requirements(_ pipeline: Pipeline) -> [LineRequirement] {
        let literals = requiredLiterals(pipeline).map { LineRequirement([$0]) }
        return pipeline.lineFilters.filter { !$0.isNegated }.flatMap(\.requirements)
            .filter { !literals.contains($0) && !$0.alternatives.contains { $0.count < 2 } }
    }
}

extension LabelProjection {
    /// The names that are listed.
    var names: Set<String> {
        switch self {
        case .without(let names), .by(let names): names
        }
    }
}
