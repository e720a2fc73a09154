public import WeirModel

/// An alert that is pending or firing.
public struct AlertStatus: Sendable {
    /// How far an alert has come. The raw value is what clients read.
    public enum State: String, Sendable {
        /// Its condition holds, though not for long enough.
        case pending
        /// It is sent.
        case firing
    }

    /// All its labels, `alertname` included.
    public var labels: LabelSet
    /// Its annotations with their templates filled in.
    public var annotations: LabelSet
    /// How far it has come.
    public var state: State
    /// Since when its condition holds.
    public var activeAt: Timestamp
    /// The value of its sample.
    public var value: Double
    /// Since when it only fires because its rule says for how long it goes on; nil otherwise.
    public var keptSince: Timestamp?

    /// Creates an alert.
    public init(
        labels: LabelSet, annotations: LabelSet, state: State, activeAt: Timestamp, value: Double,
        keptSince: Timestamp? = nil
    ) {
        self.labels = labels
        self.annotations = annotations
        self.state = state
        self.activeAt = activeAt
        self.value = value
        self.keptSince = keptSince
    }
}
