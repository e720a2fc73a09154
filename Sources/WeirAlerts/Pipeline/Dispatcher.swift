public import WeirModel
public import WeirTemplate

/// Alertmanager's decisions as one value: alerts, silences, time and the fate of messages go in, messages to send come
/// out. No clock, no socket, no file.
///
/// Whatever must survive a restart is handed out by ``takeChanges()``; kept as ``DispatcherState``, it makes a dispatcher
/// that goes on where this one stopped.
public struct Dispatcher: Sendable {
    /// Who is told what and when.
    public private(set) var configuration: DispatcherConfiguration
    /// The routes.
    public private(set) var tree: RouteTree
    /// The alerts that are known, also some that have ended.
    public private(set) var alerts: [LabelSet: TrackedAlert] = [:]
    /// The silences.
    public private(set) var silences: SilenceStore
    /// How many alerts were refused because there were too many.
    public private(set) var alertsRefused = 0

    var groups: [GroupName: AlertGroup] = [:]
    var log: NotificationLog
    var queue = DeliveryQueue()
    private let zones: ZoneCache
    private var changes: [StateChange] = []
    private var lastNow: Timestamp
    private var nextCare: Timestamp

    /// What tells groups apart, also across restarts and changes of the routes.
    struct GroupName: Hashable, Sendable {
        var key: String
        var receiver: String

        init(key: String, receiver: String) {
            self.key = key
            self.receiver = receiver
        }

        init(_ key: DeliveryKey) { self.init(key: key.groupKey, receiver: key.integration.receiver) }
    }

    private static let careInterval = Duration.seconds(60).nanoseconds

    /// Creates a dispatcher.
    ///
    /// - Parameters:
    ///   - state: what is known from before. An alert whose end passed while nobody could say otherwise gets time until
    ///     its sender is heard again.
    ///   - zones: the time zones that mute intervals name.
    ///   - now: the time, by which later calls must go on.
    public init(
        _ configuration: DispatcherConfiguration, state: DispatcherState = DispatcherState(), zones: ZoneCache,
        at now: Timestamp
    ) {
        self.configuration = configuration
        self.zones = zones
        tree = RouteTree(configuration.route)
        silences = SilenceStore(state.silences)
        log = NotificationLog(state.log)
        lastNow = now
        nextCare = now.advanced(byNanoseconds: Dispatcher.careInterval)
        restore(state, at: now)
    }

    /// The changes since the last call, oldest first.
    public mutating func takeChanges() -> [StateChange] {
        defer { changes = [] }
        return changes
    }

    // MARK: Alerts

    /// Takes alerts. Those without labels are left out.
    public mutating func receive(_ received: [Alert], at now: Timestamp) {
        observe(now)
        let timeout = configuration.resolveTimeout.nanoseconds
        for alert in received {
            var tracked = TrackedAlert(alert, receivedAt: now, resolveTimeout: timeout)
            guard !tracked.labels.isEmpty else { continue }
            if let known = alerts[tracked.labels] {
                tracked = known.updated(by: tracked, at: now)
            } else if alerts.count >= configuration.alertsMax {
                alertsRefused += 1
                continue
            }
            alerts[tracked.labels] = tracked
            changes.append(.alert(tracked))
            for node in tree.routes(for: tracked.labels) { join(tracked, node, at: now) }
        }
    }

    private func groupName(_ labels: LabelSet, _ node: Int) -> (name: GroupName, labels: LabelSet) {
        let groupLabels = tree.groupLabels(of: labels, at: node)
        let route = tree.nodes[node]
        return (GroupName(key: "\(route.path):\(groupLabels)", receiver: route.receiver), groupLabels)
    }

    private mutating func join(_ alert: TrackedAlert, _ node: Int, at now: Timestamp) {
        let (name, labels) = groupName(alert.labels, node)
        let wait = tree.nodes[node].groupWait
        var group: AlertGroup
        if let known = groups[name] {
            group = known
        } else {
            group = AlertGroup(node: node, labels: labels, nextFlush: now.advanced(byNanoseconds: wait))
        }
        group.members.insert(alert.labels)
        group.emptySince = nil
        // Who has fired for longer than the group wait, before we heard of it, has waited enough.
        if !group.hasFlushed, alert.startsAt.advanced(byNanoseconds: wait) < now {
            group.nextFlush = min(group.nextFlush, now)
        }
        let isNew = groups[name]?.nextFlush != group.nextFlush
        groups[name] = group
        if isNew { noteTimer(name) }
    }

