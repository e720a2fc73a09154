/// One step of `relabel_configs`, with Prometheus' meaning.
public struct RelabelRule: Sendable, Hashable {
    /// What the rule does.
    public var action = Action.replace
    /// The labels whose values, joined by ``separator``, the rule looks at.
    public var sourceLabels: [String] = []
    /// What stands between the joined values.
    public var separator = ";"
    /// The pattern, anchored at both ends.
    public var regex = "(.*)"
    /// The label that is set.
    public var targetLabel = ""
    /// What it is set to; `$1`, `${1}` and `${name}` stand for groups of the pattern.
    public var replacement = "$1"
    /// The divisor of ``Action/hashmod``.
    public var modulus: UInt64 = 0

    /// Creates Prometheus' default rule, which copies nothing until a target is named.
    public init() {}

    /// What a rule does.
    public enum Action: String, Sendable, CaseIterable {
        /// Sets the target label where the pattern matches; an empty result removes it.
        case replace
        /// Drops targets that do not match.
        case keep
        /// Drops targets that match.
        case drop
        /// Sets the target label to a hash of the values modulo `modulus`.
        case hashmod
        /// Copies every label whose name matches to the name that `replacement` makes.
        case labelmap
        /// Removes labels whose name matches.
        case labeldrop
        /// Removes labels whose name does not match.
        case labelkeep
        /// Sets the target label to the values in lower case.
        case lowercase
        /// Sets the target label to the values in upper case.
        case uppercase
        /// Drops targets whose joined values differ from the target label's.
        case keepequal
        /// Drops targets whose joined values equal the target label's.
        case dropequal
    }
}
