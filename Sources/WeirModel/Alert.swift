/// A condition that holds, or held, for one label set: what rules send and notifications tell.
///
/// Its labels alone say which alert it is: two values with the same labels are news about the same alert.
public struct Alert: Hashable, Sendable {
    /// What identifies it, `alertname` among them; no label has an empty value.
    public var labels: LabelSet
    /// Texts for people: `summary`, `description`, `runbook_url`.
    public var annotations: LabelSet
    /// Since when it fires.
    public var startsAt: Timestamp
    /// When it ended, or when it counts as ended unless it is sent again; nil when the sender does not say and the
    /// receiver's own timeout shall apply.
    public var endsAt: Timestamp?
    /// Where the condition can be looked at; empty when nowhere.
    public var generatorURL: String

    /// Creates an alert.
    public init(
        labels: LabelSet, annotations: LabelSet = .empty, startsAt: Timestamp, endsAt: Timestamp? = nil,
        generatorURL: String = ""
    ) {
        self.labels = labels
        self.annotations = annotations
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.generatorURL = generatorURL
    }

    /// The label `alertname`; empty when absent.
    public var name: String { labels["alertname"] ?? "" }

    /// 64-bit hash of the labels, as Alertmanager's API shows it.
    public var fingerprint: UInt64 { labels.fingerprint }

    /// Whether it has ended by `instant`.
    public func isResolved(at instant: Timestamp) -> Bool {
        endsAt.map { $0 <= instant } ?? false
    }
}
