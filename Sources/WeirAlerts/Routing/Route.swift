public import WeirModel

/// A node of `route` as the file says it: which alerts it takes, and what it does with them.
///
/// What is nil comes from the parent; see ``RouteTree``.
public struct Route: Sendable, Hashable {
    /// What an alert must fulfil: `match`, `match_re` and `matchers` together.
    public var matchers: [Matcher] = []
    /// Who is told.
    public var receiver: String?
    /// Which labels make a group.
    public var grouping: Grouping?
    /// How long the first notification of a group waits for more alerts.
    public var groupWait: Duration?
    /// The least time between two notifications of a group.
    public var groupInterval: Duration?
    /// After which time the same notification is sent again.
    public var repeatInterval: Duration?
    /// Names of the times at which nothing is sent.
    public var muteIntervals: [String] = []
    /// Names of the times outside of which nothing is sent.
    public var activeIntervals: [String] = []
    /// Whether later siblings are asked too.
    public var continues = false
    /// The children, first to last.
    public var routes: [Route] = []

    /// What alerts of a group have in common.
    public enum Grouping: Sendable, Hashable {
        /// The values of these labels.
        case names(Set<String>)
        /// All labels: each alert is a group (`group_by: ['...']`).
        case all
    }

    /// Creates a node that takes everything.
    public init(receiver: String? = nil, matchers: [Matcher] = []) {
        self.receiver = receiver
        self.matchers = matchers
    }
}
