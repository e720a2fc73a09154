/// What the query engine asks of the store: which streams, when, in which order, and hints to read less.
public struct Selection: Sendable {
    /// The order in which rows come.
    public enum Direction: Sendable {
        /// Oldest first.
        case forward
        /// Newest first.
        case backward
    }

    /// Whose streams.
    public var tenant: Tenant
    /// Conditions on stream labels; all must hold.
    public var matchers: [Matcher]
    /// When; rows outside are not delivered.
    public var range: TimeRange
    /// The order of rows inside a batch, and roughly of batches.
    public var direction: Direction
    /// Byte strings that every wanted line contains, case-sensitive. The store may leave out blocks that cannot hold
    /// them, and does not promise to test single lines.
    public var requiredLiterals: [[UInt8]]
    /// Whether the line bytes are needed; a count needs only timestamps and streams.
    public var needsLines: Bool
    /// Whether structured metadata is needed.
    public var needsMetadata: Bool

    /// Creates a selection that needs everything.
    public init(
        tenant: Tenant = .default, matchers: [Matcher], range: TimeRange, direction: Direction = .forward,
        requiredLiterals: [[UInt8]] = [], needsLines: Bool = true, needsMetadata: Bool = true
    ) {
        self.tenant = tenant
        self.matchers = matchers
        self.range = range
        self.direction = direction
        self.requiredLiterals = requiredLiterals
        self.needsLines = needsLines
        self.needsMetadata = needsMetadata
    }
}
