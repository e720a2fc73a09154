import WeirModel

extension Parser {
    /// Whether the current token starts a stage.
    var startsStage: Bool { kind == .pipe || lineComparison != nil }

    /// Stages up to the first token that starts none.
    mutating func stages() throws(SyntaxError) -> [StageSyntax] {
        var stages: [StageSyntax] = []
        while startsStage {
            if try accept(.pipe) {
                stages.append(try pipedStage())
                if try acceptFlag("--skip-errors") { stages.append(.skipErrors) }
            } else {
                try lineFilter(into: &stages)
            }
        }
        return stages
    }

    /// Line filters up to the next `|`.
    mutating func lineFilters() throws(SyntaxError) -> [StageSyntax] {
        var stages: [StageSyntax] = []
        while lineComparison != nil { try lineFilter(into: &stages) }
        return stages
    }

    /// The current token as an operator of line filters.
    private var lineComparison: LineFilterSyntax.Comparison? {
        switch kind {
        case .pipeContains: .contains
        case .notEqual: .lacks
        case .pipeMatches: .matches
        case .doesNotMatch: .doesNotMatch
        case .pipeFitsPattern: .fitsPattern
        case .doesNotFitPattern: .doesNotFitPattern
        default: nil
        }
    }

    /// Takes a flag if it stands here.
    mutating func acceptFlag(_ flag: String) throws(SyntaxError) -> Bool {
        guard kind == .flag, token.text == flag else { return false }
        try advance()
        return true
    }

    /// `|= "a" or ip("b")`. A negated filter with alternatives is several filters: none of them may fit.
    private mutating func lineFilter(into stages: inout [StageSyntax]) throws(SyntaxError) {
        var comparison = lineComparison!
        try advance()
        if dialect == .weir, kind == .identifier, token.text == "i", nextKind == .string {
            switch comparison {
            case .contains: comparison = .containsIgnoringCase
            case .lacks: comparison = .lacksIgnoringCase
            default: throw unexpected([.string])
            }
            try advance()
        }
        var operands = [try lineOperand()]
        while try accept(.or) { operands.append(try lineOperand()) }
        switch comparison {
        case .contains, .matches, .fitsPattern, .containsIgnoringCase:
            stages.append(.lineFilter(LineFilterSyntax(comparison: comparison, operands: operands)))
        case .lacks, .doesNotMatch, .doesNotFitPattern, .lacksIgnoringCase:
            for operand in operands {
                stages.append(.lineFilter(LineFilterSyntax(comparison: comparison, operands: [operand])))
            }
        }
        if try acceptFlag("--skip-errors") { stages.append(.skipErrors) }
    }

    private mutating func lineOperand() throws(SyntaxError) -> LineFilterSyntax.Operand {
        if try accept(.ip) {
            return .ip(try parenthesizedString())
        }
        return .text(try expect(.string, expecting: [.string, .ip]).text)
    }

    private mutating func parenthesizedString() throws(SyntaxError) -> String {
        try expect(.openParenthesis)
        let text = try expect(.string).text
        try expect(.closeParenthesis)
        return text
    }

    /// A stage behind its `|`.
    mutating func pipedStage() throws(SyntaxError) -> StageSyntax {
        let start = token
        switch start.kind {
        case .identifier where dialect == .weir && start.text == "distinct" && nextKind == .identifier:
            try advance()
            return .distinct(try labelList())
        case .identifier, .openParenthesis: return .labelFilter(try labelFilter())
        case .json:
            try advance()
            if try acceptFlag("--arrays") { return .jsonArrays }
            return .json(kind == .identifier ? try fields() : [])
        case .logfmt:
            try advance()
            return try logfmt()
        case .regexp:
            try advance()
            let text = try expect(.string).text
            try RegexpFields.check(text)
            return .regexp(text)
        case .pattern:
            try advance()
            let text = try expect(.string).text
            try PatternTemplate.check(text)
            return .pattern(text)
        case .unpack:
            try advance()
            return .unpack
        case .lineFormat:
            try advance()
            return .lineFormat(try expect(.string).text)
        case .labelFormat:
            try advance()
            return .labelFormat(try assignments())
        case .decolorize:
            try advance()
            return .decolorize
        case .drop:
            try advance()
            return .drop(try labelSelectors())
        case .keep:
            try advance()
            return .keep(try labelSelectors())
        default: throw unexpected()
        }
    }

    private mutating func logfmt() throws(SyntaxError) -> StageSyntax {
        var isStrict = false
        var keepsEmpty = false
        while true {
            if try acceptFlag("--strict") {
                isStrict = true
            } else if try acceptFlag("--keep-empty") {
                keepsEmpty = true
            } else {
                break
            }
        }
        return .logfmt(isStrict: isStrict, keepsEmpty: keepsEmpty, kind == .identifier ? try fields() : [])
    }

    /// `a, b`
    private mutating func labelList() throws(SyntaxError) -> [String] {
        var names: [String] = []
        repeat { names.append(try expect(.identifier).text) } while try accept(.comma)
        return names
    }

