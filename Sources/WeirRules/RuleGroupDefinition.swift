public import WeirModel

/// Rules that are evaluated together, one after the other, as a file writes them.
public struct RuleGroupDefinition: Sendable, Hashable {
    /// What tells a group from all others.
    public struct Key: Sendable, Hashable, Comparable {
        /// Whose lines and series the rules see.
        public var tenant: Tenant
        /// Where the group comes from: the name of a file, or of a namespace of the API.
        public var namespace: String
        /// The group's name, unique in its namespace.
        public var name: String

        /// Creates a key.
        public init(tenant: Tenant, namespace: String, name: String) {
            self.tenant = tenant
            self.namespace = namespace
            self.name = name
        }

        /// Orders by tenant, namespace and name.
        public static func < (left: Key, right: Key) -> Bool {
            (left.tenant.name, left.namespace, left.name) < (right.tenant.name, right.namespace, right.name)
        }
    }

    /// What tells the group from all others.
    public var key: Key
    /// Nanoseconds from one evaluation to the next; nil for the server's default.
    public var intervalNanoseconds: Int64?
    /// How far before the instant of an evaluation the rules look; nil for the server's default.
    public var queryOffsetNanoseconds: Int64?
    /// The most alerts or series of one rule; 0 is no limit.
    public var limit: Int
    /// Labels of all rules; those of a rule win.
    public var labels: LabelSet
    /// Whether a line with an error fails its rule instead of being left out.
    public var failsOnLineErrors: Bool
    /// The rules, in order of evaluation.
    public var rules: [Rule]

    /// Creates a group.
    public init(
        key: Key, intervalNanoseconds: Int64? = nil, queryOffsetNanoseconds: Int64? = nil, limit: Int = 0,
        labels: LabelSet = .empty, failsOnLineErrors: Bool = false, rules: [Rule]
    ) {
        self.key = key
        self.intervalNanoseconds = intervalNanoseconds
        self.queryOffsetNanoseconds = queryOffsetNanoseconds
        self.limit = limit
        self.labels = labels
        self.failsOnLineErrors = failsOnLineErrors
        self.rules = rules
    }

    /// Whether both groups do the same, wherever they stand in their files.
    func means(_ other: RuleGroupDefinition) -> Bool {
        var moved = other
        moved.rules = rules
        return self == moved && rules.count == other.rules.count
            && zip(rules, other.rules).allSatisfy { $0.means($1) }
    }
}
