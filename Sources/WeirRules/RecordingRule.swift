public import LogQL
public import WeirModel

/// Makes a series under its own name of a question.
public struct RecordingRule: Sendable {
    /// The name of the series.
    public let name: String
    /// Labels that are set on every sample.
    public let labels: LabelSet
    /// The label sets of the last evaluation, to notice series that end.
    public private(set) var recorded: Set<LabelSet> = []

    /// Creates a rule that has recorded nothing yet.
    public init(name: String, labels: LabelSet) {
        self.name = name
        self.labels = labels
    }

    /// The samples to keep of what an evaluation found, with an end mark for every series that was there before.
    ///
    /// - Throws: ``RuleError`` when two samples would be one series, or there are more than `limit` (0 is no limit).
    public mutating func record(
        _ found: [InstantSample], at instant: Timestamp, limit: Int
    ) throws(RuleError) -> [InstantSample] {
        guard limit == 0 || found.count <= limit else {
            recorded = []
            throw RuleError("exceeded limit of \(limit) with \(found.count) series")
        }
        var samples: [InstantSample] = []
        var current: Set<LabelSet> = []
        for sample in found {
            var own = sample.labels
            own["__name__"] = name
            for label in labels.labels { own[label.name] = label.value.isEmpty ? nil : label.value }
            guard current.insert(own).inserted else {
                throw RuleError("vector contains metrics with the same labelset after applying rule labels")
            }
            samples.append(
                InstantSample(labels: own, sample: Sample(timestamp: instant, value: sample.sample.value)))
        }
        samples += RecordingRule.endMarks(of: recorded.subtracting(current), at: instant)
        recorded = current
        return samples
    }

    /// Samples that end series: readers then know that there is nothing, instead of looking back for the last value.
    static func endMarks(of series: some Sequence<LabelSet>, at instant: Timestamp) -> [InstantSample] {
        series.sorted().map {
            InstantSample(labels: $0, sample: Sample(timestamp: instant, value: Sample.endOfSeries))
        }
    }

    mutating func adopt(_ other: RecordingRule) {
        recorded = other.recorded
    }
}
