internal import LogQL
internal import Synchronization
public import WeirModel
public import WeirSystem

/// The groups of rules that run: which there are, when each is due, and where alerts go.
///
/// Groups are evaluated independently of each other, a group never twice at once. Everything that decides anything is in
/// ``RuleGroup`` and ``AlertingRule``, which are plain values; this class keeps them, and what must survive in the
/// database.
public final class RuleEngine: Sendable {
    /// What the engine goes by.
    public struct Configuration: Sendable {
        /// `evaluation_interval`: of groups that name none.
        public var intervalNanoseconds: Int64 = 60 * 1_000_000_000
        /// How far before the instant of an evaluation rules look, in groups that do not say.
        public var queryOffsetNanoseconds: Int64 = 0
        /// `for_outage_tolerance`: how long the server may be away without pending alerts being forgotten.
        public var outageToleranceNanoseconds: Int64 = 3600 * 1_000_000_000

        /// Creates Loki's defaults.
        public init() {}
    }

    private struct Running {
        var group: RuleGroup
        /// Since when the group is here: its first evaluation is the first slot after that.
        var since: Timestamp
        var isUnderWay = false
        /// Whether the database may hold alerts of the group.
        var hasRows = true
        /// Raised by every replacement, so that an evaluation that began before is not taken for news.
        var version: Int
    }

    private struct State {
        var running: [RuleGroupDefinition.Key: Running] = [:]
        var version = 0
        var alertsSent = 0
    }

    private let configuration: Configuration
    private let surroundings: RuleSurroundings
    private let sinks: [any AlertSink]
    private let database: RuleDatabase?
    private let clock: any WallClock
    private let executor: WorkExecutor?
    private let onTrouble: @Sendable (String) -> Void
    private let state = Mutex(State())

    /// Creates an engine without rules.
    ///
    /// - Parameters:
    ///   - database: where alerts survive a restart; nil forgets them.
    ///   - executor: where the database is written; nil for the calling thread.
    ///   - onTrouble: told of what goes wrong besides rules, in one line.
    public init(
        _ configuration: Configuration = Configuration(), surroundings: RuleSurroundings, sinks: [any AlertSink],
        database: RuleDatabase? = nil, clock: any WallClock, executor: WorkExecutor? = nil,
        onTrouble: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.surroundings = surroundings
        self.sinks = sinks
        self.database = database
        self.clock = clock
        self.executor = executor
        self.onTrouble = onTrouble
    }

    private var now: Timestamp { Timestamp(nanoseconds: clock.now()) }

    // MARK: What runs

    /// The groups of a tenant with what they know, sorted.
    public func groups(of tenant: Tenant) -> [RuleGroup] {
        state.withLock { state in
            state.running.values.map(\.group).filter { $0.definition.key.tenant == tenant }
        }.sorted { $0.definition.key < $1.definition.key }
    }

    /// All groups with what they know, sorted.
    public var groups: [RuleGroup] {
        state.withLock { $0.running.values.map(\.group) }.sorted { $0.definition.key < $1.definition.key }
    }

    /// Alerts handed to the sinks so far.
    public var alertsSent: Int { state.withLock { $0.alertsSent } }

    /// Replaces all groups, or none when one of them cannot be used.
    ///
    /// Rules that stay keep their alerts. Alerts that fire by rules that are gone are sent as resolved.
    ///
    /// - Returns: what changes.
    /// - Throws: ``RuleError`` with the group and rule in front.
    public func replace(with definitions: [RuleGroupDefinition]) async throws(RuleError) -> RuleDifference {
        let instant = now
        var groups: [RuleGroup] = []
        for definition in definitions { groups.append(try group(definition)) }
        for index in groups.indices { restore(&groups[index], at: instant) }
        let (difference, goneMembers, marks) = state.withLock { state in install(groups, at: instant, &state) }
        for (tenant, samples) in marks where !samples.isEmpty { await surroundings.record(tenant, samples) }
        await send(RuleEngine.farewells(of: goneMembers, at: instant, surroundings))
        return difference
    }

    private func group(_ definition: RuleGroupDefinition) throws(RuleError) -> RuleGroup {
        let interval = definition.intervalNanoseconds ?? configuration.intervalNanoseconds
        do {
            return try RuleGroup(
                definition, schedule: RuleSchedule(definition.key, intervalNanoseconds: interval),
                queryOffsetNanoseconds: configuration.queryOffsetNanoseconds)
        } catch {
            throw RuleError("\(definition.key.namespace): group \"\(definition.key.name)\": \(error.message)")
        }
    }

    /// Brings back what a restart left behind, unless the group runs already.
    private func restore(_ group: inout RuleGroup, at instant: Timestamp) {
        let key = group.definition.key
        guard let database, state.withLock({ $0.running[key] == nil }) else { return }
        do {
            guard let remains = try database.remains(of: key) else { return }
            group.restore(
                remains, at: instant, toleranceNanoseconds: configuration.outageToleranceNanoseconds)
        } catch {
            onTrouble("alerts of group \"\(key.name)\" start anew: \(error)")
        }
    }

