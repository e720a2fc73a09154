internal import WeirModel

/// Notifications on their way: at most one per group and integration, always the newest.
///
/// It knows no sockets: it says which may start, and is told what became of them.
struct DeliveryQueue: Sendable {
    /// A notification and how its delivery stands.
    struct Item: Sendable {
        var notification: Notification
        /// What the log will hold once it is delivered.
        var entry: NotificationLog.Entry
        var attempts = 0
        var notBefore: Timestamp
        var isInFlight = false
        /// Whether the group was looked at while this was under way, so that it must be looked at again.
        var isOutdated = false
    }

    private(set) var items: [DeliveryKey: Item] = [:]
    private var inFlight: [IntegrationID: Int] = [:]
    /// Integrations whose other side said when to come again.
    private var pauses: [IntegrationID: Timestamp] = [:]

    subscript(key: DeliveryKey) -> Item? { items[key] }

    /// Puts a notification in, in place of an older one that has not started; the times of its attempts go on.
    ///
    /// - Returns: whether it is queued; not while an older one is under way.
    mutating func put(_ notification: Notification, _ entry: NotificationLog.Entry, at now: Timestamp) -> Bool {
        let key = notification.key
        guard var item = items[key] else {
            items[key] = Item(notification: notification, entry: entry, notBefore: now)
            return true
        }
        if item.isInFlight {
            items[key]?.isOutdated = true
            return false
        }
        (item.notification, item.entry) = (notification, entry)
        items[key] = item
        return true
    }

    /// Takes back a notification that is no news any more; one under way is only marked as outdated.
    ///
    /// - Returns: whether there was one to take back.
    mutating func withdraw(_ key: DeliveryKey) -> Bool {
        guard let item = items[key] else { return false }
        if item.isInFlight {
            items[key]?.isOutdated = true
            return false
        }
        items[key] = nil
        return true
    }

    /// Continues the attempts that were counted before a restart.
    mutating func resume(_ key: DeliveryKey, attempts: Int, notBefore: Timestamp) {
        items[key]?.attempts = attempts
        items[key]?.notBefore = notBefore
    }

    /// The notifications to send now; they count as under way. The longest waiting come first.
    ///
    /// O(items), as each end of a delivery asks again while thousands of groups may wait.
    mutating func start(at now: Timestamp, inFlightMax: Int) -> [Notification] {
        pauses = pauses.filter { $0.value > now }
        var chosen: [IntegrationID: [Item]] = [:]
        for item in items.values where !item.isInFlight && item.notBefore <= now {
            let integration = item.notification.key.integration
            let room = inFlightMax - inFlight[integration, default: 0]
            guard room > 0, pauses[integration] == nil else { continue }
            var best = chosen[integration] ?? []
            let place = best.firstIndex { item.isOrdered(before: $0) } ?? best.count
            guard place < room else { continue }
            best.insert(item, at: place)
            chosen[integration] = Array(best.prefix(room))
        }
        let started = chosen.values.flatMap { $0 }.sorted { $0.isOrdered(before: $1) }.map(\.notification)
        for notification in started {
            items[notification.key]?.isInFlight = true
            inFlight[notification.key.integration, default: 0] += 1
        }
        return started
    }

    /// Ends the delivery of an item: it leaves the queue. Nil when it was not under way.
    mutating func finish(_ key: DeliveryKey) -> Item? {
        guard let item = items[key], item.isInFlight else { return nil }
        items[key] = nil
        land(key.integration)
        return item
    }

    /// Ends an attempt that failed: the item waits for its next one.
    ///
    /// - Parameters:
    ///   - after: nanoseconds that the other side asked for; all its notifications wait then.
    ///   - jitter: from 0 to 1, which spreads the attempts of many.
    /// - Returns: the item as it waits; nil when it was not under way.
    mutating func postpone(_ key: DeliveryKey, after: Int64?, jitter: Double, at now: Timestamp) -> Item? {
        guard var item = items[key], item.isInFlight else { return nil }
        item.isInFlight = false
        item.attempts += 1
        let wait = max(DeliveryQueue.backoff(item.attempts, jitter: jitter), min(after ?? 0, DeliveryQueue.pauseMax))
        item.notBefore = now.advanced(byNanoseconds: wait)
        if after != nil { pauses[key.integration] = item.notBefore }
        items[key] = item
        land(key.integration)
        return item
    }

    /// Marks the item as looked at.
    mutating func clearOutdated(_ key: DeliveryKey) { items[key]?.isOutdated = false }

    /// Drops what waits for somebody who is not told any more, and returns the keys.
    mutating func keep(_ isWanted: (DeliveryKey) -> Bool) -> [DeliveryKey] {
        let gone = items.filter { !$0.value.isInFlight && !isWanted($0.key) }.map(\.key)
        for key in gone { items[key] = nil }
        return gone
    }

    /// When the next notification that waits may start; nil when only an end of a delivery can make one start.
    func nextStart(inFlightMax: Int) -> Timestamp? {
        items.values.lazy.filter { !$0.isInFlight && inFlight[$0.integration, default: 0] < inFlightMax }
            .map { max($0.notBefore, pauses[$0.integration] ?? .min) }.min()
    }

    /// Moves all times, after the clock was set back.
    mutating func shift(byNanoseconds delta: Int64) {
        for key in Array(items.keys) {
            items[key]!.notBefore = items[key]!.notBefore.advanced(byNanoseconds: delta)
        }
        pauses = pauses.mapValues { $0.advanced(byNanoseconds: delta) }
    }

    private mutating func land(_ integration: IntegrationID) {
        inFlight[integration, default: 1] -= 1
        if inFlight[integration] == 0 { inFlight[integration] = nil }
    }

    /// Half a second, longer by half each time, at most a minute; half of it either way by chance.
    static func backoff(_ attempts: Int, jitter: Double) -> Int64 {
        var seconds = 0.5
        for _ in 1..<max(1, min(attempts, 20)) { seconds *= 1.5 }
        return Int64(min(seconds, 60) * (0.5 + jitter) * 1e9)
    }

    /// However long the other side wants to be left alone, after this time it is asked again.
    private static let pauseMax: Int64 = 3600 * 1_000_000_000
}

extension DeliveryQueue.Item {
    fileprivate var integration: IntegrationID { notification.key.integration }

    fileprivate func isOrdered(before other: Self) -> Bool {
        (notBefore, notification.at, ExactText(notification.key.groupKey))
            < (other.notBefore, other.notification.at, ExactText(other.notification.key.groupKey))
    }
}
