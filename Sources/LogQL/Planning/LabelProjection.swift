/// Which labels of an entry name the series that it counts for.
enum LabelProjection: Sendable, Hashable {
    /// All but these.
    case without(Set<String>)
    /// Only these.
    case by(Set<String>)

    /// The labels that a range aggregation's own grouping leaves, or that of a sum around it.
    ///
    /// The label that is unwrapped becomes the value and no longer names the series, unless it is asked for by name.
    init(_ grouping: GroupingSyntax?, unwrapping label: String?) {
        guard let grouping else {
            self = .without(label.map { [$0] } ?? [])
            return
        }
        let names = Set(grouping.names)
        self = grouping.isWithout ? .without(names.union(label.map { [$0] } ?? [])) : .by(names)
    }

    /// Whether only listed labels name the series.
    var isBy: Bool { if case .by = self { true } else { false } }

    /// The labels that name the series of a range aggregation.
    ///
    /// - Parameter outer: the grouping of an aggregation around it that asks for nothing else.
    init(_ syntax: RangeAggregationSyntax, outer: GroupingSyntax?) {
        self.init(syntax.grouping ?? outer, unwrapping: syntax.label ?? syntax.range.unwrap?.label)
    }

    /// Whether the error labels are asked for, so that faulty entries are counted instead of refused.
    var asksForErrors: Bool {
        if case .by(let names) = self { return names.contains("__error__") }
        return false
    }
}
