/// The samples of one label set, in order of time.
public struct Series: Hashable, Sendable {
    /// What identifies the series.
    public var labels: LabelSet
    /// Its samples, strictly rising in time.
    public var samples: [Sample]

    /// Creates a series.
    public init(labels: LabelSet, samples: [Sample]) {
        self.labels = labels
        self.samples = samples
    }
}