    /// `a, b="path"`
    private mutating func fields() throws(SyntaxError) -> [FieldSyntax] {
        var fields: [FieldSyntax] = []
        repeat {
            let name = try expect(.identifier).text
            let expression = try accept(.equal) ? try expect(.string).text : name
            fields.append(FieldSyntax(name: name, expression: expression))
        } while try accept(.comma)
        return fields
    }

    /// `a=b, c="{{.d}}"`
    private mutating func assignments() throws(SyntaxError) -> [LabelFormatSyntax] {
        var assignments: [LabelFormatSyntax] = []
        repeat {
            let name = try expect(.identifier).text
            try expect(.equal)
            let value = token
            guard value.kind == .identifier || value.kind == .string else { throw unexpected([.identifier, .string]) }
            try advance()
            let source: LabelFormatSyntax.Source =
                value.kind == .identifier ? .label(value.text) : .template(value.text)
            assignments.append(LabelFormatSyntax(name: name, source: source))
        } while try accept(.comma)
        return assignments
    }

    /// `a, b="c"`
    private mutating func labelSelectors() throws(SyntaxError) -> [LabelSelectorSyntax] {
        var selectors: [LabelSelectorSyntax] = []
        repeat {
            let name = try expect(.identifier).text
            if let comparison = matcherComparison {
                try advance()
                let value = try expect(.string).text
                selectors.append(.matcher(try makeMatcher(name, comparison, value)))
            } else {
                selectors.append(.name(name))
            }
        } while try accept(.comma)
        return selectors
    }
}

// MARK: Label filters

extension Parser {
    /// How tightly the rule waiting for its right side binds.
    private enum Binding: Int {
        /// A comma or nothing: Loki's grammar gives these no precedence, so everything that follows goes to the right.
        case none
        case or
        case and
    }

    /// A label filter with everything joined to it.
    mutating func labelFilter() throws(SyntaxError) -> LabelFilterSyntax {
        try labelFilter(waiting: .none)
    }

    private mutating func labelFilter(waiting: Binding) throws(SyntaxError) -> LabelFilterSyntax {
        var left = try singleLabelFilter()
        var length = 0
        while true {
            length += 1
            try checkChain(length)
            switch kind {
            case .and:
                if waiting == .and { return left }
                try advance()
                left = .and(left, try nested { parser throws(SyntaxError) in try parser.labelFilter(waiting: .and) })
            case .or:
                if waiting != .none { return left }
                try advance()
                left = .or(left, try nested { parser throws(SyntaxError) in try parser.labelFilter(waiting: .or) })
            case .comma, .identifier, .openParenthesis:
                if kind == .comma { try advance() }
                left = .and(left, try nested { parser throws(SyntaxError) in try parser.labelFilter(waiting: .none) })
            default: return left
            }
        }
    }

    private mutating func singleLabelFilter() throws(SyntaxError) -> LabelFilterSyntax {
        if try accept(.openParenthesis) {
            let inner = try nested { parser throws(SyntaxError) in try parser.labelFilter() }
            guard try accept(.closeParenthesis) else { throw unexpected() }
            return inner
        }
        let name = try expect(.identifier, expecting: [.identifier, .openParenthesis]).text
        let comparison = kind
        switch comparison {
        case .matches, .doesNotMatch:
            try advance()
            let text = try expect(.string).text
            return .text(try makeMatcher(name, comparison == .matches ? .matches : .doesNotMatch, text))
        case .equal, .notEqual:
            try advance()
            if kind == .string {
                let text = token.text
                try advance()
                return .text(try makeMatcher(name, comparison == .equal ? .equal : .notEqual, text))
            }
            if try accept(.ip) {
                return .ip(name: name, isNegated: comparison == .notEqual, try parenthesizedString())
            }
        case .comparesEqual, .greater, .greaterOrEqual, .less, .lessOrEqual: try advance()
        default: throw unexpected()
        }
        // `=` and `==` mean the same here.
        return try quantityFilter(name, NumberComparison(rawValue: comparison.rawValue) ?? .equal)
    }

    /// The right side of a comparison by size.
    private mutating func quantityFilter(
        _ name: String, _ comparison: NumberComparison
    ) throws(SyntaxError) -> LabelFilterSyntax {
        let value = token
        switch value.kind {
        case .duration:
            try advance()
            return .duration(name: name, comparison, nanoseconds: value.nanoseconds)
        case .bytes:
            try advance()
            return .bytes(name: name, comparison, value.size)
        case .number, .add, .subtract:
            // Texts such as 0b1 are numbers to the lexer only; Loki compares with 0 then.
            return .number(name: name, comparison, try signedNumber().value ?? 0)
        default: throw unexpected()
        }
    }

    /// `5`, `+5` or `-5`; nil where the text is a number to the lexer only.
    mutating func signedNumber() throws(SyntaxError) -> (text: String, value: Double?) {
        let isNegative = kind == .subtract
        if kind == .add || kind == .subtract { try advance() }
        let text = try expect(.number).text
        let value = NumberText.parse(text)
        return (text, value.map { isNegative ? -$0 : $0 })
    }
}
