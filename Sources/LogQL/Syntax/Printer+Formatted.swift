import WeirModel

extension Query {
    /// The query over several lines, as `format_query` answers: whatever is longer than 100 characters is split, and
    /// its parts are indented by two blanks.
    public func formatted() -> String {
        switch self {
        case .log(let query): query.formatted(0)
        case .metric(let query): query.formatted(0)
        }
    }
}

/// Texts up to this many characters stay on one line.
private let lineMax = 100

private func indent(_ level: Int) -> String { String(repeating: "  ", count: level) }

private func fits(_ text: String) -> Bool { text.utf8.count <= lineMax }

extension LogQuery {
    fileprivate func formatted(_ level: Int) -> String {
        let text = description
        if stages.isEmpty || fits(text) { return indent(level) + text }
        var lines = [indent(level) + selectorText]
        for stage in stages {
            if case .skipErrors = stage {
                lines[lines.count - 1] += " " + stage.description
            } else {
                lines.append(indent(level + 1) + stage.description)
            }
        }
        return lines.joined(separator: "\n")
    }
}

extension LogRangeSyntax {
    fileprivate func formatted(_ level: Int) -> String {
        var text = query.formatted(level)
        if let unwrap {
            for line in unwrap.lines {
                text += "\n" + indent(level + 1) + line
            }
        }
        text += " [\(DurationText.prometheusText(windowNanoseconds))]"
        if offsetNanoseconds != 0 { text += " offset \(DurationText.prometheusText(offsetNanoseconds))" }
        return text
    }
}

extension MetricQuery {
    fileprivate func formatted(_ level: Int) -> String {
        let text = description
        if fits(text) { return indent(level) + text }
        switch self {
        case .literal, .vector, .samples, .sampleWindow, .sampleFunction: return indent(level) + text
        case .range(let aggregation):
            var arguments = [aggregation.range.formatted(level + 1)]
            if let parameter = aggregation.parameter.map(NumberText.general) ?? aggregation.label {
                arguments.insert(indent(level + 1) + parameter, at: 0)
            }
            return MetricQuery.call(aggregation.function.rawValue, arguments, level)
                + (aggregation.grouping?.text(separator: ", ") ?? "")
        case .aggregation(let aggregation):
            var arguments = [aggregation.operand.formatted(level + 1)]
            if let parameter = aggregation.parameter {
                arguments.insert(indent(level + 1) + String(parameter), at: 0)
            }
            let grouping = aggregation.grouping?.text(separator: ", ") ?? ""
            return MetricQuery.call(aggregation.function.rawValue + grouping, arguments, level)
        case .binary(let operation):
            return """
                \(operation.left.formatted(level + 1, isApart: operation.leftStandsApart))
                \(indent(level))\(operation.operatorText(separator: ", "))
                \(operation.right.formatted(level + 1, isApart: operation.rightStandsApart))
                """
        case .labelReplace(let replacement):
            let arguments =
                [replacement.operand.formatted(level + 1)] + replacement.texts.map { indent(level + 1) + $0 }
            return MetricQuery.call("label_replace", arguments, level)
        case .calculation(let function):
            var arguments = [function.operand.formatted(level + 1)]
            if let parameter = function.parameter {
                arguments.append(indent(level + 1) + NumberText.general(parameter))
            }
            return MetricQuery.call(function.function.rawValue, arguments, level)
        case .subquery(let subquery):
            let isOperation = if case .binary = subquery.operand { true } else { false }
            var arguments = [subquery.operand.formatted(level + 1, isApart: isOperation) + subquery.windowText]
            if let parameter = subquery.parameter {
                arguments.insert(indent(level + 1) + NumberText.general(parameter), at: 0)
            }
            return MetricQuery.call(subquery.function.rawValue, arguments, level)
        }
    }

    /// A function with one argument per line; the arguments are indented already.
    private static func call(_ name: String, _ arguments: [String], _ level: Int) -> String {
        "\(indent(level))\(name)(\n\(arguments.joined(separator: ",\n"))\n\(indent(level)))"
    }

    /// A split operand in parentheses, which Loki leaves out even where the query then means something else.
    private func formatted(_ level: Int, isApart: Bool) -> String {
        guard isApart, !fits(description) else { return formatted(level) }
        return "\(indent(level))(\n\(formatted(level + 1))\n\(indent(level)))"
    }
}

extension BinaryOperationSyntax {
    /// Whether the left operand needs parentheses.
    fileprivate var leftStandsApart: Bool {
        guard case .binary(let inner) = left else { return false }
        return inner.op.precedence < op.precedence || (op == .power && inner.op == .power)
    }

    /// Whether the right operand needs parentheses.
    fileprivate var rightStandsApart: Bool {
        guard case .binary(let inner) = right else { return false }
        return inner.op.precedence < op.precedence || (inner.op.precedence == op.precedence && op != .power)
    }
}
