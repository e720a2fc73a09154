import WeirModel
import WeirRegex

extension Parser {
    /// Any expression.
    mutating func expression() throws(SyntaxError) -> Expression {
        try expression(from: try operand(), bindingAtLeast: 0)
    }

    /// Precedence climbing: operands joined by operators that bind at least as tightly as `minimum`.
    private mutating func expression(
        from first: Expression, bindingAtLeast minimum: Int
    ) throws(SyntaxError) -> Expression {
        var left = first
        var length = 0
        while let op = BinaryOperationSyntax.Operator(rawValue: kind.rawValue), op.precedence >= minimum {
            length += 1
            try checkChain(length)
            try advance()
            let (returnsBool, matching) = try modifier()
            // Only the power binds to the right.
            let next = op == .power ? op.precedence : op.precedence + 1
            let right = try nested { parser throws(SyntaxError) in
                try parser.expression(from: try parser.operand(), bindingAtLeast: next)
            }
            left = Expression.joining(left, op, right, returnsBool: returnsBool, matching: matching)
        }
        return left
    }

    /// An expression without operators around it.
    mutating func operand() throws(SyntaxError) -> Expression {
        switch kind {
        case .openBrace:
            if opensSampleSelector { return .metric(.samples(try sampleSelector())) }
            let matchers = try selector()
            return .log(LogQuery(matchers: matchers, stages: try stages()))
        case .openParenthesis:
            try advance()
            let inner = try nested { parser throws(SyntaxError) in try parser.expression() }
            guard try accept(.closeParenthesis) else { throw unexpected() }
            return inner
        case .add where dialect == .weir && nextKind != .number,
            .subtract where dialect == .weir && nextKind != .number:
            let isNegative = try takeSign()
            let inner = try nested { parser throws(SyntaxError) in try parser.operand() }
            return isNegative
                ? Expression.joining(.metric(.literal(-1)), .multiply, inner, returnsBool: false, matching: nil) : inner
        case .number, .add, .subtract:
            let (text, value) = try signedNumber()
            guard let value else {
                return .invalid(
                    SyntaxError(
                        """
                        unable to parse literal as a float: strconv.ParseFloat: parsing \
                        \(QuotedText.quote(text)): invalid syntax
                        """))
            }
            return .metric(.literal(value))
        case .vector:
            try advance()
            try expect(.openParenthesis)
            let value = NumberText.parse(try expect(.number).text)
            try expect(.closeParenthesis)
            return .metric(.vector(value ?? 0))
        case .labelReplace: return try labelReplace()
        default:
            if let function = rangeFunction { return try rangeAggregation(function) }
            if let function = vectorFunction { return try vectorAggregation(function) }
            if let function = calculation { return try vectorFunction(function) }
            if startsName { return try named() }
            throw unexpected()
        }
    }

    /// `bool on (a) group_left (b)` behind an operator.
    private mutating func modifier() throws(SyntaxError) -> (Bool, BinaryOperationSyntax.Matching?) {
        let returnsBool = try accept(.bool)
        guard kind == .on || kind == .ignoring else { return (returnsBool, nil) }
        let isOn = kind == .on
        try advance()
        var matching = BinaryOperationSyntax.Matching(isOn: isOn, names: try names())
        if kind == .groupLeft || kind == .groupRight {
            matching.cardinality = kind == .groupLeft ? .manyToOne : .oneToMany
            try advance()
            if kind == .openParenthesis { matching.included = try names() }
        }
        // `ignoring ()` compares all labels, which is what no matching means.
        let isDefault = !isOn && matching.names.isEmpty && matching.cardinality == .oneToOne
        return (returnsBool, isDefault ? nil : matching)
    }

    /// `(a, b)`
    private mutating func names() throws(SyntaxError) -> [String] {
        try expect(.openParenthesis)
        if try accept(.closeParenthesis) { return [] }
        var names = [try expect(.identifier, expecting: [.identifier, .closeParenthesis]).text]
        while try accept(.comma) { names.append(try expect(.identifier).text) }
        try expect(.closeParenthesis, expecting: [.comma, .closeParenthesis])
        return names
    }

    /// `by (a)` or `without (a)`, if it stands here.
    private mutating func grouping() throws(SyntaxError) -> GroupingSyntax? {
        guard kind == .by || kind == .without else { return nil }
        let isWithout = kind == .without
        try advance()
        return GroupingSyntax(isWithout: isWithout, names: try names())
    }

