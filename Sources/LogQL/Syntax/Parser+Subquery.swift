import WeirModel

extension Parser {
    /// Whether the argument that starts here is an expression with a window of its own instead of a log range: what
    /// stands behind its parentheses is not `{`.
    var startsSubquery: Bool {
        guard dialect == .weir else { return false }
        guard kind == .openParenthesis else { return startsFunction }
        var ahead = self
        while ahead.kind == .openParenthesis {
            do { try ahead.advance() } catch { return false }
        }
        return ahead.startsFunction || ahead.kind == .number || ahead.startsName || ahead.opensSampleSelector
    }

    /// `rate({…}[1m])[1h:5m] offset 1d)` of a function over time, up to and including the closing parenthesis.
    mutating func subquery(
        _ function: RangeAggregationSyntax.Function, _ parameterText: String?
    ) throws(SyntaxError) -> Expression {
        // What Loki says of an expression where it wants a log range.
        let refusal = unexpected((parameterText == nil ? [.number] : []) + [.openBrace, .openParenthesis])
        guard function.allowsSubquery else {
            // Counters are made of numbers too, but only Prometheus' functions know them.
            guard let windowed = SampleWindowSyntax.Function(rawValue: function.rawValue) else { throw refusal }
            return try sampleWindow(windowed, parameterText)
        }
        let operand = try nested { parser throws(SyntaxError) in try parser.operand() }
        guard kind == .subrange else { throw refusal }
        let window = token
        try advance()
        let offset = try self.offset()
        try expect(.closeParenthesis)
        guard window.nanoseconds > 0, window.stepNanoseconds > 0 else {
            return .invalid(SyntaxError("range and step of a subquery must be greater than 0"))
        }
        let metric: MetricQuery
        switch operand {
        case .metric(let query): metric = query
        case .log: throw refusal
        case .invalid: return operand
        }
        var parameter: Double?
        if let error = function.setParameter(&parameter, from: parameterText) { return .invalid(error) }
        return .metric(
            .subquery(
                SubquerySyntax(
                    function: function, parameter: parameter, operand: metric, windowNanoseconds: window.nanoseconds,
                    stepNanoseconds: window.stepNanoseconds, offsetNanoseconds: offset)))
    }

    /// `round(v, 0.5)`, with its name still to come.
    mutating func vectorFunction(_ function: VectorFunctionSyntax.Function) throws(SyntaxError) -> Expression {
        try advance()
        try expect(.openParenthesis)
        let operand = try nested { parser throws(SyntaxError) in try parser.expression() }
        if case .log = operand { throw unexpected() }
        var parameter: Double?
        if function.needsParameter == true && kind != .comma { throw unexpected([.comma]) }
        if function.needsParameter != false, try accept(.comma) { parameter = try signedNumber().value ?? 0 }
        guard try accept(.closeParenthesis) else { throw unexpected() }
        guard case .metric(let metric) = operand else { return operand }
        if function == .round, let parameter, parameter == 0 {
            return .invalid(SyntaxError("round needs a number other than 0 to round to"))
        }
        return .metric(.calculation(VectorFunctionSyntax(function: function, operand: metric, parameter: parameter)))
    }
}
