/// One way to tell somebody: a receiver's name, the kind, and which of that kind, counted from 0.
public struct IntegrationID: Hashable, Sendable, CustomStringConvertible {
    /// The receiver's name.
    public var receiver: String
    /// The kind, as in the name of its key: `webhook`, `slack`.
    public var kind: String
    /// Its place among those of its kind.
    public var index: Int

    /// Creates an id.
    public init(receiver: String, kind: String, index: Int) {
        self.receiver = receiver
        self.kind = kind
        self.index = index
    }

    /// `team-a/webhook[0]`
    public var description: String { "\(receiver)/\(kind)[\(index)]" }
}

/// What is owed: news of one group to one integration.
public struct DeliveryKey: Hashable, Sendable {
    /// The group's key: `{}/{team="db"}:{alertname="Down"}`.
    public var groupKey: String
    /// Who is told.
    public var integration: IntegrationID

    /// Creates a key.
    public init(groupKey: String, integration: IntegrationID) {
        self.groupKey = groupKey
        self.integration = integration
    }
}
