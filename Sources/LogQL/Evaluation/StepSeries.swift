import WeirModel

/// A series over the instants of a query: a number at some of them.
struct StepSeries: Sendable {
    /// What identifies the series.
    var labels: LabelSet
    /// The positions of the instants that have a number, rising.
    var steps: [Int32] = []
    /// The numbers at `steps`.
    var values: [Double] = []

    init(labels: LabelSet) {
        self.labels = labels
    }

    init(labels: LabelSet, steps: [Int32], values: [Double]) {
        self.labels = labels
        self.steps = steps
        self.values = values
    }

    /// Adds a number behind all others.
    mutating func append(_ step: Int32, _ value: Double) {
        steps.append(step)
        values.append(value)
    }

    /// Makes one series of those with equal labels; of numbers at one instant the first series' counts.
    static func merged(_ series: [StepSeries]) -> [StepSeries] {
        var merged: [StepSeries] = []
        var numbers: [LabelSet: Int] = [:]
        for member in series {
            if let number = numbers[member.labels] {
                merged[number].merge(member)
            } else {
                numbers[member.labels] = merged.count
                merged.append(member)
            }
        }
        return merged
    }

    private mutating func merge(_ other: StepSeries) {
        var values: [Int32: Double] = [:]
        for (step, value) in zip(other.steps, other.values) { values[step] = value }
        for (step, value) in zip(steps, self.values) { values[step] = value }
        steps = values.keys.sorted()
        self.values = steps.map { values[$0]! }
    }
}

/// What a metric expression yields.
enum StepValue: Sendable {
    /// The same number at every instant, without labels.
    case scalar(Double)
    /// Series.
    case series([StepSeries])

    /// About how many bytes it takes.
    var heldBytes: Int {
        guard case .series(let series) = self else { return 0 }
        return series.reduce(0) { $0 + LabelSet.heldBytesGuess + $1.steps.count * 12 }
    }
}
