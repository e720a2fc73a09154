public import WeirModel

/// What became of a group of rules at its last evaluation.
public struct RuleGroupStatus: Sendable {
    /// The group's name, unique in its namespace.
    public var name: String
    /// The namespace, in Loki the name of a file.
    public var namespace: String
    /// Its rules in the order in which they are evaluated.
    public var rules: [RuleStatus]
    /// The time between two evaluations.
    public var intervalSeconds: Double
    /// The most alerts or series of a rule; 0 is no limit.
    public var limit: Int
    /// When it was evaluated last; nil when never.
    public var lastEvaluation: Timestamp?
    /// How long that took.
    public var evaluationSeconds: Double

    /// Creates a status.
    public init(
        name: String, namespace: String, rules: [RuleStatus], intervalSeconds: Double, limit: Int = 0,
        lastEvaluation: Timestamp? = nil, evaluationSeconds: Double = 0
    ) {
        self.name = name
        self.namespace = namespace
        self.rules = rules
        self.intervalSeconds = intervalSeconds
        self.limit = limit
        self.lastEvaluation = lastEvaluation
        self.evaluationSeconds = evaluationSeconds
    }
}
