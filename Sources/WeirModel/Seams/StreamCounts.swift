/// A question for how much there is of each stream in each of some ranges, to be answered without delivering rows.
public struct CountRequest: Sendable {
    /// Whose streams.
    public var tenant: Tenant
    /// Conditions on stream labels; all must hold.
    public var matchers: [Matcher]
    /// In order of time and without overlap.
    public var ranges: [TimeRange]
    /// Whether the bytes of lines are asked for; entries alone are cheaper.
    public var needsBytes: Bool
    /// Names of structured metadata by which the entries of a stream would have to be told apart; nil means all.
    public var splittingNames: Set<String>?

    /// Creates a request.
    public init(
        tenant: Tenant = .default, matchers: [Matcher], ranges: [TimeRange], needsBytes: Bool,
        splittingNames: Set<String>?
    ) {
        self.tenant = tenant
        self.matchers = matchers
        self.ranges = ranges
        self.needsBytes = needsBytes
        self.splittingNames = splittingNames
    }
}

/// How much there is of one stream in each of some ranges.
public struct StreamCounts: Sendable, Hashable {
    /// What one range holds.
    public struct Cell: Sendable, Hashable {
        /// The position of the range in the request.
        public var range: Int
        /// Its entries; 1 or more.
        public var entries: Int
        /// Bytes of those entries' lines; 0 unless they were asked for.
        public var bytes: Int

        /// Creates a cell.
        public init(range: Int, entries: Int, bytes: Int) {
            self.range = range
            self.entries = entries
            self.bytes = bytes
        }
    }

    /// The stream.
    public var labels: LabelSet
    /// The ranges that hold entries, ascending.
    public var cells: [Cell]

    /// Creates counts.
    public init(labels: LabelSet, cells: [Cell]) {
        self.labels = labels
        self.cells = cells
    }
}
