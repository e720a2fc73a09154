public import WeirModel

/// A rule as a file writes it: a question, and what becomes of the samples of its answer.
public struct Rule: Sendable, Hashable {
    /// What a rule makes of samples.
    public enum Kind: Sendable, Hashable {
        /// An alert per sample: how long its condition must hold, how long it goes on firing once it no longer does
        /// (both in nanoseconds), and what it says besides its labels.
        case alerting(holdNanoseconds: Int64, keepNanoseconds: Int64, annotations: LabelSet)
        /// A series under the rule's name.
        case recording
    }

    /// The name of the alert or of the series.
    public var name: String
    /// The question, in LogQL or over recorded series.
    public var expression: String
    /// Labels that are added; of alerts the values are templates. An empty value removes the label.
    public var labels: LabelSet
    /// What becomes of the samples.
    public var kind: Kind
    /// The line of the file where the rule begins, from 1; 0 when it comes from elsewhere.
    public var line: Int

    /// Creates a rule.
    public init(name: String, expression: String, labels: LabelSet = .empty, kind: Kind, line: Int = 0) {
        self.name = name
        self.expression = expression
        self.labels = labels
        self.kind = kind
        self.line = line
    }

    /// Whether the rule raises alerts.
    public var isAlerting: Bool {
        if case .alerting = kind { true } else { false }
    }

    /// Whether both rules do the same, wherever they stand.
    func means(_ other: Rule) -> Bool {
        var moved = other
        moved.line = line
        return self == moved
    }
}

extension Rule {
    /// Checks that the templates of labels and annotations can be read.
    ///
    /// - Throws: ``RuleError`` with the name of the label or annotation.
    public func checkTemplates() throws(RuleError) {
        guard case .alerting(_, _, let annotations) = kind else { return }
        _ = try RuleMember.templates(labels, of: self)
        _ = try RuleMember.templates(annotations, of: self)
    }
}
