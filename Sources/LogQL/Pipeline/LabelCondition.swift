import WeirBytes
import WeirModel
import WeirRegex

/// A matcher that tests bytes in place: the condition of `drop`, `keep` and label filters.
struct LabelCondition: Sendable {
    private enum Test: Sendable {
        case oneOf([[UInt8]])
        case pattern(Pattern)
    }

    private let test: Test
    private let isNegated: Bool

    /// Builds the running form; patterns are anchored at both ends.
    ///
    /// - Parameter dropsEmptyAlternative: whether `a|` means `a`, as it does in Loki's label filters.
    init(_ matcher: Matcher, dropsEmptyAlternative: Bool = false) throws(StageError) {
        switch matcher.comparison {
        case .equal, .notEqual: test = .oneOf([Array(matcher.value.utf8)])
        case .matches, .doesNotMatch:
            let literals = PatternLiterals(matcher.value)
            if let alternatives = literals.exactAlternatives, !literals.ignoresCase {
                // `GET|POST` needs no automaton.
                let isReduced = dropsEmptyAlternative && alternatives.count > 1
                test = .oneOf(isReduced ? alternatives.filter { !$0.isEmpty } : alternatives)
                break
            }
            do { test = .pattern(try Pattern("^(?s:\(matcher.value))$")) } catch { throw StageError(error.goText) }
        }
        isNegated = matcher.comparison == .notEqual || matcher.comparison == .doesNotMatch
    }

    /// Whether a value fulfils the condition; an absent label counts as empty.
    func accepts(_ value: UnsafeRawBufferPointer) -> Bool {
        switch test {
        case .oneOf(let texts):
            texts.contains { text in text.withUnsafeBytes { ByteHash.isEqual($0, value) } } != isNegated
        case .pattern(let pattern): pattern.matches(value) != isNegated
        }
    }
}
