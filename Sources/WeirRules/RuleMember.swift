internal import LogQL
public import WeirModel
internal import WeirTemplate

/// One rule of a running group with what it knows from its last evaluation.
public struct RuleMember: Sendable {
    /// What a rule keeps from one evaluation to the next.
    public enum Work: Sendable {
        /// Alerts.
        case alerting(AlertingRule)
        /// The series of the last evaluation.
        case recording(RecordingRule)
    }

    /// By what a rule is the same after a reload or restart.
    struct Key: Hashable {
        var name: String
        var labels: LabelSet
        var isAlerting: Bool
    }

    /// The rule as written.
    public let rule: Rule
    /// What it keeps.
    public internal(set) var work: Work
    /// Why the last evaluation failed; nil when it did not, or there was none.
    public internal(set) var lastError: String?
    /// The instant of the last evaluation; nil when there was none.
    public internal(set) var evaluatedAt: Timestamp?
    /// How long it took.
    public internal(set) var evaluationNanoseconds: Int64 = 0
    /// The samples that it found.
    public internal(set) var samplesFound = 0
    /// Evaluations that failed.
    public internal(set) var failures = 0

    /// What is asked.
    let question: String
    /// Labels of the rule and of its group.
    let labels: LabelSet
    let labelTemplates: [(name: String, template: RuleTemplate)]
    let annotationTemplates: [(name: String, template: RuleTemplate)]
    /// The series that the last evaluation wrote.
    var written: Set<LabelSet> = []
    /// The last evaluation that did not fail.
    var succeededAt: Timestamp?

    init(
        _ rule: Rule, in group: RuleGroupDefinition, intervalNanoseconds: Int64
    ) throws(RuleError) {
        self.rule = rule
        var labels = group.labels
        for label in rule.labels.labels { labels[label.name] = label.value }
        self.labels = labels
        switch rule.kind {
        case .alerting(let hold, let keep, let annotations):
            work = .alerting(AlertingRule(holdNanoseconds: hold, keepNanoseconds: keep))
            labelTemplates = try RuleMember.templates(labels, of: rule)
            annotationTemplates = try RuleMember.templates(annotations, of: rule)
            question = RuleMember.question(rule.expression, intervalNanoseconds)
        case .recording:
            work = .recording(RecordingRule(name: rule.name, labels: labels))
            labelTemplates = []
            annotationTemplates = []
            question = rule.expression
        }
    }

    var key: Key { Key(name: rule.name, labels: labels, isAlerting: rule.isAlerting) }

    /// The alerts that are pending or firing, by labels; none of a recording rule.
    public var activeAlerts: [ActiveAlert] {
        if case .alerting(let alerting) = work { alerting.active } else { [] }
    }

    mutating func adopt(_ former: RuleMember) {
        switch (work, former.work) {
        case (.alerting(var own), .alerting(let other)):
            own.adopt(other.alerts.values)
            work = .alerting(own)
        case (.recording(var own), .recording(let other)):
            own.adopt(other)
            work = .recording(own)
        default: return
        }
        written = former.written
        evaluatedAt = former.evaluatedAt
        evaluationNanoseconds = former.evaluationNanoseconds
        samplesFound = former.samplesFound
        failures = former.failures
        succeededAt = former.succeededAt
        if rule.expression == former.rule.expression { lastError = former.lastError }
    }

    /// An alert on lines alone means: when there are any.
    private static func question(_ expression: String, _ intervalNanoseconds: Int64) -> String {
        guard case .log(let query)? = try? Query.parse(expression) else { return expression }
        return "count_over_time(\(query)[\(PrometheusDuration.text(intervalNanoseconds))]) > 0"
    }

    static func templates(
        _ texts: LabelSet, of rule: Rule
    ) throws(RuleError) -> [(name: String, template: RuleTemplate)] {
        var templates: [(name: String, template: RuleTemplate)] = []
        for label in texts.labels {
            do {
                templates.append((label.name, try RuleTemplate(label.value, name: "__alert_\(rule.name)")))
            } catch {
                throw RuleError("\(label.name): \(error.message)")
            }
        }
        return templates
    }
}
