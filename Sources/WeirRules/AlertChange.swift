public import WeirModel

/// A step in the life of an alert, as the history keeps it and a backtest prints it.
public struct AlertChange: Sendable, Hashable {
    /// What happened. The raw values are stored on disk, never change them.
    public enum Kind: String, Sendable, Hashable {
        /// Its condition began to hold.
        case pending
        /// Its condition has held for long enough.
        case firing
        /// It fired and no longer does.
        case resolved
        /// Its condition stopped before it fired.
        case dropped
    }

    /// What happened.
    public var kind: Kind
    /// The instant of the evaluation that found it.
    public var at: Timestamp
    /// The alert's labels.
    public var labels: LabelSet
    /// The value of its sample, the last one known.
    public var value: Double

    /// Creates a step.
    public init(_ kind: Kind, at: Timestamp, labels: LabelSet, value: Double) {
        self.kind = kind
        self.at = at
        self.labels = labels
        self.value = value
    }
}
