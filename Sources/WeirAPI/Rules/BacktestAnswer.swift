public import WeirModel

/// What rules would have done over a stretch of the past.
public struct BacktestAnswer: Sendable {
    /// A step in the life of an alert.
    public struct Step: Sendable {
        /// When.
        public var at: Timestamp
        /// The group's name.
        public var group: String
        /// The rule's name.
        public var rule: String
        /// What happened: `pending`, `firing`, `resolved`, or `dropped` when a pending alert's condition stopped.
        public var kind: String
        /// The alert's labels.
        public var labels: LabelSet
        /// The value of its sample.
        public var value: Double

        /// Creates a step.
        public init(at: Timestamp, group: String, rule: String, kind: String, labels: LabelSet, value: Double) {
            self.at = at
            self.group = group
            self.rule = rule
            self.kind = kind
            self.labels = labels
            self.value = value
        }
    }

    /// The steps in order of time.
    public var steps: [Step]
    /// Why rules could not be evaluated.
    public var errors: [String]
    /// Evaluations of groups.
    public var evaluations: Int

    /// Creates an answer.
    public init(steps: [Step], errors: [String], evaluations: Int) {
        self.steps = steps
        self.errors = errors
        self.evaluations = evaluations
    }
}