    private mutating func noteTimer(_ name: GroupName) {
        guard let group = groups[name] else { return }
        changes.append(
            .timer(
                GroupTimer(
                    groupKey: name.key, receiver: name.receiver, nextFlush: group.nextFlush,
                    hasFlushed: group.hasFlushed)))
    }

    // MARK: Silences

    /// Creates or changes a silence; see ``SilenceStore/set(_:at:newID:)``. Returns its id.
    public mutating func setSilence(
        _ silence: Silence, at now: Timestamp, newID: String
    ) throws(SilenceError) -> String {
        let changed = try silences.set(silence, at: now, newID: newID)
        changes += changed.map { .silence($0) }
        return changed.last?.id ?? newID
    }

    /// Ends a silence.
    public mutating func expireSilence(_ id: String, at now: Timestamp) throws(SilenceError) {
        if let ended = try silences.expire(id, at: now) { changes.append(.silence(ended)) }
    }

    // MARK: Time

    /// Looks at every group whose time has come, and returns the messages to send now.
    ///
    /// Each must be answered by ``finish(_:_:jitter:at:)``.
    public mutating func advance(to now: Timestamp) -> [Notification] {
        observe(now)
        let due = groups.filter { $0.value.nextFlush <= now }
            .sorted { ($0.value.nextFlush, ExactText($0.key.key)) < ($1.value.nextFlush, ExactText($1.key.key)) }
            .map(\.key)
        if !due.isEmpty {
            let inhibitions = inhibitions(at: now)
            for name in due { flush(name, inhibitions, at: now) }
        }
        for (name, group) in groups {
            guard let since = group.emptySince,
                since.advanced(byNanoseconds: AlertGroup.emptyAgeMax.nanoseconds) <= now
            else { continue }
            groups[name] = nil
            changes.append(.timerForgotten(groupKey: name.key, receiver: name.receiver))
        }
        if nextCare <= now { care(at: now) }
        return queue.start(at: now, inFlightMax: configuration.inFlightMax)
    }

    /// When ``advance(to:)`` has something to do again, unless something is received or finished before.
    public var nextDeadline: Timestamp {
        var next = nextCare
        for group in groups.values {
            next = min(next, group.nextFlush)
            if let since = group.emptySince {
                next = min(next, since.advanced(byNanoseconds: AlertGroup.emptyAgeMax.nanoseconds))
            }
        }
        return min(next, queue.nextStart(inFlightMax: configuration.inFlightMax) ?? .max)
    }

    /// Timers measure time that passes: when the clock is set back, what is left of them stays.
    private mutating func observe(_ now: Timestamp) {
        let step = now.nanoseconds - lastNow.nanoseconds
        lastNow = now
        guard step < 0 else { return }
        for name in Array(groups.keys) {
            groups[name]!.nextFlush = groups[name]!.nextFlush.advanced(byNanoseconds: step)
            groups[name]!.emptySince = groups[name]!.emptySince?.advanced(byNanoseconds: step)
        }
        queue.shift(byNanoseconds: step)
        nextCare = nextCare.advanced(byNanoseconds: step)
    }

    /// Forgets what nobody needs.
    private mutating func care(at now: Timestamp) {
        nextCare = now.advanced(byNanoseconds: Dispatcher.careInterval)
        let grouped = groups.values.reduce(into: Set<LabelSet>()) { $0.formUnion($1.members) }
        for (labels, alert) in alerts where alert.isResolved(at: now) && !grouped.contains(labels) {
            alerts[labels] = nil
            changes.append(.alertForgotten(labels))
        }
        changes += silences.forget(at: now).map { .silenceForgotten(id: $0) }
        changes += log.forget(at: now).map { .toldForgotten($0) }
    }

    // MARK: Groups

    private mutating func flush(_ name: GroupName, _ inhibitions: Inhibitions, at now: Timestamp) {
        guard let node = groups[name]?.node else { return }
        groups[name]!.nextFlush = now.advanced(byNanoseconds: tree.nodes[node].groupInterval)
        groups[name]!.hasFlushed = true
        noteTimer(name)
        decide(name, inhibitions, at: now)
    }