    private mutating func labelReplace() throws(SyntaxError) -> Expression {
        try advance()
        try expect(.openParenthesis)
        let operand = try nested { parser throws(SyntaxError) in try parser.expression() }
        if case .log = operand { throw unexpected() }
        guard kind == .comma else { throw unexpected() }
        var texts: [String] = []
        for _ in 0..<4 {
            try expect(.comma)
            texts.append(try expect(.string).text)
        }
        try expect(.closeParenthesis)
        do {
            _ = try Pattern("^(?:\(texts[3]))$")
        } catch {
            return .invalid(SyntaxError("invalid regex in label_replace: \(error.goText)"))
        }
        guard case .metric(let metric) = operand else { return operand }
        return .metric(
            .labelReplace(
                LabelReplaceSyntax(
                    operand: metric, destination: texts[0], replacement: texts[1], source: texts[2],
                    pattern: texts[3])))
    }

    /// `variants(…) of (…)`, which is off in Loki unless configured: read whole, so that errors of form come first.
    mutating func variants() throws(SyntaxError) {
        try expect(.variants)
        try expect(.openParenthesis)
        repeat {
            if case .log = try expression() { throw unexpected() }
        } while try accept(.comma)
        guard try accept(.closeParenthesis) else { throw unexpected() }
        try expect(.of)
        try expect(.openParenthesis)
        _ = try logRange()
        try expect(.closeParenthesis)
        guard kind == .end else { throw unexpected() }
        throw SyntaxError(verbatim: "multi variant queries are disabled for this instance")
    }
}

// MARK: Aggregations

extension Parser {
    /// Whether the current token starts a function.
    var startsFunction: Bool {
        rangeFunction != nil || vectorFunction != nil || calculation != nil || kind == .vector || kind == .labelReplace
    }

    /// The current token as a function over windows; the names of its tokens are those of the language in capitals.
    private var rangeFunction: RangeAggregationSyntax.Function? {
        RangeAggregationSyntax.Function(rawValue: kind.rawValue.lowercased())
    }

    private var vectorFunction: VectorAggregationSyntax.Function? {
        VectorAggregationSyntax.Function(rawValue: kind.rawValue.lowercased())
    }

    private var calculation: VectorFunctionSyntax.Function? {
        VectorFunctionSyntax.Function(rawValue: kind.rawValue.lowercased())
    }

    private mutating func rangeAggregation(
        _ function: RangeAggregationSyntax.Function
    ) throws(SyntaxError) -> Expression {
        try advance()
        try expect(.openParenthesis)
        if function == .countDistinct { return try countDistinct() }
        var parameter: String?
        if kind == .number {
            parameter = token.text
            try advance()
            try expect(.comma)
        }
        if startsName || opensSampleSelector { return try sampleWindow(of: function, parameter) }
        if startsSubquery { return try subquery(function, parameter) }
        guard parameter != nil || kind == .openBrace || kind == .openParenthesis else {
            throw unexpected([.number, .openBrace, .openParenthesis])
        }
        let range = try logRange()
        try expect(.closeParenthesis)
        var aggregation = RangeAggregationSyntax(function: function, range: range, grouping: try grouping())
        if let error = function.setParameter(&aggregation.parameter, from: parameter) ?? aggregation.meaningError {
            return .invalid(error)
        }
        return .metric(.range(aggregation))
    }

    /// `user, {…}[5m]) by (app)` of `count_distinct`.
    private mutating func countDistinct() throws(SyntaxError) -> Expression {
        let label = try expect(.identifier).text
        try expect(.comma)
        let range = try logRange()
        try expect(.closeParenthesis)
        let aggregation = RangeAggregationSyntax(
            function: .countDistinct, label: label, range: range, grouping: try grouping())
        if let error = aggregation.meaningError { return .invalid(error) }
        return .metric(.range(aggregation))
    }

    private mutating func vectorAggregation(
        _ function: VectorAggregationSyntax.Function
    ) throws(SyntaxError) -> Expression {
        try advance()
        let leading = try grouping()
        try expect(.openParenthesis)
        var parameter: String?
        let operand = try nested { parser throws(SyntaxError) in
            // `topk(5, …)` and `sum(5 + …)` start alike.
            guard parser.kind == .number else { return try parser.expression() }
            let number = parser.token.text
            let first = try parser.operand()
            guard try parser.accept(.comma) else { return try parser.expression(from: first, bindingAtLeast: 0) }
            parameter = number
            return try parser.expression()
        }
        if case .log = operand { throw unexpected() }
        guard try accept(.closeParenthesis) else { throw unexpected() }
        let grouping = leading == nil ? try self.grouping() : leading
        return Expression.aggregating(operand, function, parameter, grouping)
    }
}
