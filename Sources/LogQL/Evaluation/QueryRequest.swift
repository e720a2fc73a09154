public import WeirModel

/// A question as the API or a rule puts it: text, time, limits.
public struct QueryRequest: Sendable {
    /// At which instants a metric query is evaluated.
    public enum Time: Sendable, Hashable {
        /// Once.
        case instant(Timestamp)
        /// At `start`, `start + step`, … up to and including `end`; log queries read `[start, end)`.
        case range(start: Timestamp, end: Timestamp, stepNanoseconds: Int64)
    }

    /// Whose streams.
    public var tenant: Tenant
    /// The query's text.
    public var text: String
    /// When.
    public var time: Time
    /// The order of entries.
    public var direction: Selection.Direction
    /// The most entries that a log query returns.
    public var limit: Int
    /// Keeps an entry of a stream only this many nanoseconds after the last one kept; 0 keeps all.
    public var intervalNanoseconds: Int64
    /// Whether the text may use Weir's extensions.
    public var dialect: Dialect
    /// Whether a metric query leaves out entries with an error and counts them, instead of failing on the first.
    public var skipsErrors: Bool
    /// What the query shares with others about the same instants.
    public var sharing: SharedScans?

    /// Creates a request.
    public init(
        tenant: Tenant = .default, text: String, time: Time, direction: Selection.Direction = .backward,
        limit: Int = 100, intervalNanoseconds: Int64 = 0, dialect: Dialect = .weir, skipsErrors: Bool = false,
        sharing: SharedScans? = nil
    ) {
        self.tenant = tenant
        self.text = text
        self.time = time
        self.direction = direction
        self.limit = limit
        self.intervalNanoseconds = intervalNanoseconds
        self.dialect = dialect
        self.skipsErrors = skipsErrors
        self.sharing = sharing
    }
}