    /// Compares a group with what was told of it, and queues what is news.
    private mutating func decide(_ name: GroupName, _ inhibitions: Inhibitions, at now: Timestamp) {
        guard let group = groups[name] else { return }
        let route = tree.nodes[group.node]
        var items: [Notification.Item] = []
        if !isMuted(route, at: now) {
            let members = group.members.sorted(by: AlertGroup.isOrdered)
            items = members.compactMap { alerts[$0] }
                .filter { inhibitions.source(inhibiting: $0.labels) == nil && !isSilenced($0.labels, at: now) }
                .map { Notification.Item($0, at: now) }
        }
        let firing = Set(items.lazy.filter { !$0.isResolved }.map(\.labels.fingerprint))
        let resolved = Set(items.lazy.filter(\.isResolved).map(\.labels.fingerprint))
        let kept = max(2 * route.repeatInterval, NotificationLog.retention.nanoseconds)
        for recipient in configuration.recipients[name.receiver] ?? [] {
            let key = DeliveryKey(groupKey: name.key, integration: recipient.id)
            let reason = NotificationLog.reason(
                log[key], firing: firing, resolved: resolved, sendsResolved: recipient.sendsResolved,
                repeatInterval: route.repeatInterval, at: now)
            guard let reason, !items.isEmpty else {
                withdraw(key)
                continue
            }
            let entry = NotificationLog.Entry(
                at: now, expiresAt: now.advanced(byNanoseconds: kept), firing: firing, resolved: resolved)
            let told = recipient.sendsResolved ? items : items.filter { !$0.isResolved }
            if told.isEmpty {
                withdraw(key)
                if queue[key] == nil { note(key, entry) }
                continue
            }
            let notification = Notification(
                key: key, groupLabels: group.labels, items: told, reason: reason, at: now)
            if queue.put(notification, entry, at: now), let item = queue[key] {
                changes.append(.owed(key, attempts: item.attempts, notBefore: item.notBefore))
            }
        }
        dropResolved(name, upTo: now)
    }

    private mutating func withdraw(_ key: DeliveryKey) {
        if queue.withdraw(key) { changes.append(.settled(key)) }
    }

    private mutating func note(_ key: DeliveryKey, _ entry: NotificationLog.Entry) {
        log[key] = entry
        changes.append(.told(key, entry))
    }

    /// Alerts that have ended leave their group once everybody who must know does. News of the very instant of the look
    /// may have come behind it, so it stays for the next one.
    private mutating func dropResolved(_ name: GroupName, upTo flush: Timestamp) {
        guard var group = groups[name] else { return }
        let recipients = configuration.recipients[name.receiver] ?? []
        let isOwed = recipients.contains {
            queue[DeliveryKey(groupKey: name.key, integration: $0.id)] != nil
        }
        guard !isOwed else { return }
        group.members = group.members.filter { labels in
            guard let alert = alerts[labels] else { return false }
            return !(alert.isResolved(at: flush) && alert.updatedAt < flush)
        }
        if group.members.isEmpty, group.emptySince == nil { group.emptySince = lastNow }
        groups[name] = group
    }

    /// Says what became of a message that ``advance(to:)`` returned.
    ///
    /// - Parameter jitter: from 0 to 1, by chance: spreads attempts that would come together.
    public mutating func finish(
        _ key: DeliveryKey, _ outcome: DeliveryOutcome, jitter: Double, at now: Timestamp
    ) {
        observe(now)
        let ended: DeliveryQueue.Item?
        switch outcome {
        case .delivered:
            ended = queue.finish(key)
            if let ended {
                note(key, ended.entry)
                changes.append(.settled(key))
            }
        case .refused:
            ended = queue.finish(key)
            if ended != nil { changes.append(.settled(key)) }
        case .postponed(_, let after):
            ended = queue.postpone(key, after: after, jitter: jitter, at: now)
            if let ended { changes.append(.owed(key, attempts: ended.attempts, notBefore: ended.notBefore)) }
        }
        guard let ended else { return }
        queue.clearOutdated(key)
        if ended.isOutdated {
            decide(GroupName(key), inhibitions(at: now), at: now)
        } else if case .delivered = outcome {
            dropResolved(GroupName(key), upTo: ended.entry.at)
        }
    }

    // MARK: Quiet

    func inhibitions(at now: Timestamp) -> Inhibitions {
        Inhibitions(
            rules: configuration.inhibitions,
            firing: alerts.values.lazy.filter { !$0.isResolved(at: now) }.map(\.labels))
    }

