public import WeirModel

/// A request to delete lines, as it is listed.
public struct DeleteStatus: Sendable {
    /// Its number.
    public var id: Int64
    /// The selector with its line filters.
    public var query: String
    /// When the lines were said.
    public var range: TimeRange
    /// When it was asked for.
    public var created: Timestamp
    /// Whether the lines are gone from disk; until then they are in no answer.
    public var isProcessed: Bool

    /// Creates a status.
    public init(id: Int64, query: String, range: TimeRange, created: Timestamp, isProcessed: Bool) {
        self.id = id
        self.query = query
        self.range = range
        self.created = created
        self.isProcessed = isProcessed
    }
}
