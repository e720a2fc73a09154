public import WeirModel

/// What became of a rule at its last evaluation.
public struct RuleStatus: Sendable {
    /// What a rule does with the samples of its query.
    public enum Kind: Sendable {
        /// Raises alerts: how long a sample must be there, and what the alert says besides its labels.
        case alerting(
            forNanoseconds: Int64, keepFiringNanoseconds: Int64 = 0, annotations: LabelSet, alerts: [AlertStatus])
        /// Keeps the samples under the rule's name.
        case recording
    }

    /// The alert's or the series' name.
    public var name: String
    /// The query's text.
    public var query: String
    /// Labels that are added.
    public var labels: LabelSet
    /// What the rule does.
    public var kind: Kind
    /// Why the last evaluation failed; nil when it did not, or there was none.
    public var lastError: String?
    /// When it was evaluated last; nil when never.
    public var lastEvaluation: Timestamp?
    /// How long that took.
    public var evaluationSeconds: Double

    /// Creates a status.
    public init(
        name: String, query: String, labels: LabelSet, kind: Kind, lastError: String? = nil,
        lastEvaluation: Timestamp? = nil, evaluationSeconds: Double = 0
    ) {
        self.name = name
        self.query = query
        self.labels = labels
        self.kind = kind
        self.lastError = lastError
        self.lastEvaluation = lastEvaluation
        self.evaluationSeconds = evaluationSeconds
    }
}
