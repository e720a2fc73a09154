import WeirModel

/// Operators between numbers and series.
struct BinaryOperation {
    let syntax: BinaryOperationSyntax
    let stepCount: Int
    /// Whether numbers are divided as Prometheus does, because recorded series are among them.
    var isPrometheus = false

    /// Runs the operator.
    func run(_ left: StepValue, _ right: StepValue) throws(QueryError) -> StepValue {
        switch (left, right) {
        case (.scalar(let a), .scalar(let b)):
            return .scalar(syntax.op.folded(a, b, isPrometheus: isPrometheus))
        case (.series(let series), .scalar(let number)):
            return .series(
                series.compactMap {
                    combine($0) { value in
                        (value, number)
                    } keeping: {
                        $0
                    }
                })
        case (.scalar(let number), .series(let series)):
            return .series(
                series.compactMap {
                    combine($0) { value in
                        (number, value)
                    } keeping: {
                        $0
                    }
                })
        case (.series(let left), .series(let right)):
            switch syntax.op {
            case .and, .or, .unless: return .series(setOperation(left, right))
            default:
                return .series(
                    try SeriesMatching(syntax: syntax, stepCount: stepCount, isPrometheus: isPrometheus).run(
                        left, right))
            }
        }
    }

    /// Combines each number of a series with another; comparisons filter unless they return 0 or 1.
    private func combine(
        _ series: StepSeries, _ operands: (Double) -> (Double, Double), keeping kept: (Double) -> Double
    ) -> StepSeries? {
        var result = StepSeries(labels: syntax.keepsName ? series.labels : series.labels.withoutName)
        for (step, value) in zip(series.steps, series.values) {
            let (left, right) = operands(value)
            if syntax.op.isComparison && !syntax.returnsBool {
                if syntax.op.folded(left, right, isPrometheus: isPrometheus) == 1 { result.append(step, kept(value)) }
            } else {
                result.append(step, syntax.op.folded(left, right, isPrometheus: isPrometheus))
            }
        }
        return result.steps.isEmpty ? nil : result
    }

    /// `and`, `or`, `unless`: series of one side, at instants where the other has or lacks a partner.
    private func setOperation(_ left: [StepSeries], _ right: [StepSeries]) -> [StepSeries] {
        let signature = SeriesSignature(syntax.matching)
        switch syntax.op {
        case .and: return filter(left, by: presence(of: right, signature), signature, isPresent: true)
        case .unless: return filter(left, by: presence(of: right, signature), signature, isPresent: false)
        default:
            let added = filter(right, by: presence(of: left, signature), signature, isPresent: false)
            return StepSeries.merged(left + added)
        }
    }

    private func presence(of series: [StepSeries], _ signature: SeriesSignature) -> [LabelSet: Set<Int32>] {
        var presence: [LabelSet: Set<Int32>] = [:]
        for member in series { presence[signature.of(member.labels), default: []].formUnion(member.steps) }
        return presence
    }

    private func filter(
        _ series: [StepSeries], by presence: [LabelSet: Set<Int32>], _ signature: SeriesSignature, isPresent: Bool
    ) -> [StepSeries] {
        series.compactMap { member in
            let steps = presence[signature.of(member.labels)] ?? []
            var result = StepSeries(labels: member.labels)
            for (step, value) in zip(member.steps, member.values) where steps.contains(step) == isPresent {
                result.append(step, value)
            }
            return result.steps.isEmpty ? nil : result
        }
    }
}

extension BinaryOperationSyntax.Operator {
    /// Whether the operator compares.
    var isComparison: Bool {
        switch self {
        case .equal, .notEqual, .greater, .greaterOrEqual, .less, .lessOrEqual: true
        default: false
        }
    }
}

extension BinaryOperationSyntax {
    /// Whether numbers pass unchanged, so that they are still samples of a named series.
    var keepsName: Bool { op.isLogical || (op.isComparison && !returnsBool) }
}

/// The labels by which series of two sides meet; never by the name of a recorded one, unless `on` lists it.
struct SeriesSignature {
    private let matching: BinaryOperationSyntax.Matching?
    private let names: Set<String>

    init(_ matching: BinaryOperationSyntax.Matching?) {
        self.matching = matching
        names = Set(matching?.names ?? [])
    }

    /// The labels that are compared.
    func of(_ labels: LabelSet) -> LabelSet {
        guard let matching else { return labels.withoutName }
        return matching.isOn ? labels.keeping(names) : labels.removing(names).withoutName
    }
}
