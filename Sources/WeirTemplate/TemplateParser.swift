/// Builds the tree of a template.
struct TemplateParser {
    typealias Failure = TemplateFunction.Failure

    /// The deepest nesting of blocks and parentheses; deeper ones would use up the stack.
    static let nestingMax = 100

    private static let keywords: Set<String> = [
        "if", "else", "end", "range", "with", "define", "block", "template", "break", "continue",
    ]

    private let functions: [String: TemplateFunction]
    private var lexer: TemplateLexer
    private var item: TemplateLexer.Item
    private var variables = ["$"]
    private var nesting = 0
    private var loopDepth = 0

    /// Templates that `define` and `block` named.
    private(set) var definitions: [String: [Node]] = [:]

    init(_ text: String, functions: [String: TemplateFunction]) throws(Failure) {
        self.functions = functions
        lexer = TemplateLexer(text)
        item = try lexer.next()
    }

    /// The line of the current token.
    var line: Int { lexer.line(at: item.offset) }

    /// The whole template.
    mutating func document() throws(Failure) -> [Node] {
        let (nodes, ending) = try nodes()
        guard ending == .end else { throw Failure("unexpected {{\(ending.rawValue)}}") }
        return nodes
    }

    // MARK: Blocks

    private enum Ending: String {
        case end = "end of text"
        case endBlock = "end"
        case elseBlock = "else"
    }

    private mutating func advance() throws(Failure) {
        item = try lexer.next()
    }

    private mutating func skipSpace() throws(Failure) {
        while item.token == .space { try advance() }
    }

    /// Nodes up to `{{end}}`, `{{else` or the end of the text; after `else` the current token follows that word.
    private mutating func nodes() throws(Failure) -> ([Node], Ending) {
        nesting += 1
        defer { nesting -= 1 }
        guard nesting <= TemplateParser.nestingMax else {
            throw Failure("nested deeper than \(TemplateParser.nestingMax) levels")
        }
        var nodes: [Node] = []
        while true {
            switch item.token {
            case .end: return (nodes, .end)
            case .text(let bytes):
                nodes.append(.text(bytes))
                try advance()
            default:
                try advance()
                try skipSpace()
                if case .word(let word) = item.token, word == "end" || word == "else" {
                    try advance()
                    if word == "else" { return (nodes, .elseBlock) }
                    try closeAction("end")
                    return (nodes, .endBlock)
                }
                if let node = try action() { nodes.append(node) }
            }
        }
    }

    private mutating func closeAction(_ context: String) throws(Failure) {
        try skipSpace()
        guard item.token == .close else { throw unexpected(context) }
        try advance()
    }

    private func unexpected(_ context: String) -> Failure {
        if item.token == .end { return Failure("unexpected EOF") }
        let text = String(decoding: lexer.bytes[item.offset..<item.endOffset], as: UTF8.self)
        return Failure("unexpected \(GoQuote.quote(Array(text.utf8))) in \(context)")
    }

    private mutating func action() throws(Failure) -> Node? {
        guard case .word(let word) = item.token, TemplateParser.keywords.contains(word) else {
            let count = variables.count
            let pipeline = try pipeline(context: "command", until: .close)
            // Variables live on behind the action that declares them.
            variables.replaceSubrange(count..., with: pipeline.isAssignment ? [] : pipeline.variables)
            return .action(pipeline)
        }
        try advance()
        switch word {
        case "if", "with", "range": return try control(word)
        case "define": return try definition(isBlock: false)
        case "block": return try definition(isBlock: true)
        case "template": return try invocation()
        default:
            guard loopDepth > 0 else { throw Failure("{{\(word)}} outside {{range}}") }
            try closeAction(word)
            return word == "break" ? .breakLoop : .continueLoop
        }
    }

    private mutating func control(_ word: String) throws(Failure) -> Node {
        let count = variables.count
        defer { variables.removeLast(variables.count - count) }
        let pipeline = try pipeline(context: word, until: .close, isRange: word == "range")
        if !pipeline.isAssignment { variables += pipeline.variables }
        if word == "range" { loopDepth += 1 }
        let (body, ending) = try nodes()
        if word == "range" { loopDepth -= 1 }
        var otherwise: [Node] = []
        switch ending {
        case .end: throw Failure("unexpected EOF")
        case .endBlock: break
        case .elseBlock: otherwise = try alternative(word)
        }
        switch word {
        case "if": return .condition(pipeline, then: body, otherwise: otherwise)
        case "with": return .with(pipeline, body: body, otherwise: otherwise)
        default: return .range(pipeline, body: body, otherwise: otherwise)
        }
    }

