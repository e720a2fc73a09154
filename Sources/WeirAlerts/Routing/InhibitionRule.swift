public import WeirModel

/// An alert keeps others quiet: while a source fires, targets with the same values of some labels are not told.
public struct InhibitionRule: Sendable, Hashable {
    /// What a source fulfils.
    public var source: [Matcher]
    /// What a target fulfils.
    public var target: [Matcher]
    /// Labels whose values must agree; an absent label is an empty one.
    public var equal: [String]

    /// Creates a rule.
    public init(source: [Matcher], target: [Matcher], equal: [String] = []) {
        self.source = source
        self.target = target
        self.equal = equal
    }

    fileprivate func isSource(_ labels: LabelSet) -> Bool { source.allSatisfy { $0.accepts(labels) } }
    fileprivate func isTarget(_ labels: LabelSet) -> Bool { target.allSatisfy { $0.accepts(labels) } }

    fileprivate func values(of labels: LabelSet) -> [ExactText] { equal.map { ExactText(labels[$0] ?? "") } }
}

/// Which of the firing alerts keep which others quiet, looked up instead of searched: sources by the values that must
/// agree.
struct Inhibitions: Sendable {
    private let rules: [InhibitionRule]
    /// Per rule: sources by values. Two of each kind suffice to answer for any target.
    private var sources: [[[ExactText]: Sources]]

    private struct Sources: Sendable {
        /// A source that is no target of the rule itself.
        var plain: LabelSet?
        /// One that is both, which does not count for a target that is both too.
        var both: LabelSet?
    }

    /// Looks through the alerts that fire; O(alerts × rules).
    init(rules: [InhibitionRule], firing: some Sequence<LabelSet>) {
        self.rules = rules
        sources = rules.map { _ in [:] }
        guard !rules.isEmpty else { return }
        for labels in firing {
            for (index, rule) in rules.enumerated() where rule.isSource(labels) {
                let key = rule.values(of: labels)
                if rule.isTarget(labels) {
                    sources[index][key, default: Sources()].both = labels
                } else {
                    sources[index][key, default: Sources()].plain = labels
                }
            }
        }
    }

    /// The alert that keeps the one with these labels quiet; nil when none does.
    func source(inhibiting labels: LabelSet) -> LabelSet? {
        for (index, rule) in rules.enumerated() where rule.isTarget(labels) {
            guard let found = sources[index][rule.values(of: labels)] else { continue }
            if let plain = found.plain { return plain }
            // One that matches both sides is not inhibited by another that does, above all not by itself.
            if let both = found.both, !rule.isSource(labels) { return both }
        }
        return nil
    }
}
