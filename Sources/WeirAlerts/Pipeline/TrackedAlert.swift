public import WeirModel

/// An alert as it is kept: what its senders said, brought together.
public struct TrackedAlert: Sendable, Hashable {
    /// What identifies it.
    public var labels: LabelSet
    /// Texts for people, the newest.
    public var annotations: LabelSet
    /// Since when it fires: the earliest that any sender said.
    public var startsAt: Timestamp
    /// When it ended or will count as ended.
    public var endsAt: Timestamp
    /// Where the condition can be looked at.
    public var generatorURL: String
    /// When it was last heard of.
    public var updatedAt: Timestamp
    /// Whether `endsAt` is only a time after which silence counts as the end, because the sender said none.
    public var endsByTimeout: Bool

    /// Creates what an alert of a sender becomes.
    ///
    /// - Parameters:
    ///   - alert: labels with empty values are dropped.
    ///   - now: when it came.
    ///   - timeout: after how many nanoseconds without news it counts as over.
    public init(_ alert: Alert, receivedAt now: Timestamp, resolveTimeout timeout: Int64) {
        labels = LabelSet(sorted: alert.labels.labels.filter { !$0.value.isEmpty })
        annotations = LabelSet(sorted: alert.annotations.labels.filter { !$0.value.isEmpty })
        startsAt = alert.startsAt
        endsAt = alert.endsAt ?? now.advanced(byNanoseconds: timeout)
        endsByTimeout = alert.endsAt == nil
        generatorURL = alert.generatorURL
        updatedAt = now
    }

    /// Creates an alert as it was kept.
    public init(
        labels: LabelSet, annotations: LabelSet, startsAt: Timestamp, endsAt: Timestamp, generatorURL: String,
        updatedAt: Timestamp, endsByTimeout: Bool
    ) {
        self.labels = labels
        self.annotations = annotations
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.generatorURL = generatorURL
        self.updatedAt = updatedAt
        self.endsByTimeout = endsByTimeout
    }

    /// Whether it has ended by `instant`.
    public func isResolved(at instant: Timestamp) -> Bool { endsAt <= instant }

    /// The hash of the labels, as the API shows it.
    public var fingerprint: UInt64 { labels.fingerprint }

    /// What is known after `newer` came in: one alert with the earlier start if both were active at once, else the newer
    /// one, which is a new incident.
    ///
    /// An end that a sender named outlasts one that only a timeout set; an end in the past is final.
    func updated(by newer: TrackedAlert, at now: Timestamp) -> TrackedAlert {
        let overlaps =
            newer.endsAt > startsAt && newer.endsAt < endsAt || newer.startsAt > startsAt && newer.startsAt < endsAt
        guard overlaps else { return newer }
        var (older, result) = (self, newer)
        if newer.updatedAt < updatedAt { (older, result) = (newer, self) }
        result.startsAt = min(older.startsAt, result.startsAt)
        let isLater = older.endsAt > result.endsAt
        if result.isResolved(at: now) {
            if older.isResolved(at: now), isLater { result.endsAt = older.endsAt }
        } else if isLater, !older.endsByTimeout {
            (result.endsAt, result.endsByTimeout) = (older.endsAt, false)
        }
        return result
    }
}
