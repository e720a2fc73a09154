public import WeirModel
internal import WeirRegex

/// Matchers as Alertmanager's files and API write them: `severity="page"`, `{team=~"a|b", "naïve name"!=x}`.
///
/// Both of Alertmanager's grammars are read: names may be quoted, values need no quotes. Where the two disagree, about
/// escapes in a value, the classic one decides, as there: only `\n`, `\"` and `\\` stand for something else.
public enum MatcherText {
    /// Reads a list of matchers, with or without braces; the empty text is the empty list.
    ///
    /// - Throws: ``MatcherSyntaxError`` that names the part which is no matcher.
    public static func parse(_ text: String) throws(MatcherSyntaxError) -> [Matcher] {
        var rest = Array(text.unicodeScalars)[...]
        trim(&rest)
        if rest.first == "{" {
            guard rest.last == "}", rest.count > 1 else { throw MatcherSyntaxError(text, "a brace is not closed") }
            rest = rest.dropFirst().dropLast()
            trim(&rest)
        }
        var matchers: [Matcher] = []
        while !rest.isEmpty {
            matchers.append(try matcher(&rest, of: text))
            guard let next = rest.first else { break }
            guard next == "," else { throw MatcherSyntaxError(text, "expected a comma before \(quoted(rest))") }
            rest = rest.dropFirst()
            trim(&rest)
        }
        return matchers
    }

    private typealias Scalars = ArraySlice<Unicode.Scalar>

    private static func matcher(_ rest: inout Scalars, of text: String) throws(MatcherSyntaxError) -> Matcher {
        let name: String
        if rest.first == "\"" {
            name = try quotedText(&rest, of: text)
        } else {
            let bare = rest.prefix { !" \t\n\r{}!=~,\\\"'`".unicodeScalars.contains($0) }
            name = string(bare)
            rest = rest.dropFirst(bare.count)
        }
        guard !name.isEmpty else { throw MatcherSyntaxError(text, "expected the name of a label") }
        trim(&rest)
        let comparison = try comparison(&rest, of: text)
        trim(&rest)
        let value = rest.first == "\"" ? try quotedText(&rest, of: text) : try bareText(&rest, of: text)
        trim(&rest)
        do { return try Matcher(name, comparison, value) } catch {
            throw MatcherSyntaxError(text, "\(error)")
        }
    }

    private static func comparison(
        _ rest: inout Scalars, of text: String
    ) throws(MatcherSyntaxError) -> Matcher.Comparison {
        for comparison in [Matcher.Comparison.matches, .doesNotMatch, .notEqual, .equal]
        where rest.starts(with: comparison.rawValue.unicodeScalars) {
            rest = rest.dropFirst(comparison.rawValue.unicodeScalars.count)
            return comparison
        }
        throw MatcherSyntaxError(text, "expected =, !=, =~ or !~ before \(quoted(rest))")
    }

    /// A value without quotes: up to the next comma, without the blanks around it.
    private static func bareText(_ rest: inout Scalars, of text: String) throws(MatcherSyntaxError) -> String {
        var bare = rest.prefix { $0 != "," }
        rest = rest.dropFirst(bare.count)
        trim(&bare)
        var value = bare
        let unescaped = unescape(&value, until: nil)
        guard !hasBareQuote(bare) else { throw MatcherSyntaxError(text, "a quote inside \(quoted(bare))") }
        return unescaped
    }

    private static func hasBareQuote(_ text: Scalars) -> Bool {
        var isEscaped = false
        for scalar in text {
            if scalar == "\"", !isEscaped { return true }
            isEscaped = scalar == "\\" && !isEscaped
        }
        return false
    }

    private static func quotedText(_ rest: inout Scalars, of text: String) throws(MatcherSyntaxError) -> String {
        rest = rest.dropFirst()
        let value = unescape(&rest, until: "\"")
        guard rest.first == "\"" else { throw MatcherSyntaxError(text, "a quote is not closed") }
        rest = rest.dropFirst()
        return value
    }

    /// Takes text up to `end`, undoing escapes; a backslash before anything else stays.
    private static func unescape(_ rest: inout Scalars, until end: Unicode.Scalar?) -> String {
        var value = String.UnicodeScalarView()
        while let scalar = rest.first, scalar != end {
            rest = rest.dropFirst()
            guard scalar == "\\", let next = rest.first else {
                value.append(scalar)
                continue
            }
            rest = rest.dropFirst()
            switch next {
            case "n": value.append("\n")
            case "\"", "\\": value.append(next)
            default: value.append(contentsOf: [scalar, next])
            }
        }
        return String(value)
    }

    private static func trim(_ text: inout Scalars) {
        while let first = text.first, first.properties.isWhitespace { text = text.dropFirst() }
        while let last = text.last, last.properties.isWhitespace { text = text.dropLast() }
    }

    private static func string(_ text: Scalars) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: text)
        return String(view)
    }

    private static func quoted(_ text: Scalars) -> String { QuotedText.quote(string(text)) }
}

/// Why a text is no list of matchers.
public struct MatcherSyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The whole text.
    public let text: String
    /// What is wrong with it.
    public let reason: String

    /// Creates an error.
    public init(_ text: String, _ reason: String) {
        self.text = text
        self.reason = reason
    }

    /// `bad matcher format: severity: expected =, !=, =~ or !~ before ""`
    public var description: String { "bad matcher format: \(text): \(reason)" }
}