    /// What follows `{{else`: the end of the action, or another `if` or `with`.
    private mutating func alternative(_ word: String) throws(Failure) -> [Node] {
        try skipSpace()
        if case .word(let next) = item.token, next == word, word != "range" {
            try advance()
            nesting += 1
            defer { nesting -= 1 }
            guard nesting <= TemplateParser.nestingMax else {
                throw Failure("nested deeper than \(TemplateParser.nestingMax) levels")
            }
            return [try control(word)]
        }
        try closeAction("else")
        let (nodes, ending) = try nodes()
        switch ending {
        case .endBlock: return nodes
        case .elseBlock: throw Failure("expected end; found {{else}}")
        case .end: throw Failure("unexpected EOF")
        }
    }

    private mutating func definition(isBlock: Bool) throws(Failure) -> Node? {
        let place = Place(offset: item.offset, text: "")
        let name = try templateName(isBlock ? "block clause" : "define clause")
        let pipeline = isBlock ? try pipeline(context: "block clause", until: .close) : nil
        if !isBlock { try closeAction("define clause") }
        let outer = (variables, loopDepth)
        (variables, loopDepth) = (["$"], 0)
        let (nodes, ending) = try nodes()
        (variables, loopDepth) = outer
        guard ending == .endBlock else {
            throw Failure(ending == .end ? "unexpected EOF" : "unexpected {{else}} in define clause")
        }
        definitions[name] = nodes
        return isBlock ? .template(name: name, pipeline, place) : nil
    }

    private mutating func invocation() throws(Failure) -> Node {
        let place = Place(offset: item.offset, text: "")
        let name = try templateName("template clause")
        try skipSpace()
        if item.token == .close {
            try advance()
            return .template(name: name, nil, place)
        }
        return .template(name: name, try pipeline(context: "template clause", until: .close), place)
    }

    private mutating func templateName(_ context: String) throws(Failure) -> String {
        try skipSpace()
        guard case .string(let bytes) = item.token else { throw unexpected(context) }
        try advance()
        return String(decoding: bytes, as: UTF8.self)
    }

    // MARK: Pipelines

    private func place(from offset: Int, to end: Int) -> Place {
        var text = Substring(String(decoding: lexer.bytes[offset..<max(offset, end)], as: UTF8.self))
        while text.last?.isWhitespace == true { text.removeLast() }
        return Place(offset: offset, text: String(text))
    }

    /// `$a, $b := x | y`, and the token that ends it.
    private mutating func pipeline(
        context: String, until closing: TemplateLexer.Token, isRange: Bool = false
    ) throws(Failure) -> PipelineNode {
        nesting += 1
        defer { nesting -= 1 }
        guard nesting <= TemplateParser.nestingMax else {
            throw Failure("nested deeper than \(TemplateParser.nestingMax) levels")
        }
        try skipSpace()
        var pipeline = PipelineNode(place: Place(offset: item.offset, text: ""))
        try declarations(into: &pipeline, isRange: isRange)
        let known = variables.count
        // In a range the variables are not visible to its own expression; elsewhere neither.
        defer { variables.removeLast(variables.count - known) }
        while true {
            try skipSpace()
            if item.token == closing {
                let end = item.offset
                try advance()
                guard !pipeline.commands.isEmpty else { throw Failure("missing value for \(context)") }
                pipeline.place = place(from: pipeline.place.offset, to: end)
                return pipeline
            }
            if !pipeline.commands.isEmpty {
                guard item.token == .pipe else { throw unexpected(context) }
                try advance()
                try skipSpace()
            }
            pipeline.commands.append(try command(context))
            try checkPiped(pipeline)
        }
    }

    /// Only functions can take what the command before gives.
    private func checkPiped(_ pipeline: PipelineNode) throws(Failure) {
        guard pipeline.commands.count > 1, let first = pipeline.commands.last?.operands.first else { return }
        switch first.kind {
        case .constant, .dot, .none:
            throw Failure("non executable command in pipeline stage \(pipeline.commands.count)")
        default: return
        }
    }

