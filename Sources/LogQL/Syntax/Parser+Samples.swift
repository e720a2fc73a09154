import WeirModel

// Selectors and functions of Prometheus over recorded series. None of these texts is a query of Loki: there an expression
// never begins with a name, and `{__name__="x"}` selects streams that have such a label, which Loki's pushes cannot make.

extension Parser {
    /// Whether a name begins an expression over recorded series.
    var startsName: Bool { dialect == .weir && kind == .identifier }

    /// Whether the `{` here opens a selector of recorded series: one that names them.
    var opensSampleSelector: Bool {
        guard dialect == .weir, kind == .openBrace else { return false }
        var ahead = self
        guard let matchers = try? ahead.selector() else { return false }
        return matchers.contains { $0.name == "__name__" }
    }

    /// An expression that begins with a name: a function of Prometheus, or a selector.
    mutating func named() throws(SyntaxError) -> Expression {
        guard nextKind == .openParenthesis else { return .metric(.samples(try sampleSelector())) }
        let name = token.text.lowercased()
        if let function = SampleFunctionSyntax.Function(rawValue: name) { return try sampleFunction(function) }
        guard let function = SampleWindowSyntax.Function(rawValue: name) else {
            throw failure("function \(QuotedText.quote(token.text)) is not supported by Weir")
        }
        try advance()
        try expect(.openParenthesis)
        return try sampleWindow(function, nil)
    }

    /// `up{job="web"} offset 5m`, or with the name inside the braces.
    mutating func sampleSelector() throws(SyntaxError) -> SampleSelectorSyntax {
        var matchers: [Matcher] = []
        if kind == .identifier {
            matchers.append(try makeMatcher("__name__", .equal, token.text))
            try advance()
        }
        if kind == .openBrace { matchers += try selector() }
        return SampleSelectorSyntax(matchers: matchers, offsetNanoseconds: try offset())
    }

    /// What stands in the parentheses of a function over windows, up to and including the closing one: a selector with
    /// `[5m]`, or anything with `[5m:1m]`.
    mutating func sampleWindow(
        _ function: SampleWindowSyntax.Function, _ parameterText: String?
    ) throws(SyntaxError) -> Expression {
        let start = self
        let operand = try nested { parser throws(SyntaxError) in try parser.operand() }
        let metric: MetricQuery
        switch operand {
        case .metric(let query): metric = query
        case .invalid: return operand
        case .log: throw start.failure("\(function.rawValue) runs over recorded series, not over lines")
        }
        guard kind == .range || kind == .subrange else { throw unexpected([.range, .subrange]) }
        let window = token
        try advance()
        let offset = try self.offset()
        try expect(.closeParenthesis)
        let isSubquery = window.kind == .subrange
        if !isSubquery {
            guard case .samples = metric else {
                return .invalid(SyntaxError("only a selector can have a range; write [5m:1m] behind an expression"))
            }
        }
        guard window.nanoseconds > 0, !isSubquery || window.stepNanoseconds > 0 else {
            return .invalid(SyntaxError("a range and the step of a subquery must be greater than 0"))
        }
        let parameter = parameterText.flatMap(NumberText.parse)
        guard (function == .quantileOverTime) == (parameterText != nil) else {
            return .invalid(
                SyntaxError(
                    parameterText == nil
                        ? "parameter required for operation \(function.rawValue)"
                        : "parameter \(parameterText!) not supported for operation \(function.rawValue)"))
        }
        return .metric(
            .sampleWindow(
                SampleWindowSyntax(
                    function: function, parameter: parameter, operand: metric, windowNanoseconds: window.nanoseconds,
                    stepNanoseconds: isSubquery ? window.stepNanoseconds : nil, offsetNanoseconds: offset)))
    }

    /// The same for a function that lines have as well.
    mutating func sampleWindow(
        of function: RangeAggregationSyntax.Function, _ parameterText: String?
    ) throws(SyntaxError) -> Expression {
        guard let windowed = SampleWindowSyntax.Function(rawValue: function.rawValue) else {
            throw failure("\(function.rawValue) runs over lines, not over recorded series")
        }
        return try sampleWindow(windowed, parameterText)
    }

    /// Takes a sign; returns whether it is a minus.
    mutating func takeSign() throws(SyntaxError) -> Bool {
        let isNegative = kind == .subtract
        try advance()
        return isNegative
    }

    private mutating func sampleFunction(_ function: SampleFunctionSyntax.Function) throws(SyntaxError) -> Expression {
        try advance()
        try expect(.openParenthesis)
        var syntax = SampleFunctionSyntax(function: function, operand: nil)
        if function == .histogramQuantile {
            syntax.numbers.append(try number())
            try expect(.comma)
        }
        if kind != .closeParenthesis {
            let operand = try nested { parser throws(SyntaxError) in try parser.expression() }
            switch operand {
            case .log: throw unexpected()
            case .invalid: return operand
            case .metric(let metric): syntax.operand = metric
            }
        }
        while try accept(.comma) {
            if kind == .string {
                syntax.texts.append(try expect(.string).text)
            } else {
                syntax.numbers.append(try number())
            }
        }
        guard try accept(.closeParenthesis) else { throw unexpected() }
        if let fault = syntax.fault { return .invalid(SyntaxError(fault)) }
        return .metric(.sampleFunction(syntax))
    }

    private mutating func number() throws(SyntaxError) -> Double {
        let (text, value) = try signedNumber()
        guard let value else { throw failure("\(QuotedText.quote(text)) is not a number") }
        return value
    }
}

extension SampleFunctionSyntax {
    /// Why the arguments do not fit the function.
    fileprivate var fault: String? {
        let name = function.rawValue
        let (needsOperand, numberCount, textsMin): (Bool?, Int, Int) =
            switch function {
            case .histogramQuantile: (true, 1, 0)
            case .clamp: (true, 2, 0)
            case .labelJoin: (true, 0, 2)
            case .time: (false, 0, 0)
            case .hour, .minute, .month, .year, .dayOfWeek, .dayOfMonth, .dayOfYear, .daysInMonth: (nil, 0, 0)
            case .absent, .timestamp, .scalar, .sgn, .sqrt, .exp, .ln, .log2, .log10: (true, 0, 0)
            }
        let fitsTexts = function == .labelJoin ? texts.count >= textsMin : texts.isEmpty
        guard numbers.count == numberCount, fitsTexts, needsOperand.map({ $0 == (operand != nil) }) ?? true else {
            return "wrong arguments of \(name)"
        }
        return nil
    }
}
