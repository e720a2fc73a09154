public import WeirModel

/// How one scan of a query would run, for `weir explain`.
public struct ScanExplanation: Sendable {
    /// The part of the query that is answered by the scan, in canonical form.
    public var query: String
    /// Which streams are read.
    public var matchers: [Matcher]
    /// Which time is read.
    public var range: TimeRange
    /// What is handed to the store, what runs over the rows and which labels are looked at, one thought a line.
    public var lines: [String]

    /// Creates an explanation.
    public init(query: String, matchers: [Matcher], range: TimeRange, lines: [String]) {
        self.query = query
        self.matchers = matchers
        self.range = range
        self.lines = lines
    }

    init(_ plan: SelectionPlan, of query: String, stages: [StageSyntax]) {
        self.init(
            query: query, matchers: plan.selection.matchers, range: plan.selection.range,
            lines: plan.explanation(stages))
    }
}
