/// Makes a tree of an expression, by the precedence of what stands between its parts.
struct JMESParser {
    private var tokens: [JMESLexer.Token]
    private var position = 0
    private var depth = 0
    /// Deeper nesting would only serve to exhaust the stack.
    private static let depthMax = 64

    /// Parses a whole expression.
    static func parse(_ text: String) throws(JMESError) -> JMESPath.Node {
        var parser = JMESParser(tokens: try JMESLexer.tokens(text))
        let node = try parser.expression(0)
        guard parser.token == .end else { throw JMESError("unexpected end of \(text)") }
        return node
    }

    private init(tokens: [JMESLexer.Token]) {
        self.tokens = tokens
    }

    private var token: JMESLexer.Token { tokens[position] }

    private mutating func advance() -> JMESLexer.Token {
        defer { position = min(position + 1, tokens.count - 1) }
        return tokens[position]
    }

    private mutating func expect(_ wanted: JMESLexer.Token) throws(JMESError) {
        guard advance() == wanted else { throw JMESError("\(wanted) expected") }
    }

    /// How strongly a token holds to what stands before it.
    private static func power(_ token: JMESLexer.Token) -> Int {
        switch token {
        case .pipe: 1
        case .or: 2
        case .and: 3
        case .comparison: 5
        case .flatten: 9
        case .star: 20
        case .filter: 21
        case .dot: 40
        case .not: 45
        case .leftBrace: 50
        case .leftBracket: 55
        case .leftParenthesis: 60
        default: 0
        }
    }

    private mutating func expression(_ minimum: Int) throws(JMESError) -> JMESPath.Node {
        depth += 1
        defer { depth -= 1 }
        guard depth <= JMESParser.depthMax else { throw JMESError("nested too deeply") }
        var left = try prefix(advance())
        while minimum < JMESParser.power(token) { left = try infix(advance(), left) }
        return left
    }

    private mutating func prefix(_ first: JMESLexer.Token) throws(JMESError) -> JMESPath.Node {
        switch first {
        case .literal(let value): return .literal(value)
        case .name(let name):
            guard token == .leftParenthesis else { return .field(name) }
            return try call(name)
        case .quotedName(let name): return .field(name)
        case .current: return .current
        case .star: return .values(.current, try projected(20))
        case .filter: return try filter(.current)
        case .leftBrace: return try multipleMembers()
        case .leftParenthesis:
            let inner = try expression(0)
            try expect(.rightParenthesis)
            return inner
        case .flatten: return .projection(.flatten(.current), try projected(9))
        case .not: return .not(try expression(45))
        case .reference: return .reference(try expression(0))
        case .leftBracket: return try bracket(.current, allowsList: true)
        default: throw JMESError("\(first) cannot begin an expression")
        }
    }

    private mutating func infix(
        _ operation: JMESLexer.Token, _ left: JMESPath.Node
    ) throws(JMESError) -> JMESPath.Node {
        switch operation {
        case .dot:
            if token == .star {
                _ = advance()
                return .values(left, try projected(20))
            }
            return .chain(left, try afterDot(40))
        case .pipe: return .chain(left, try expression(1))
        case .or: return .or(left, try expression(2))
        case .and: return .and(left, try expression(3))
        case .comparison(let comparison): return .compare(comparison, left, try expression(5))
        case .flatten: return .projection(.flatten(left), try projected(9))
        case .filter: return try filter(left)
        case .leftBracket: return try bracket(left, allowsList: false)
        default: throw JMESError("unexpected \(operation)")
        }
    }

    private mutating func call(_ name: [UInt8]) throws(JMESError) -> JMESPath.Node {
        let text = String(decoding: name, as: UTF8.self)
        guard let function = JMESFunction(rawValue: text) else { throw JMESError("there is no function \(text)") }
        _ = advance()
        var arguments: [JMESPath.Node] = []
        while token != .rightParenthesis {
            arguments.append(try expression(0))
            if token == .comma { _ = advance() } else if token != .rightParenthesis { throw JMESError(") expected") }
        }
        _ = advance()
        guard function.takes(arguments.count) else { throw JMESError("\(text) takes another number of arguments") }
        return .call(function, arguments)
    }

    private mutating func filter(_ left: JMESPath.Node) throws(JMESError) -> JMESPath.Node {
        let condition = try expression(0)
        try expect(.rightBracket)
        let right: JMESPath.Node = token == .flatten ? .current : try projected(21)
        return .filter(left, condition, right)
    }

    /// What follows `[`: a position, a slice, a star, or a list of expressions.
    private mutating func bracket(
        _ left: JMESPath.Node, allowsList: Bool
    ) throws(JMESError) -> JMESPath.Node {
        switch token {
        case .number, .colon: return try position(in: left)
        case .star where tokens[position + 1] == .rightBracket:
            position += 2
            return .projection(left, try projected(20))
        default:
            guard allowsList else { throw JMESError("a number, : or * expected behind [") }
            return try multipleElements()
        }
    }

    private mutating func position(in left: JMESPath.Node) throws(JMESError) -> JMESPath.Node {
        var parts: [Int?] = [nil, nil, nil]
        var index = 0
        while token != .rightBracket {
            switch advance() {
            case .colon where index < 2: index += 1
            case .number(let number) where parts[index] == nil: parts[index] = number
            default: throw JMESError("no position and no slice")
            }
        }
        _ = advance()
        if index == 0, let place = parts[0] { return .chain(left, .index(place)) }
        guard index > 0, parts[2] != 0 else { throw JMESError("a slice needs a step other than 0") }
        return .projection(.slice(left, parts[0], parts[1], parts[2] ?? 1), try projected(20))
    }

    /// What is done with every element of a projection.
    private mutating func projected(_ minimum: Int) throws(JMESError) -> JMESPath.Node {
        switch token {
        case .dot:
            _ = advance()
            if token == .star {
                _ = advance()
                return .values(.current, try projected(20))
            }
            return try afterDot(minimum)
        case .leftBracket, .filter: return try expression(minimum)
        default:
            guard JMESParser.power(token) < 10 else { throw JMESError("unexpected \(token)") }
            return .current
        }
    }

    private mutating func afterDot(_ minimum: Int) throws(JMESError) -> JMESPath.Node {
        switch token {
        case .name, .quotedName: return try expression(minimum)
        case .leftBracket:
            _ = advance()
            return try multipleElements()
        case .leftBrace:
            _ = advance()
            return try multipleMembers()
        default: throw JMESError("a name expected behind the point")
        }
    }

    private mutating func multipleElements() throws(JMESError) -> JMESPath.Node {
        var nodes: [JMESPath.Node] = []
        repeat { nodes.append(try expression(0)) } while try continues(until: .rightBracket)
        return .elements(nodes)
    }

    private mutating func multipleMembers() throws(JMESError) -> JMESPath.Node {
        var members: [(key: [UInt8], node: JMESPath.Node)] = []
        repeat {
            let key: [UInt8]
            switch advance() {
            case .name(let name), .quotedName(let name): key = name
            default: throw JMESError("a name expected in braces")
            }
            try expect(.colon)
            members.append((key, try expression(0)))
        } while try continues(until: .rightBrace)
        return .members(members)
    }

    private mutating func continues(until close: JMESLexer.Token) throws(JMESError) -> Bool {
        let next = advance()
        guard next == .comma || next == close else { throw JMESError("\(close) expected") }
        return next == .comma
    }
}
