public import WeirModel

/// An alert of a rule with everything that must survive a restart.
public struct ActiveAlert: Sendable, Hashable {
    /// How far an alert has come. The raw values are stored on disk, never renumber.
    public enum State: Int, Sendable, Hashable {
        /// Its condition held, it fired, and it no longer does; kept for a while so that receivers surely learn of it.
        case resolved = 0
        /// Its condition holds, though not for long enough.
        case pending = 1
        /// Its condition has held for long enough.
        case firing = 2
    }

    /// All its labels, `alertname` included; what identifies it.
    public var labels: LabelSet
    /// Its annotations with their templates filled in, of the last evaluation that found it.
    public var annotations: LabelSet
    /// The value of its sample at that evaluation.
    public var value: Double
    /// How far it has come.
    public var state: State
    /// Since when its condition holds.
    public var activeAt: Timestamp
    /// When it began to fire.
    public var firedAt: Timestamp?
    /// Since when it only fires because of `keep_firing_for`.
    public var keptSince: Timestamp?
    /// When it was resolved.
    public var resolvedAt: Timestamp?
    /// When it was last handed to those who notify.
    public var sentAt: Timestamp?

    /// Creates an alert whose condition begins to hold.
    public init(labels: LabelSet, annotations: LabelSet, value: Double, activeAt: Timestamp) {
        self.labels = labels
        self.annotations = annotations
        self.value = value
        self.activeAt = activeAt
        state = .pending
    }
}
