import WeirModel

// The canonical text of every part of a query, as Loki prints it: one line, names and numbers normalised. Reading it
// gives the same tree again.

extension Query: CustomStringConvertible {
    /// The canonical text, on one line.
    public var description: String {
        switch self {
        case .log(let query): query.description
        case .metric(let query): query.description
        }
    }
}

extension LogQuery: CustomStringConvertible {
    /// The canonical text: `{a="b"} |= "c" | json`.
    public var description: String {
        ([selectorText] + stages.map(\.description)).joined(separator: " ")
    }

    var selectorText: String { "{" + matchers.map(\.description).joined(separator: ", ") + "}" }
}

extension StageSyntax: CustomStringConvertible {
    /// The canonical text with the leading operator: `| json a="b"`, `|= "c"`.
    public var description: String {
        switch self {
        case .lineFilter(let filter): filter.description
        case .json(let fields): "| json" + text(of: fields)
        case .logfmt(let isStrict, let keepsEmpty, let fields):
            "| logfmt" + (isStrict ? " --strict" : "") + (keepsEmpty ? " --keep-empty" : "") + text(of: fields)
        case .regexp(let pattern): "| regexp \(QuotedText.quote(pattern))"
        case .pattern(let pattern): "| pattern \(QuotedText.quote(pattern))"
        case .unpack: "| unpack"
        case .labelFilter(let filter): "| \(filter)"
        case .lineFormat(let template): "| line_format \(QuotedText.quote(template))"
        case .labelFormat(let assignments): "| label_format \(assignments.map(\.description).joined(separator: ","))"
        case .decolorize: "| decolorize"
        case .drop(let selectors): "| drop \(selectors.map(\.description).joined(separator: ","))"
        case .keep(let selectors): "| keep \(selectors.map(\.description).joined(separator: ","))"
        case .jsonArrays: "| json --arrays"
        case .distinct(let names): "| distinct \(names.joined(separator: ","))"
        case .skipErrors: "--skip-errors"
        }
    }

    private func text(of fields: [FieldSyntax]) -> String {
        guard !fields.isEmpty else { return "" }
        return " " + fields.map { "\($0.name)=\(QuotedText.quote($0.expression))" }.joined(separator: ",")
    }
}

extension LineFilterSyntax: CustomStringConvertible {
    /// The canonical text: `|= "a" or ip("b")`.
    public var description: String {
        let texts = operands.map { operand in
            switch operand {
            case .text(let text): QuotedText.quote(text)
            case .ip(let text): "ip(\(QuotedText.quote(text)))"
            }
        }
        return "\(comparison.rawValue) \(texts.joined(separator: " or "))"
    }
}

extension LabelFilterSyntax: CustomStringConvertible {
    /// The canonical text: `( a>5 , ( b<3s or c>=10kB ) )`.
    public var description: String {
        switch self {
        case .text(let matcher): matcher.description
        case .number(let name, let comparison, let value):
            "\(name)\(comparison.rawValue)\(NumberText.plain(value))"
        case .duration(let name, let comparison, let nanoseconds):
            "\(name)\(comparison.rawValue)\(DurationText.goText(nanoseconds))"
        case .bytes(let name, let comparison, let size): "\(name)\(comparison.rawValue)\(SizeText.text(size))"
        case .ip(let name, let isNegated, let text): "\(name)\(isNegated ? "!=" : "=")ip(\(QuotedText.quote(text)))"
        case .and(let left, let right): "( \(left) , \(right) )"
        case .or(let left, let right): "( \(left) or \(right) )"
        }
    }
}

extension LabelFormatSyntax: CustomStringConvertible {
    /// The canonical text: `a=b` or `a="{{.b}}"`.
    public var description: String {
        switch source {
        case .label(let label): "\(name)=\(label)"
        case .template(let template): "\(name)=\(QuotedText.quote(template))"
        }
    }
}

extension LabelSelectorSyntax: CustomStringConvertible {
    /// The canonical text: `a` or `a="b"`.
    public var description: String {
        switch self {
        case .name(let name): name
        case .matcher(let matcher): matcher.description
        }
    }
}

// MARK: Metric queries

