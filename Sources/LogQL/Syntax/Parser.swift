public import WeirModel
import WeirRegex

/// A recursive-descent parser with one token of lookahead.
///
/// Loki's parser is generated from an LALR grammar. Its messages list what could follow only where nothing is left to
/// reduce and at most four tokens fit, so each place that demands a token here names exactly that list, and places
/// with more possibilities name none. Errors of meaning are kept in ``Expression/invalid(_:)`` until the whole text
/// is read, because Loki reports them after every error of form.
struct Parser {
    /// What an expression turned out to be.
    indirect enum Expression {
        case log(LogQuery)
        case metric(MetricQuery)
        /// Well formed, but without meaning.
        case invalid(SyntaxError)
    }

    /// The deepest nesting of parentheses and functions. Deeper texts are no queries but attacks on the stack: a level
    /// costs under 2 KB there, so this stays far below 1 MB, and people write 20 levels at most.
    static let nestingMax = 250
    /// The most operators in a row. Such a chain is a tree as deep as it is long, and everything that walks trees
    /// (evaluation, printing, release) recurses over it.
    static let chainMax = 1000

    private var lexer: Lexer
    private(set) var token: Token
    private var nesting = 0

    /// Whether extensions are read.
    let dialect: Dialect

    init(_ text: String, dialect: Dialect) throws(SyntaxError) {
        self.dialect = dialect
        lexer = Lexer(text, dialect: dialect)
        token = try lexer.next()
    }

    var kind: Token.Kind { token.kind }

    mutating func advance() throws(SyntaxError) {
        token = try lexer.next()
    }

    /// What follows the current token; `.end` also where that is no token.
    var nextKind: Token.Kind {
        var ahead = lexer
        return (try? ahead.next().kind) ?? .end
    }

    /// Takes the token if it is `kind`.
    mutating func accept(_ kind: Token.Kind) throws(SyntaxError) -> Bool {
        guard token.kind == kind else { return false }
        try advance()
        return true
    }

    /// Takes the token, which must be `kind`; the error names `expecting`, or `kind` alone.
    @discardableResult
    mutating func expect(_ kind: Token.Kind, expecting: [Token.Kind]? = nil) throws(SyntaxError) -> Token {
        guard token.kind == kind else { throw unexpected(expecting ?? [kind]) }
        let taken = token
        try advance()
        return taken
    }

    /// The error that the current token does not fit; `expecting` in the order of Loki's token numbers.
    func unexpected(_ expecting: [Token.Kind] = []) -> SyntaxError {
        var text = "syntax error: unexpected \(token.kind.rawValue)"
        if !expecting.isEmpty {
            text += ", expecting " + expecting.map(\.rawValue).joined(separator: " or ")
        }
        return failure(text)
    }

    /// An error at the current token.
    func failure(_ text: String) -> SyntaxError {
        token.line == 0 && token.column == 0
            ? SyntaxError(text) : SyntaxError(line: token.line, column: token.column, text)
    }

    /// Runs `body` one level deeper.
    mutating func nested<Result>(
        _ body: (inout Parser) throws(SyntaxError) -> Result
    ) throws(SyntaxError) -> Result {
        nesting += 1
        defer { nesting -= 1 }
        guard nesting <= Parser.nestingMax else {
            throw failure("nested deeper than \(Parser.nestingMax) levels")
        }
        return try body(&self)
    }

    /// Refuses a chain of `length` operators that is too long.
    func checkChain(_ length: Int) throws(SyntaxError) {
        guard length <= Parser.chainMax else {
            throw failure("more than \(Parser.chainMax) operators in a row")
        }
    }
}

// MARK: Selectors

extension Parser {
    /// `{a="b", c=~"d"}`
    mutating func selector() throws(SyntaxError) -> [Matcher] {
        try expect(.openBrace)
        if try accept(.closeBrace) { return [] }
        var matchers: [Matcher] = []
        guard kind == .identifier else { throw unexpected([.identifier, .closeBrace]) }
        repeat {
            matchers.append(try matcher())
        } while try accept(.comma)
        try expect(.closeBrace, expecting: [.closeBrace, .comma])
        return matchers
    }

