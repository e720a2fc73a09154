public import WeirModel

/// A change of what a ``Dispatcher`` must know after a restart, in the order in which they happened.
public enum StateChange: Sendable, Hashable {
    /// An alert is new or different.
    case alert(TrackedAlert)
    /// An alert is forgotten.
    case alertForgotten(LabelSet)
    /// A group's timer.
    case timer(GroupTimer)
    /// A group is gone.
    case timerForgotten(groupKey: String, receiver: String)
    /// A silence is new or different.
    case silence(Silence)
    /// A silence is forgotten.
    case silenceForgotten(id: String)
    /// An integration was told.
    case told(DeliveryKey, NotificationLog.Entry)
    /// What an integration was told is forgotten.
    case toldForgotten(DeliveryKey)
    /// An integration must be told; how often that failed, and when it is tried again.
    case owed(DeliveryKey, attempts: Int, notBefore: Timestamp)
    /// It need not be told any more, or has been.
    case settled(DeliveryKey)
}

/// When a group is looked at next.
public struct GroupTimer: Sendable, Hashable {
    /// The group's key.
    public var groupKey: String
    /// The receiver of the group's route, as two routes may have the same matchers.
    public var receiver: String
    /// When.
    public var nextFlush: Timestamp
    /// Whether it was looked at before.
    public var hasFlushed: Bool

    /// Creates a timer.
    public init(groupKey: String, receiver: String, nextFlush: Timestamp, hasFlushed: Bool) {
        self.groupKey = groupKey
        self.receiver = receiver
        self.nextFlush = nextFlush
        self.hasFlushed = hasFlushed
    }
}

/// What a dispatcher knew when it stopped.
public struct DispatcherState: Sendable {
    /// The alerts.
    public var alerts: [TrackedAlert] = []
    /// The timers of groups.
    public var timers: [GroupTimer] = []
    /// The silences.
    public var silences: [Silence] = []
    /// What was told.
    public var log: [DeliveryKey: NotificationLog.Entry] = [:]
    /// What must be told, with the number of attempts and the time of the next.
    public var owed: [DeliveryKey: (attempts: Int, notBefore: Timestamp)] = [:]

    /// Creates the state of a first start.
    public init() {}
}
