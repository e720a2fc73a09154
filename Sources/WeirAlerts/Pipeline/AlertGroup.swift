internal import WeirModel

/// Alerts that are told together: those of one route whose grouping labels agree.
struct AlertGroup: Sendable {
    /// The route's position in the tree.
    var node: Int
    /// The labels that its alerts share by definition.
    let labels: LabelSet
    /// The labels of the alerts in it.
    var members: Set<LabelSet> = []
    /// When it is looked at next.
    var nextFlush: Timestamp
    /// Whether it was ever looked at.
    var hasFlushed = false
    /// Since when it has no members.
    var emptySince: Timestamp?

    /// How long an empty group waits for members, which then need no group wait.
    static let emptyAgeMax = Duration.seconds(30)

    init(node: Int, labels: LabelSet, nextFlush: Timestamp) {
        self.node = node
        self.labels = labels
        self.nextFlush = nextFlush
    }

    /// The order in which alerts are told: by job, by instance, then by all labels; alerts without one come last.
    static func isOrdered(_ left: LabelSet, _ right: LabelSet) -> Bool {
        for name in ["job", "instance"] {
            let (mine, other) = (left[name].map { ExactText($0) }, right[name].map { ExactText($0) })
            switch (mine, other) {
            case (nil, nil): continue
            case (nil, _): return false
            case (_, nil): return true
            case (let mine?, let other?): if mine != other { return mine < other }
            }
        }
        if left.count != right.count { return left.count < right.count }
        return left < right
    }
}
