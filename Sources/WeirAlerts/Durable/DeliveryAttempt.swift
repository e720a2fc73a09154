public import WeirModel

/// One attempt to tell somebody, as the history keeps it.
public struct DeliveryAttempt: Sendable, Hashable {
    /// When.
    public var at: Timestamp
    /// Which group, and who was told.
    public var key: DeliveryKey
    /// Why it was due.
    public var reason: String
    /// `delivered`, `postponed` or `refused`.
    public var outcome: String
    /// The status, or what went wrong.
    public var detail: String
    /// How many alerts fired.
    public var firing: Int
    /// How many had ended.
    public var resolved: Int

    init(
        at: Timestamp, key: DeliveryKey, reason: String, outcome: String, detail: String, firing: Int, resolved: Int
    ) {
        self.at = at
        self.key = key
        self.reason = reason
        self.outcome = outcome
        self.detail = detail
        self.firing = firing
        self.resolved = resolved
    }

    init(_ notification: Notification, _ outcome: DeliveryOutcome, at now: Timestamp) {
        let (word, detail): (String, String) =
            switch outcome {
            case .delivered(let status): ("delivered", status.map { "status \($0)" } ?? "")
            case .postponed(let reason, _): ("postponed", reason)
            case .refused(let reason): ("refused", reason)
            }
        self.init(
            at: now, key: notification.key, reason: notification.reason.rawValue, outcome: word, detail: detail,
            firing: notification.firing.count, resolved: notification.resolved.count)
    }
}
