import WeirModel

/// Functions over the series at each instant: `sum by (app) (…)`.
struct VectorAggregation {
    let syntax: VectorAggregationSyntax
    let stepCount: Int

    /// Runs the function.
    func run(_ series: [StepSeries]) -> [StepSeries] {
        switch syntax.function {
        case .sort, .sortDescending: return sorted(series)
        case .topk, .approximateTopK: return selected(series, keepsLargest: true)
        case .bottomk: return selected(series, keepsLargest: false)
        case .sum, .avg, .min, .max, .count, .stddev, .stdvar:
            return groups(of: series).map { labels, members in aggregate(labels, members.map { series[$0] }) }
        }
    }

    /// The labels of the group of a series.
    private func groupLabels(_ labels: LabelSet) -> LabelSet {
        guard let grouping = syntax.grouping else { return .empty }
        return grouping.isWithout
            ? labels.removing(Set(grouping.names)).withoutName : labels.keeping(Set(grouping.names))
    }

    /// Groups in the order of their first members.
    private func groups(of series: [StepSeries]) -> [(labels: LabelSet, members: [Int])] {
        var groups: [(labels: LabelSet, members: [Int])] = []
        var numbers: [LabelSet: Int] = [:]
        for (index, member) in series.enumerated() {
            let labels = groupLabels(member.labels)
            let number = numbers[labels] ?? groups.count
            if number == groups.count {
                groups.append((labels, []))
                numbers[labels] = number
            }
            groups[number].members.append(index)
        }
        return groups
    }

    private func aggregate(_ labels: LabelSet, _ members: [StepSeries]) -> StepSeries {
        var folds = [GroupFold?](repeating: nil, count: stepCount)
        for member in members {
            for (step, value) in zip(member.steps, member.values) {
                if folds[Int(step)] == nil {
                    folds[Int(step)] = GroupFold(value)
                } else {
                    folds[Int(step)]!.add(value)
                }
            }
        }
        var result = StepSeries(labels: labels)
        for (step, fold) in folds.enumerated() {
            if let fold { result.append(Int32(step), fold.value(of: syntax.function)) }
        }
        return result
    }

    /// `topk` and `bottomk`: the best of each group at each instant, with their own labels, best first.
    private func selected(_ series: [StepSeries], keepsLargest: Bool) -> [StepSeries] {
        let limit = syntax.parameter ?? 1
        func isBetter(_ left: Double, _ right: Double) -> Bool {
            // NaN loses against every number.
            if left.isNaN || right.isNaN { return !left.isNaN && right.isNaN }
            return keepsLargest ? left > right : left < right
        }
        var kept = series.map { StepSeries(labels: $0.labels) }
        var order: [Int] = []
        for (_, members) in groups(of: series) {
            var candidates = [[(member: Int, value: Double)]](repeating: [], count: stepCount)
            for member in members {
                for (step, value) in zip(series[member].steps, series[member].values) {
                    candidates[Int(step)].append((member, value))
                }
            }
            for step in 0..<stepCount {
                candidates[step].sort { isBetter($0.value, $1.value) }
                for (member, value) in candidates[step].prefix(limit) {
                    if kept[member].steps.isEmpty { order.append(member) }
                    kept[member].append(Int32(step), value)
                }
            }
        }
        return order.map { kept[$0] }
    }

    /// `sort` and `sort_desc`: by the value at the first instant; NaN comes last.
    private func sorted(_ series: [StepSeries]) -> [StepSeries] {
        let isDescending = syntax.function == .sortDescending
        return series.sorted { left, right in
            guard let a = left.values.first, let b = right.values.first else { return !left.values.isEmpty }
            if a.isNaN || b.isNaN { return !a.isNaN && b.isNaN }
            return isDescending ? a > b : a < b
        }
    }
}

/// What an aggregation keeps of the numbers of one group at one instant.
private struct GroupFold {
    private var count = 1.0
    private var sum: Double
    private var least: Double
    private var greatest: Double
    private var mean: Double
    private var squares = 0.0

    init(_ value: Double) {
        sum = value
        least = value
        greatest = value
        mean = value
    }

    mutating func add(_ value: Double) {
        count += 1
        sum += value
        if value < least || least.isNaN { least = value }
        if value > greatest || greatest.isNaN { greatest = value }
        let distance = value - mean
        if mean.isInfinite && (value == mean || value.isFinite) { return }
        mean += distance / count
        squares += distance * (value - mean)
    }

    func value(of function: VectorAggregationSyntax.Function) -> Double {
        switch function {
        case .avg: mean
        case .min: least
        case .max: greatest
        case .count: count
        case .stddev: (squares / count).squareRoot()
        case .stdvar: squares / count
        case .sum, .topk, .bottomk, .sort, .sortDescending, .approximateTopK: sum
        }
    }
}