    private func install(
        _ groups: [RuleGroup], at instant: Timestamp, _ state: inout State
    ) -> (RuleDifference, [RuleMember], [(Tenant, [InstantSample])]) {
        let former = state.running
        let difference = RuleDifference(
            from: former.values.map(\.group.definition), to: groups.map(\.definition))
        var gone: [RuleMember] = []
        var marks: [(Tenant, [InstantSample])] = []
        state.version += 1
        state.running = [:]
        for var group in groups {
            let key = group.definition.key
            var since = instant
            if let other = former[key] {
                let left = group.adopt(other.group)
                since = other.since
                gone += left
                marks.append((key.tenant, left.flatMap { RecordingRule.endMarks(of: $0.written, at: instant) }))
            }
            state.running[key] = Running(group: group, since: since, version: state.version)
        }
        for (key, other) in former where state.running[key] == nil {
            gone += other.group.members
            marks.append((key.tenant, other.group.endMarks(at: instant)))
        }
        return (difference, gone, marks)
    }

    /// The ends of alerts whose rules are gone.
    private static func farewells(
        of members: [RuleMember], at instant: Timestamp, _ surroundings: RuleSurroundings
    ) -> [Alert] {
        members.flatMap { member in
            member.activeAlerts.filter { $0.state == .firing }.map { alert in
                Alert(
                    labels: surroundings.addingExternalLabels(to: alert.labels), annotations: alert.annotations,
                    startsAt: alert.firedAt ?? alert.activeAt, endsAt: instant,
                    generatorURL: surroundings.generatorURL(member.rule.expression))
            }
        }
    }

    // MARK: Evaluation

    /// Evaluates every group that is due, and returns when all are done.
    public func evaluateDue() async {
        let due = takeDue()
        await withTaskGroup(of: Void.self) { group in
            for (key, slot) in due { group.addTask { await self.evaluate(key, at: slot) } }
        }
    }

    /// Evaluates groups when they are due, until the task is cancelled.
    ///
    /// - Parameter sleep: waits; throws when the task is cancelled.
    public func run(sleep: @escaping @Sendable (_ nanoseconds: Int64) async throws -> Void) async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                for (key, slot) in takeDue() { group.addTask { await self.evaluate(key, at: slot) } }
                // A second at most, so that new groups and a clock that was set are noticed.
                let wait = min(Timestamp.nanosecondsPerSecond, max(1_000_000, untilNextSlot()))
                do { try await sleep(wait) } catch { return }
            }
        }
    }

    /// The groups that are due now, which are noted as under way.
    private func takeDue() -> [(RuleGroupDefinition.Key, Timestamp)] {
        let instant = now
        return state.withLock { state in
            var due: [(RuleGroupDefinition.Key, Timestamp)] = []
            for (key, running) in state.running where !running.isUnderWay {
                let slot = running.group.schedule.slot(atOrBefore: instant)
                let last = max(running.group.evaluatedAt ?? .min, running.since)
                // An evaluation in the future means that the clock was set back.
                let isBack = last > instant.advanced(byNanoseconds: running.group.schedule.intervalNanoseconds)
                guard slot > last || isBack else { continue }
                state.running[key]?.isUnderWay = true
                state.running[key]?.since = min(running.since, slot)
                due.append((key, slot))
            }
            return due.sorted { $0.0 < $1.0 }
        }
    }

    private func untilNextSlot() -> Int64 {
        let instant = now
        return state.withLock { state in
            state.running.values.filter { !$0.isUnderWay }
                .map { $0.group.schedule.slot(after: instant).nanoseconds - instant.nanoseconds }.min() ?? .max
        }
    }

    private func evaluate(_ key: RuleGroupDefinition.Key, at slot: Timestamp) async {
        guard let running = state.withLock({ $0.running[key] }) else { return }
        var group = running.group
        let outcome: RuleOutcome
        do {
            outcome = try await group.evaluate(at: slot, surroundings)
        } catch {
            return state.withLock { $0.running[key]?.isUnderWay = false }
        }
        let evaluated = group
        let isCurrent = state.withLock { state in
            state.running[key]?.isUnderWay = false
            guard state.running[key]?.version == running.version else { return false }
            state.running[key]?.group = evaluated
            return true
        }
        // What was replaced meanwhile is evaluated again at the next slot, by its successor.
        guard isCurrent else { return }
        // In this order: what is sent twice after a crash does no harm, what is never sent does.
        await send(outcome.alerts)
        await save(evaluated, outcome.changes)
    }

    private func send(_ alerts: [Alert]) async {
        guard !alerts.isEmpty else { return }
        state.withLock { $0.alertsSent += alerts.count }
        for sink in sinks { await sink.receive(alerts) }
    }

    private func save(_ group: RuleGroup, _ changes: [RuleOutcome.Change]) async {
        // A group that has no alerts, and had none when it was written, has nothing to lose.
        let hasAlerts = group.members.contains { !$0.alertsKept.isEmpty }
        let hadAlerts = state.withLock { state in
            defer { state.running[group.definition.key]?.hasRows = hasAlerts }
            return state.running[group.definition.key]?.hasRows ?? true
        }
        guard let database, hasAlerts || hadAlerts || !changes.isEmpty else { return }
        let write: @Sendable () throws -> Void = { try database.save(group, changes: changes) }
        do {
            if let executor { try await executor.run(write) } else { try write() }
        } catch {
            onTrouble("alerts of group \"\(group.definition.key.name)\" are not kept: \(error)")
        }
    }
}

extension RuleMember {
    /// All alerts, resolved ones included.
    fileprivate var alertsKept: [LabelSet: ActiveAlert] {
        if case .alerting(let rule) = work { rule.alerts } else { [:] }
    }
}

extension RuleSurroundings {
    /// Labels with the external ones where they lack them.
    func addingExternalLabels(to labels: LabelSet) -> LabelSet {
        var labels = labels
        for label in externalLabels.labels where labels[label.name] == nil { labels[label.name] = label.value }
        return labels
    }
}
