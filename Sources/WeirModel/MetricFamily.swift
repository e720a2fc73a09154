/// One of the program's own metrics with its samples, ready to be shown on `/metrics`.
public struct MetricFamily: Sendable {
    /// What the values mean.
    public enum Kind: String, Sendable {
        /// A count that only rises and starts at 0 with the process; its name ends in `_total`.
        case counter
        /// A value that goes up and down.
        case gauge
        /// Counts by upper bound, with their sum; made by ``addHistogram(labels:bounds:counts:sum:)``.
        case histogram
    }

    /// One line of the exposition.
    public struct Sample: Sendable {
        /// What follows the family's name: empty, or `_bucket`, `_sum`, `_count` of a histogram.
        public var suffix: String
        /// What tells the sample from the others of the family.
        public var labels: LabelSet
        /// The value.
        public var value: Double

        /// Creates a sample.
        public init(suffix: String = "", labels: LabelSet = .empty, value: Double) {
            self.suffix = suffix
            self.labels = labels
            self.value = value
        }
    }

    /// The name, `[a-zA-Z_:][a-zA-Z0-9_:]*`, with its unit last (`_seconds`, `_bytes`) before `_total`.
    public var name: String
    /// One sentence for the reader of a dashboard.
    public var help: String
    /// What the values mean.
    public var kind: Kind
    /// The samples.
    public var samples: [Sample]

    /// Creates a family.
    public init(_ name: String, _ help: String, _ kind: Kind, samples: [Sample] = []) {
        self.name = name
        self.help = help
        self.kind = kind
        self.samples = samples
    }

    /// Creates a family with one sample without labels.
    public init(_ name: String, _ help: String, _ kind: Kind, value: Double) {
        self.init(name, help, kind, samples: [Sample(value: value)])
    }

    /// Adds a sample.
    public mutating func add(_ labels: LabelSet = .empty, _ value: Double) {
        samples.append(Sample(labels: labels, value: value))
    }

    /// Adds the samples of one histogram.
    ///
    /// - Parameters:
    ///   - labels: what tells it from other histograms of the family.
    ///   - bounds: the upper bounds, rising, without infinity.
    ///   - counts: observations per bound, not summed up; one more than bounds, the last for those above all.
    ///   - sum: the sum of all observations.
    public mutating func addHistogram(labels: LabelSet, bounds: [Double], counts: [UInt64], sum: Double) {
        precondition(counts.count == bounds.count + 1, "\(counts.count) counts for \(bounds.count) bounds")
        var total: UInt64 = 0
        for (index, count) in counts.enumerated() {
            total += count
            var bucket = labels
            bucket["le"] = index < bounds.count ? MetricExposition.number(bounds[index]) : "+Inf"
            samples.append(Sample(suffix: "_bucket", labels: bucket, value: Double(total)))
        }
        samples.append(Sample(suffix: "_sum", labels: labels, value: sum))
        samples.append(Sample(suffix: "_count", labels: labels, value: Double(total)))
    }
}