    /// Reads `$a :=`, `$a =` or `$a, $b :=`, looking ahead in a copy of the lexer.
    private mutating func declarations(into pipeline: inout PipelineNode, isRange: Bool) throws(Failure) {
        guard case .variable(let first) = item.token else { return }
        let saved = (lexer, item)
        try advance()
        try skipSpace()
        var names = [first]
        if isRange, item.token == .comma {
            try advance()
            try skipSpace()
            guard case .variable(let second) = item.token else { throw Failure("range can only initialize variables") }
            names.append(second)
            try advance()
            try skipSpace()
        }
        guard item.token == .declare || item.token == .assign else {
            guard names.count == 1 else { throw unexpected("range") }
            (lexer, item) = saved
            return
        }
        pipeline.isAssignment = item.token == .assign
        pipeline.variables = names
        try advance()
        if pipeline.isAssignment {
            for name in names where !variables.contains(name) { throw Failure("undefined variable \"\(name)\"") }
        }
    }

    private mutating func command(_ context: String) throws(Failure) -> CommandNode {
        let start = item.offset
        var end = start
        var operands: [OperandNode] = []
        while true {
            guard let operand = try operand() else { break }
            operands.append(operand)
            end = operand.place.offset + operand.place.text.utf8.count
            guard item.token == .space else { break }
            try skipSpace()
        }
        guard !operands.isEmpty else {
            if item.token == .end { throw Failure("unexpected EOF") }
            if item.token == .close || item.token == .pipe { throw Failure("missing value for \(context)") }
            throw unexpected("operand")
        }
        switch item.token {
        case .close, .pipe, .rightParenthesis, .space: break
        default: throw unexpected("operand")
        }
        return CommandNode(operands: operands, place: place(from: start, to: end))
    }

    /// A value with the fields behind it; nil when no value starts here.
    private mutating func operand() throws(Failure) -> OperandNode? {
        let start = item.offset
        var end = item.endOffset
        var kind: OperandNode.Kind
        switch item.token {
        case .dot: kind = .dot
        case .string(let bytes): kind = .constant(.string(bytes), isNumber: false)
        case .character(let scalar): kind = .constant(.integer(Int64(scalar.value)), isNumber: true)
        case .number(let text): kind = .constant(GoNumber.constant(text)!, isNumber: true)
        case .word("true"): kind = .constant(.bool(true), isNumber: false)
        case .word("false"): kind = .constant(.bool(false), isNumber: false)
        case .word("nil"): kind = .none
        case .word(let name):
            guard !TemplateParser.keywords.contains(name) else { return nil }
            guard functions[name] != nil || TemplateBuiltins.names.contains(name) else {
                throw Failure("function \"\(name)\" not defined")
            }
            kind = .function(name)
        case .field(let name): kind = .field([name])
        case .variable(let name):
            guard variables.contains(name) else { throw Failure("undefined variable \"\(name)\"") }
            kind = .variable(name, [])
        case .leftParenthesis:
            try advance()
            let inner = try pipeline(context: "parenthesized pipeline", until: .rightParenthesis)
            // `pipeline` took the parenthesis; its end is where the current token starts.
            return try operandFields(.pipeline(inner, []), start: start, end: item.offset)
        default: return nil
        }
        try advance()
        if case .field = item.token {
            if case .constant = kind { throw unexpected("operand") }
        }
        end = max(end, start)
        return try operandFields(kind, start: start, end: end)
    }

    private mutating func operandFields(
        _ kind: OperandNode.Kind, start: Int, end: Int
    ) throws(Failure) -> OperandNode {
        var fields: [String] = []
        var end = end
        while case .field(let name) = item.token, item.offset == end {
            fields.append(name)
            end = item.endOffset
            try advance()
        }
        let place = place(from: start, to: end)
        guard !fields.isEmpty else { return OperandNode(kind: kind, place: place) }
        switch kind {
        case .field(let names): return OperandNode(kind: .field(names + fields), place: place)
        case .variable(let name, let names): return OperandNode(kind: .variable(name, names + fields), place: place)
        case .pipeline(let inner, let names): return OperandNode(kind: .pipeline(inner, names + fields), place: place)
        case .function:
            let command = CommandNode(operands: [OperandNode(kind: kind, place: place)], place: place)
            return OperandNode(kind: .pipeline(PipelineNode(commands: [command], place: place), fields), place: place)
        case .dot, .none, .constant: throw Failure("unexpected <\(fields[0])> in operand")
        }
    }
}