    /// `a="b"`, with its name still to come.
    mutating func matcher() throws(SyntaxError) -> Matcher {
        let name = try expect(.identifier)
        guard let comparison = matcherComparison else {
            throw unexpected([.equal, .matches, .doesNotMatch, .notEqual])
        }
        try advance()
        let value = try expect(.string)
        return try makeMatcher(name.text, comparison, value.text)
    }

    /// The current token as an operator of matchers.
    var matcherComparison: Matcher.Comparison? {
        switch kind {
        case .equal: .equal
        case .notEqual: .notEqual
        case .matches: .matches
        case .doesNotMatch: .doesNotMatch
        default: nil
        }
    }

    func makeMatcher(
        _ name: String, _ comparison: Matcher.Comparison, _ value: String
    ) throws(SyntaxError) -> Matcher {
        do {
            // Compiled bare first: inside the anchors of a matcher `a)(b` would pass, and messages would show them.
            if comparison == .matches || comparison == .doesNotMatch { _ = try Pattern(value) }
            return try Matcher(name, comparison, value)
        } catch {
            throw SyntaxError(error.goText)
        }
    }
}

// MARK: Entry points

extension Query {
    /// Reads a query.
    ///
    /// Everything that concerns form and meaning of the text alone is checked; patterns, templates and addresses of
    /// stages are checked when the pipeline is built, as in Loki.
    ///
    /// - Parameter dialect: whether Weir's extensions are read or refused.
    /// - Throws: ``SyntaxError`` in Loki's words.
    /// - Complexity: O(length). The caller bounds the length (``QueryLimits/textBytesMax``).
    public static func parse(_ text: String, dialect: Dialect = .weir) throws(SyntaxError) -> Query {
        var parser = try Parser(text, dialect: dialect)
        if parser.kind == .variants { try parser.variants() }
        let expression = try parser.expression()
        guard parser.kind == .end else { throw parser.unexpected() }
        switch expression {
        case .invalid(let error): throw error
        case .metric(let query): return .metric(query)
        case .log(let query):
            try query.matchers.checkSelectivity()
            guard query.stages.count(where: \.isDistinct) <= 1 else {
                throw SyntaxError("a query may have one distinct stage; list several labels in it")
            }
            return .log(query)
        }
    }
}

extension StageSyntax {
    /// Whether the stage is a `distinct`.
    var isDistinct: Bool { if case .distinct = self { true } else { false } }
}

extension Matcher {
    /// Reads a selector without stages, such as `{app="web"}`: the form of `match[]` and of routing conditions.
    ///
    /// - Parameter allowsEverything: whether a selector that every stream could fulfil, such as `{}`, is fine.
    /// - Throws: ``SyntaxError`` in Loki's words.
    public static func parseSelector(
        _ text: String, allowsEverything: Bool = false
    ) throws(SyntaxError) -> [Matcher] {
        var parser = try Parser(text, dialect: .loki)
        let expression = try parser.expression()
        guard parser.kind == .end else { throw parser.unexpected() }
        switch expression {
        case .invalid(let error): throw error
        case .log(let query) where query.stages.isEmpty:
            if !allowsEverything { try query.matchers.checkSelectivity() }
            return query.matchers
        default: throw SyntaxError(verbatim: "only label matchers are supported")
        }
    }
}

extension [Matcher] {
    /// Refuses selectors that a stream without any of the labels would fulfil: they read the whole store.
    func checkSelectivity() throws(SyntaxError) {
        guard contains(where: { !$0.acceptsEmpty }) else { throw .unselective }
    }
}

extension SyntaxError {
    static let unselective = SyntaxError(
        """
        queries require at least one regexp or equality matcher that does not have an empty-compatible value. \
        For instance, app=~".*" does not meet this requirement, but app=~".+" will
        """)
}
