public import WeirModel

/// What was told to whom, and when: the memory that keeps the same news from being sent twice.
public struct NotificationLog: Sendable {
    /// The latest notification of a group by an integration.
    public struct Entry: Sendable, Hashable {
        /// When it was decided on.
        public var at: Timestamp
        /// When it is forgotten.
        public var expiresAt: Timestamp
        /// Fingerprints of the alerts that fired.
        public var firing: Set<UInt64>
        /// Fingerprints of those that had ended.
        public var resolved: Set<UInt64>

        /// Creates an entry.
        public init(at: Timestamp, expiresAt: Timestamp, firing: Set<UInt64>, resolved: Set<UInt64>) {
            self.at = at
            self.expiresAt = expiresAt
            self.firing = firing
            self.resolved = resolved
        }
    }

    /// Why a notification is due.
    public enum Reason: String, Sendable, Hashable {
        /// Nobody was told of the group yet.
        case first = "first notification"
        /// An alert fires that was not told.
        case newAlerts = "new alerts"
        /// Nothing fires any more.
        case allResolved = "all alerts resolved"
        /// An alert ended while others fire.
        case someResolved = "alerts resolved"
        /// It was told, but long ago.
        case repeated = "repeat interval"
    }

    /// The least time that an entry is kept.
    static let retention = Duration.seconds(120 * 3600)

    private var entries: [DeliveryKey: Entry] = [:]

    /// Creates a log, from what was kept before.
    public init(_ entries: [DeliveryKey: Entry] = [:]) {
        self.entries = entries
    }

    /// The latest entry of a key.
    public subscript(key: DeliveryKey) -> Entry? {
        get { entries[key] }
        set { entries[key] = newValue }
    }

    /// The number of entries.
    public var count: Int { entries.count }

    /// Whether the state of a group is news to an integration, and why.
    ///
    /// - Parameters:
    ///   - sendsResolved: whether the integration is told of an end while others still fire.
    ///   - repeatInterval: nanoseconds after which the same is told again.
    static func reason(
        _ entry: Entry?, firing: Set<UInt64>, resolved: Set<UInt64>, sendsResolved: Bool, repeatInterval: Int64,
        at now: Timestamp
    ) -> Reason? {
        guard let entry else { return firing.isEmpty ? nil : .first }
        if !firing.isSubset(of: entry.firing) { return entry.firing.isEmpty ? .first : .newAlerts }
        // Due also for those who are not told of ends: the log must forget what fired, or the next firing is no news.
        if firing.isEmpty { return entry.firing.isEmpty ? nil : .allResolved }
        if sendsResolved, !resolved.isSubset(of: entry.resolved) { return .someResolved }
        return entry.at.advanced(byNanoseconds: repeatInterval) <= now ? .repeated : nil
    }

    /// Forgets entries whose time is over, and returns their keys.
    mutating func forget(at now: Timestamp) -> [DeliveryKey] {
        let old = entries.filter { $0.value.expiresAt <= now }.map(\.key)
        for key in old { entries[key] = nil }
        return old
    }
}
