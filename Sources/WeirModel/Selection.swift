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
    /// them, and single rows, and does not promise to test any.
    public var requiredLiterals: [[UInt8]]
    /// More that holds for every wanted line, with alternatives and without regard to case; the same freedom as with
    /// `requiredLiterals`, which need not be repeated here.
    public var requirements: [LineRequirement]
    /// Whether the line bytes are needed of rows that are delivered; a count needs only timestamps and streams. Rows
    /// whose fields are not read need theirs even so, see ``needsUnreadLines``.
    public var needsLines: Bool
    /// Whether rows that are known to hold all of `requiredLiterals` can do without their lines even so, unless fields of
    /// theirs are asked for and not read: what a store has tested, and says so in ``LineBatch/areLiteralsTested``, the
    /// query does not look at again.
    public var skipsTestedLines = false
    /// Whether structured metadata is needed.
    public var needsMetadata: Bool
    /// The names of structured metadata that can matter to the query; nil means all. Pairs of other names may be left
    /// out.
    public var metadataNames: Set<String>?
    /// Whether rows of one stream and instant must come in one batch, as ``LogSource/scan(_:workers:_:)`` promises; a
    /// query that only adds rows up can do without, and a store then reads fewer blocks twice.
    public var keepsInstantsTogether = true
    /// What can be read and judged without building lines; nil when the query looks at lines alone.
    public var fieldReading: (any FieldReading)?

    /// Whether rows that come without fields need their lines: what a store goes by that reads no fields.
    public var needsUnreadLines: Bool { needsLines || fieldReading != nil }

    /// Creates a selection that needs everything.
    public init(
        tenant: Tenant = .default, matchers: [Matcher], range: TimeRange, direction: Direction = .forward,
        requiredLiterals: [[UInt8]] = [], requirements: [LineRequirement] = [], needsLines: Bool = true,
        needsMetadata: Bool = true, fieldReading: (any FieldReading)? = nil
    ) {
        self.tenant = tenant
        self.matchers = matchers
        self.range = range
        self.direction = direction
        self.requiredLiterals = requiredLiterals
        self.requirements = requirements
        self.needsLines = needsLines
        self.needsMetadata = needsMetadata
        self.fieldReading = fieldReading
    }
}
