public import WeirModel

/// What one evaluation of a group brought.
public struct RuleOutcome: Sendable {
    /// A step in the life of an alert, with the rule it belongs to.
    public struct Change: Sendable, Hashable {
        /// The rule's name.
        public var rule: String
        /// The step.
        public var change: AlertChange

        /// Creates a step.
        public init(rule: String, change: AlertChange) {
            self.rule = rule
            self.change = change
        }
    }

    /// Alerts to be sent.
    public var alerts: [Alert] = []
    /// Steps in the lives of alerts, in order of the rules.
    public var changes: [Change] = []

    /// Creates an empty outcome.
    public init() {}
}
