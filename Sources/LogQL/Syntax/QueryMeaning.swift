import WeirBytes
import WeirModel

// What well-formed expressions may mean: types of operands, parameters, grouping. The order of the checks is Loki's,
// because the first one that fails is the message.

extension BinaryOperationSyntax.Operator {
    /// How tightly the operator binds; larger is tighter.
    var precedence: Int {
        switch self {
        case .or: 1
        case .and, .unless: 2
        case .equal, .notEqual, .greater, .greaterOrEqual, .less, .lessOrEqual: 3
        case .add, .subtract: 4
        case .multiply, .divide, .modulo: 5
        case .power: 6
        }
    }

    /// Whether the operator joins sets of series and takes no numbers.
    var isLogical: Bool { self == .or || self == .and || self == .unless }

    /// The operator on two numbers. Division by zero has no value, not an infinite one; comparisons give 0 or 1.
    ///
    /// - Parameter isPrometheus: whether it is infinite after all, as it is for recorded series.
    func folded(_ left: Double, _ right: Double, isPrometheus: Bool = false) -> Double {
        switch self {
        case .add: left + right
        case .subtract: left - right
        case .multiply: left * right
        case .divide: right == 0 && !isPrometheus ? .nan : left / right
        case .modulo: right == 0 ? .nan : left.truncatingRemainder(dividingBy: right)
        case .power: FloatMath.power(left, right)
        case .equal: left == right ? 1 : 0
        case .notEqual: left != right ? 1 : 0
        case .greater: left > right ? 1 : 0
        case .greaterOrEqual: left >= right ? 1 : 0
        case .less: left < right ? 1 : 0
        case .lessOrEqual: left <= right ? 1 : 0
        case .or, .and, .unless: .nan
        }
    }
}

extension Parser.Expression {
    /// Two expressions joined by an operator; two literals become one.
    static func joining(
        _ left: Self, _ op: BinaryOperationSyntax.Operator, _ right: Self, returnsBool: Bool,
        matching: BinaryOperationSyntax.Matching?
    ) -> Self {
        for (side, leg) in [("left", left), ("right", right)] {
            guard case .log(let query) = leg else { continue }
            let type = query.stages.isEmpty ? "MatchersExpr" : "PipelineExpr"
            return .invalid(
                SyntaxError("unexpected type for \(side) leg of binary operation (\(op.rawValue)): *syntax.\(type)"))
        }
        if op.isLogical {
            for (side, leg) in [("left", left), ("right", right)] {
                guard case .metric(.literal(let value)) = leg else { continue }
                return .invalid(
                    SyntaxError(
                        """
                        unexpected literal for \(side) leg of logical/set binary operation (\(op.rawValue)): \
                        \(NumberText.sixDecimals(value))
                        """))
            }
        }
        guard case .metric(let leftMetric) = left else { return left }
        guard case .metric(let rightMetric) = right else { return right }
        if case .literal(let first) = leftMetric, case .literal(let second) = rightMetric {
            return .metric(.literal(op.folded(first, second)))
        }
        return .metric(
            .binary(
                BinaryOperationSyntax(
                    op: op, left: leftMetric, right: rightMetric, returnsBool: returnsBool, matching: matching)))
    }

    /// An aggregation of series; `parameter` and `grouping` as written.
    static func aggregating(
        _ operand: Self, _ function: VectorAggregationSyntax.Function, _ parameter: String?,
        _ grouping: GroupingSyntax?
    ) -> Self {
        let name = function.rawValue
        var count: Int?
        switch (function, parameter) {
        case (.topk, nil), (.bottomk, nil), (.approximateTopK, nil):
            return .invalid(SyntaxError("parameter required for operation \(name)"))
        case (.topk, let text?), (.bottomk, let text?), (.approximateTopK, let text?):
            guard let value = Int(text) else { return .invalid(SyntaxError("invalid parameter \(name)(\(text),")) }
            guard value > 0 else {
                return .invalid(SyntaxError("invalid parameter (must be greater than 0) \(name)(\(text)"))
            }
            count = value
        case (_, let text?): return .invalid(SyntaxError("unsupported parameter for operation \(name)(\(text),"))
        case (_, nil): break
        }
        if function == .approximateTopK, grouping != nil {
            return .invalid(SyntaxError("grouping not allowed for \(name) aggregation"))
        }
        if function == .sort || function == .sortDescending, grouping?.names.isEmpty == false {
            return .invalid(SyntaxError("sort and sort_desc doesn't allow grouping by "))
        }
        guard case .metric(let metric) = operand else { return operand }
        // `by ()` is one group of everything, which is what no grouping means.
        let groups = grouping.flatMap { !$0.isWithout && $0.names.isEmpty ? nil : $0 }
        return .metric(
            .aggregation(
                VectorAggregationSyntax(function: function, parameter: count, operand: metric, grouping: groups)))
    }
}

extension RangeAggregationSyntax.Function {
    var allowsGrouping: Bool {
        switch self {
        case .avgOverTime, .minOverTime, .maxOverTime, .stddevOverTime, .stdvarOverTime, .quantileOverTime,
            .firstOverTime, .lastOverTime, .countDistinct:
            true
        default: false
        }
    }

    var allowsUnwrap: Bool {
        switch self {
        case .countOverTime, .bytesOverTime, .bytesRate, .countDistinct: false
        default: true
        }
    }

    var requiresUnwrap: Bool {
        switch self {
        case .countOverTime, .bytesOverTime, .bytesRate, .rate, .absentOverTime, .increase, .countDistinct: false
        default: true
        }
    }
}

extension RangeAggregationSyntax.Function {
    /// Sets the parameter from its text; returns why it cannot be.
    func setParameter(_ parameter: inout Double?, from text: String?) -> SyntaxError? {
        let name = rawValue
        guard let text else {
            return self == .quantileOverTime ? SyntaxError("parameter required for operation \(name)") : nil
        }
        guard self == .quantileOverTime else {
            return SyntaxError("parameter \(text) not supported for operation \(name)")
        }
        guard let value = NumberText.parse(text) else {
            let reason = "strconv.ParseFloat: parsing \(QuotedText.quote(text)): invalid syntax"
            return SyntaxError("invalid parameter for operation \(name): \(reason)")
        }
        parameter = value
        return nil
    }
}

extension RangeAggregationSyntax {

    /// Why grouping, unwrap and function do not go together, or the selector reads everything.
    var meaningError: SyntaxError? {
        let name = function.rawValue
        if grouping != nil, !function.allowsGrouping {
            return SyntaxError("grouping not allowed for \(name) aggregation")
        }
        if range.unwrap != nil, !function.allowsUnwrap {
            return SyntaxError("invalid aggregation \(name) with unwrap")
        }
        if range.unwrap == nil, function.requiresUnwrap {
            return SyntaxError("invalid aggregation \(name) without unwrap")
        }
        if range.query.stages.contains(where: \.isDistinct) {
            return SyntaxError("distinct is for log queries; use count_distinct(label, …) in metric queries")
        }
        return range.query.matchers.contains { !$0.acceptsEmpty } ? nil : .unselective
    }
}