extension MetricQuery: CustomStringConvertible {
    /// The canonical text, on one line.
    public var description: String {
        switch self {
        case .literal(let value): NumberText.general(value)
        case .vector(let value): "vector(\(MetricQuery.vectorText(value)))"
        case .range(let aggregation): aggregation.description
        case .aggregation(let aggregation): aggregation.description
        case .binary(let operation): "(\(operation.left) \(operation.operatorText()) \(operation.right))"
        case .labelReplace(let replacement):
            "label_replace(\(replacement.operand),\(replacement.texts.joined(separator: ",")))"
        case .calculation(let function): function.description
        case .subquery(let subquery): subquery.description
        case .samples(let selector): selector.description
        case .sampleWindow(let window): window.description
        case .sampleFunction(let function): function.description
        }
    }

    /// Loki prints six decimals; where these are another number, all the digits it takes.
    private static func vectorText(_ value: Double) -> String {
        let rounded = NumberText.sixDecimals(value)
        return Double(rounded) == value ? rounded : NumberText.general(value)
    }
}

extension LabelReplaceSyntax {
    /// The four texts, quoted, in the order of the arguments.
    var texts: [String] { [destination, replacement, source, pattern].map(QuotedText.quote) }
}

extension LogRangeSyntax: CustomStringConvertible {
    /// The canonical text: `{a="b"} | json | unwrap c[5m] offset 1h0m0s`.
    public var description: String {
        var text = query.description
        if let unwrap { text += " \(unwrap)" }
        text += "[\(DurationText.prometheusText(windowNanoseconds))]"
        if offsetNanoseconds != 0 { text += " offset \(DurationText.goText(offsetNanoseconds))" }
        return text
    }
}

extension UnwrapSyntax: CustomStringConvertible {
    /// The canonical text: `| unwrap bytes(a) | b="c"`.
    public var description: String { lines.joined(separator: " ") }

    /// The parts, each for a line of its own; a flag stays with what it belongs to.
    var lines: [String] {
        var lines = [head] + filters.map { "| \($0)" }
        if skipsErrors { lines[lines.count - 1] += " --skip-errors" }
        return lines
    }

    /// The text without the filters.
    var head: String { conversion == .number ? "| unwrap \(label)" : "| unwrap \(conversion.rawValue)(\(label))" }
}

extension RangeAggregationSyntax: CustomStringConvertible {
    /// The canonical text: `quantile_over_time(0.99,{…}[5m]) by (a,b)`.
    public var description: String {
        let parameter = parameter.map { NumberText.plain($0) + "," } ?? label.map { $0 + "," } ?? ""
        return "\(function.rawValue)(\(parameter)\(range))\(grouping?.text(separator: ",") ?? "")"
    }
}

extension GroupingSyntax {
    /// ` by (a,b)` with a leading blank.
    func text(separator: String) -> String {
        " \(isWithout ? "without" : "by") (\(names.joined(separator: separator)))"
    }
}

extension VectorAggregationSyntax: CustomStringConvertible {
    /// The canonical text, grouping in front: `topk by (a)(5,…)`.
    public var description: String {
        let parameter = parameter.map { "\($0)," } ?? ""
        return "\(function.rawValue)\(grouping?.text(separator: ",") ?? "")(\(parameter)\(operand))"
    }
}

extension BinaryOperationSyntax {
    /// The operator with its modifiers: `> bool on (a) group_left (b)`. Loki leaves a blank where no group is named.
    func operatorText(separator: String = ",") -> String {
        var text = op.rawValue
        if returnsBool { text += " bool" }
        guard let matching else { return text }
        text += " \(matching.isOn ? "on" : "ignoring") (\(matching.names.joined(separator: separator))) "
        switch matching.cardinality {
        case .oneToOne: break
        case .manyToOne: text += "group_left"
        case .oneToMany: text += "group_right"
        }
        // Parentheses directly behind would be read as the labels to take over.
        if matching.cardinality != .oneToOne, matching.included.isEmpty, case .binary = right { text += " ()" }
        if !matching.included.isEmpty { text += " (\(matching.included.joined(separator: separator)))" }
        return text
    }
}