    private func isSilenced(_ labels: LabelSet, at now: Timestamp) -> Bool {
        silences.all.contains { $0.state(at: now) == .active && $0.concerns(labels) }
    }

    private func isMuted(_ route: RouteTree.Node, at now: Timestamp) -> Bool {
        !muting(route, at: now).isEmpty
    }

    /// The names of the times because of which a route is quiet.
    func muting(_ route: RouteTree.Node, at now: Timestamp) -> [String] {
        func holding(_ names: [String]) -> [String] {
            names.filter { name in
                configuration.muteIntervals.contains { $0.name == name && $0.contains(now, zones: zones) }
            }
        }
        let muted = holding(route.muteIntervals)
        let isOutside = !route.activeIntervals.isEmpty && holding(route.activeIntervals).isEmpty
        return muted + (isOutside ? route.activeIntervals : [])
    }

    // MARK: Restart and reload

    private mutating func restore(_ state: DispatcherState, at now: Timestamp) {
        let grace = now.advanced(byNanoseconds: configuration.resolveTimeout.nanoseconds)
        for var alert in state.alerts {
            // An end behind its last news was never an end, only a time by which there should have been news.
            if alert.isResolved(at: now), alert.endsAt > alert.updatedAt {
                (alert.endsAt, alert.endsByTimeout) = (grace, true)
            }
            alerts[alert.labels] = alert
        }
        regroup(timers: state.timers, at: now)
        let inhibitions = inhibitions(at: now)
        for name in Set(state.owed.keys.map { GroupName($0) }) { decide(name, inhibitions, at: now) }
        for (key, owed) in state.owed {
            if queue[key] == nil { changes.append(.settled(key)) }
            queue.resume(key, attempts: owed.attempts, notBefore: min(owed.notBefore, grace))
        }
    }

    /// Goes on with other routes, receivers and rules. What was told stays told, and groups that stay keep their timers.
    public mutating func reload(_ configuration: DispatcherConfiguration, at now: Timestamp) {
        observe(now)
        let old = groups
        self.configuration = configuration
        tree = RouteTree(configuration.route)
        groups = [:]
        regroup(
            timers: old.map { name, group in
                GroupTimer(
                    groupKey: name.key, receiver: name.receiver, nextFlush: group.nextFlush,
                    hasFlushed: group.hasFlushed)
            }, at: now)
        for name in groups.keys {
            guard let before = old[name] else { continue }
            // Ended alerts that a group was done with must not come back into it.
            let members = groups[name]!.members.filter { labels in
                before.members.contains(labels) || alerts[labels].map { !$0.isResolved(at: now) } == true
            }
            groups[name]!.members = members
            if members.isEmpty { groups[name]!.emptySince = before.emptySince ?? now }
        }
        for name in old.keys where groups[name] == nil {
            changes.append(.timerForgotten(groupKey: name.key, receiver: name.receiver))
        }
        let wanted = Set(configuration.recipients.values.flatMap { $0 }.map(\.id))
        changes += queue.keep { wanted.contains($0.integration) && groups[GroupName($0)] != nil }
            .map { .settled($0) }
    }

    private mutating func regroup(timers: [GroupTimer], at now: Timestamp) {
        var known: [GroupName: GroupTimer] = [:]
        for timer in timers { known[GroupName(key: timer.groupKey, receiver: timer.receiver)] = timer }
        for alert in alerts.values {
            for node in tree.routes(for: alert.labels) {
                let (name, labels) = groupName(alert.labels, node)
                if groups[name] == nil, let timer = known[name] {
                    groups[name] = AlertGroup(node: node, labels: labels, nextFlush: timer.nextFlush)
                    groups[name]!.hasFlushed = timer.hasFlushed
                }
                join(alert, node, at: now)
            }
        }
        for (name, timer) in known where groups[name] == nil {
            changes.append(.timerForgotten(groupKey: timer.groupKey, receiver: name.receiver))
        }
    }
}

extension Notification.Item {
    /// An alert as it is told at an instant: an end that lies ahead is none.
    init(_ alert: TrackedAlert, at now: Timestamp) {
        self.init(
            labels: alert.labels, annotations: alert.annotations, startsAt: alert.startsAt,
            endsAt: alert.isResolved(at: now) ? alert.endsAt : nil, generatorURL: alert.generatorURL)
    }
}
