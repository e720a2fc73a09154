public import WeirRegex

/// A condition on one label of a stream: `app="web"`, `env!="dev"`, `host=~"a.*"`, `path!~"/health.*"`.
///
/// An absent label counts as the empty string. Patterns are RE2 and anchored at both ends.
public struct Matcher: Sendable {
    /// How the label's value is compared.
    public enum Comparison: String, Sendable {
        /// The value equals the text.
        case equal = "="
        /// The value differs from the text.
        case notEqual = "!="
        /// The whole value matches the pattern.
        case matches = "=~"
        /// The whole value does not match the pattern.
        case doesNotMatch = "!~"
    }

    /// The name of the label.
    public let name: String
    /// How it is compared.
    public let comparison: Comparison
    /// The text or pattern it is compared with.
    public let value: String

    private let pattern: Pattern?

    /// Creates a matcher and compiles its pattern, if it has one.
    ///
    /// - Throws: ``PatternError`` with RE2's message when `value` is no valid pattern.
    public init(_ name: String, _ comparison: Comparison, _ value: String) throws(PatternError) {
        self.name = name
        self.comparison = comparison
        self.value = value
        switch comparison {
        case .equal, .notEqual: pattern = nil
        case .matches, .doesNotMatch: pattern = try Pattern("^(?s:\(value))$")
        }
    }

    /// Whether a stream whose label has `candidate` as its value (empty: absent) fulfils the condition.
    public func accepts(_ candidate: String) -> Bool {
        switch comparison {
        case .equal: ExactText.isEqual(candidate, value)
        case .notEqual: !ExactText.isEqual(candidate, value)
        case .matches: pattern!.matches(candidate)
        case .doesNotMatch: !pattern!.matches(candidate)
        }
    }

    /// Whether a stream with these labels fulfils the condition.
    public func accepts(_ labels: LabelSet) -> Bool {
        accepts(labels[name] ?? "")
    }

    /// Whether a stream without the label fulfils the condition.
    public var acceptsEmpty: Bool { accepts("") }
}

extension Matcher: Hashable {
    /// Equal when name, comparison and text are.
    public static func == (left: Matcher, right: Matcher) -> Bool {
        left.name == right.name && left.comparison == right.comparison
            && ExactText.isEqual(left.value, right.value)
    }

    /// Hashes name, comparison and text.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(comparison)
        hasher.combine(value)
    }
}

extension Matcher: CustomStringConvertible {
    /// The text of the matcher as in a selector: `app=~"web.*"`.
    public var description: String { "\(name)\(comparison.rawValue)\(QuotedText.quote(value))" }
}
