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
}

/// What a metric expression yields.
enum StepValue: Sendable {
    /// The same number at every instant, without labels.
    case scalar(Double)
    /// Series.
    case series([StepSeries])
}
