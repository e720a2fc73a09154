public import WeirModel

/// News of a group for one integration, before it has a form on the wire.
public struct Notification: Sendable, Hashable {
    /// An alert as it is told.
    public struct Item: Sendable, Hashable {
        /// What identifies it.
        public var labels: LabelSet
        /// Texts for people.
        public var annotations: LabelSet
        /// Since when it fires.
        public var startsAt: Timestamp
        /// When it ended; nil while it fires.
        public var endsAt: Timestamp?
        /// Where the condition can be looked at.
        public var generatorURL: String

        /// Creates an item.
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

        /// Whether it has ended.
        public var isResolved: Bool { endsAt != nil }
    }

    /// Which group, and who is told.
    public var key: DeliveryKey
    /// The labels that make the group.
    public var groupLabels: LabelSet
    /// The alerts, ended ones among them; never empty when sent.
    public var items: [Item]
    /// Why.
    public var reason: NotificationLog.Reason
    /// When it was decided on.
    public var at: Timestamp

    /// Creates a notification.
    public init(
        key: DeliveryKey, groupLabels: LabelSet, items: [Item], reason: NotificationLog.Reason, at: Timestamp
    ) {
        self.key = key
        self.groupLabels = groupLabels
        self.items = items
        self.reason = reason
        self.at = at
    }

    /// The alerts that fire.
    public var firing: [Item] { items.filter { !$0.isResolved } }
    /// The alerts that have ended.
    public var resolved: [Item] { items.filter(\.isResolved) }
    /// Whether nothing fires any more.
    public var isResolved: Bool { items.allSatisfy(\.isResolved) }
    /// The labels that all alerts have with the same values.
    public var sharedLabels: LabelSet { Notification.shared(items.map(\.labels)) }
    /// The annotations that all alerts have with the same values.
    public var sharedAnnotations: LabelSet { Notification.shared(items.map(\.annotations)) }

    private static func shared(_ sets: [LabelSet]) -> LabelSet {
        guard let first = sets.first else { return .empty }
        return LabelSet(
            sorted: first.labels.filter { label in
                sets.dropFirst().allSatisfy { $0[label.name].map { Label(label.name, $0) } == label }
            })
    }
}
