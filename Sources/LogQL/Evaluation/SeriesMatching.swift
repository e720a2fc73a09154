import WeirModel

/// Arithmetic and comparisons between two sets of series: which of them meet, and under which labels.
struct SeriesMatching {
    let syntax: BinaryOperationSyntax
    let stepCount: Int
    let isPrometheus: Bool

    private var cardinality: BinaryOperationSyntax.Matching.Cardinality {
        syntax.matching?.cardinality ?? .oneToOne
    }

    /// Combines series that meet.
    func run(_ left: [StepSeries], _ right: [StepSeries]) throws(QueryError) -> [StepSeries] {
        // The "many" side leads; operands change places again where the numbers are combined.
        let isSwapped = cardinality == .oneToMany
        let (many, one) = isSwapped ? (right, left) : (left, right)
        let signature = SeriesSignature(syntax.matching)
        var partners: [LabelSet: [StepSeries]] = [:]
        for series in one { partners[signature.of(series.labels), default: []].append(series) }
        var rows: [LabelSet: [Int32: Partner]] = [:]
        for (key, series) in partners { rows[key] = try oneSide(series, isSwapped: isSwapped) }

        var results: [StepSeries] = []
        /// The position in `results` of each set of labels.
        var numbers: [LabelSet: Int] = [:]
        /// The instants at which a result or, one to one, a partner is taken.
        var taken: [LabelSet: Set<Int32>] = [:]
        for series in many {
            let key = signature.of(series.labels)
            guard let partner = rows[key] else { continue }
            for (step, value) in zip(series.steps, series.values) {
                guard let match = partner[step] else { continue }
                let (a, b) = isSwapped ? (match.value, value) : (value, match.value)
                let labels = resultLabels(series.labels, match.labels)
                if cardinality == .oneToOne, !taken[key, default: []].insert(step).inserted {
                    throw .failed(
                        message: "multiple matches for labels: many-to-one matching must be explicit "
                            + "(group_left/group_right)")
                }
                guard let result = combined(a, b) else { continue }
                let number = numbers[labels] ?? results.count
                if number == results.count {
                    results.append(StepSeries(labels: labels))
                    numbers[labels] = number
                }
                if cardinality != .oneToOne, !taken[labels, default: []].insert(step).inserted {
                    throw .failed(
                        message: "multiple matches for labels: grouping labels must ensure unique matches")
                }
                results[number].append(step, result)
            }
        }
        return results.map { $0.inOrder() }
    }

    private struct Partner {
        var labels: LabelSet
        var value: Double
    }

    /// The numbers of the "one" side by instant; two at one instant are an error.
    private func oneSide(_ series: [StepSeries], isSwapped: Bool) throws(QueryError) -> [Int32: Partner] {
        var partners: [Int32: Partner] = [:]
        for member in series {
            for (step, value) in zip(member.steps, member.values) {
                let previous = partners.updateValue(Partner(labels: member.labels, value: value), forKey: step)
                guard previous == nil else {
                    throw .failed(
                        message: "found duplicate series on the \(isSwapped ? "left" : "right") hand-side;many-to-many "
                            + "matching not allowed: matching labels must be unique on one side")
                }
            }
        }
        return partners
    }

    private func combined(_ left: Double, _ right: Double) -> Double? {
        guard syntax.op.isComparison, !syntax.returnsBool else {
            return syntax.op.folded(left, right, isPrometheus: isPrometheus)
        }
        return syntax.op.folded(left, right, isPrometheus: isPrometheus) == 1 ? left : nil
    }

    private func resultLabels(_ many: LabelSet, _ one: LabelSet) -> LabelSet {
        let many = syntax.keepsName ? many : many.withoutName
        guard let matching = syntax.matching else { return many }
        guard matching.cardinality != .oneToOne else { return SeriesSignature(matching).of(many) }
        var labels = many
        for name in matching.included { labels[name] = one[name].flatMap { $0.isEmpty ? nil : $0 } }
        return labels
    }
}

extension StepSeries {
    /// The same numbers with instants rising, after several series were woven into one.
    fileprivate func inOrder() -> StepSeries {
        let order = steps.indices.sorted { steps[$0] < steps[$1] }
        return StepSeries(labels: labels, steps: order.map { steps[$0] }, values: order.map { values[$0] })
    }
}
