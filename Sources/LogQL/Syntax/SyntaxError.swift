/// Why a text is no query, in Loki's wording, with the place for a caret.
public struct SyntaxError: Error, Sendable, Hashable {
    /// Loki's whole message: `parse error at line 1, col 9: syntax error: unexpected IDENTIFIER`.
    public let message: String
    /// The line of the fault, from 1; nil where Loki names none.
    public let line: Int?
    /// The column of the fault in characters, from 1; nil where Loki names none.
    public let column: Int?

    /// Creates an error with a place.
    public init(line: Int, column: Int, _ text: String) {
        self.line = line
        self.column = column
        message = "parse error at line \(line), col \(column): \(text)"
    }

    /// Creates an error without a place.
    public init(_ text: String) {
        line = nil
        column = nil
        message = "parse error : \(text)"
    }

    /// Creates an error whose text stands alone, without Loki's `parse error` in front.
    public init(verbatim text: String) {
        line = nil
        column = nil
        message = text
    }

    /// Creates the error that a stage cannot be built, such as `stage '|~ "("' : error parsing regexp: …`.
    public init(stage: StageSyntax, _ reason: String) {
        self.init("stage '\(stage)' : \(reason)")
    }
}
