internal import Synchronization
public import WeirModel
public import WeirSystem
public import WeirTemplate

/// The notifier as it runs: a ``Dispatcher`` with a clock, a database and a way out.
///
/// State is changed and saved on one thread of its own, in order; a call returns when its changes are saved.
public final class AlertService: AlertSink {
    /// What surrounds the service.
    public struct Surroundings: Sendable {
        /// The time.
        public var clock: any WallClock
        /// Chance, for ids of silences and the spread of attempts.
        public var random: any RandomSource
        /// How messages leave.
        public var transport: any NotificationTransport
        /// Time zones by name.
        public var zones: ZoneCache
        /// Reads files that hold secrets.
        public var readFile: MessageWriter.FileReader
        /// Hears what happens.
        public var onEvent: @Sendable (AlertEvent) -> Void

        /// Creates surroundings.
        public init(
            clock: any WallClock, random: any RandomSource, transport: any NotificationTransport, zones: ZoneCache,
            readFile: @escaping MessageWriter.FileReader, onEvent: @escaping @Sendable (AlertEvent) -> Void = { _ in }
        ) {
            self.clock = clock
            self.random = random
            self.transport = transport
            self.zones = zones
            self.readFile = readFile
            self.onEvent = onEvent
        }
    }

    private struct State {
        var dispatcher: Dispatcher
        var configuration: AlertingConfiguration
        var templates: NotificationTemplates
        var integrations: [IntegrationID: any Integration] = [:]
        var counters = DeliveryCounters()
        /// Changes that could not be saved yet.
        var unsaved: [StateChange] = []

        mutating func index() {
            integrations = [:]
            for receiver in configuration.receivers {
                for (id, integration) in configuration.identified(receiver.name) { integrations[id] = integration }
            }
        }
    }

    private let surroundings: Surroundings
    private let database: AlertDatabase
    private let state: Mutex<State>
    private let thread = WorkExecutor(name: "weir-alerts", threads: 1)
    private let wakes = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    /// The longest sleep: a clock that is set back is noticed after this time.
    private static let sleepMax: Int64 = 10_000_000_000
    /// Changes kept while the disk takes none; beyond this the oldest are lost.
    private static let unsavedMax = 200_000

    /// Opens `alerts.db` in a folder, or creates it, and goes on where the last run stopped.
    ///
    /// - Throws: when the database cannot be opened or read.
    public init(
        folder: String, configuration: AlertingConfiguration, templates: NotificationTemplates,
        surroundings: Surroundings
    ) throws {
        self.surroundings = surroundings
        database = try AlertDatabase(path: folder + "/alerts.db")
        let dispatcher = Dispatcher(
            configuration.dispatching, state: try database.load(), zones: surroundings.zones,
            at: Timestamp(nanoseconds: surroundings.clock.now()))
        var first = State(dispatcher: dispatcher, configuration: configuration, templates: templates)
        first.index()
        state = Mutex(first)
    }

    // MARK: What callers do

    /// Takes alerts.
    public func receive(_ alerts: [Alert]) async {
        await change { dispatcher, now in dispatcher.receive(alerts, at: now) }
    }

    /// Creates or changes a silence and returns its id.
    public func setSilence(_ silence: Silence) async throws(SilenceError) -> String {
        let id = UUIDText.random(surroundings.random)
        return try await change { dispatcher, now -> Result<String, SilenceError> in
            Result { () throws(SilenceError) in try dispatcher.setSilence(silence, at: now, newID: id) }
        }.get()
    }

    /// Ends a silence.
    public func expireSilence(_ id: String) async throws(SilenceError) {
        try await change { dispatcher, now -> Result<Void, SilenceError> in
            Result { () throws(SilenceError) in try dispatcher.expireSilence(id, at: now) }
        }.get()
    }

    /// Goes on with another configuration.
    public func reload(_ configuration: AlertingConfiguration, templates: NotificationTemplates) async {
        state.withLock { state in
            (state.configuration, state.templates) = (configuration, templates)
            state.index()
        }
        await change { dispatcher, now in dispatcher.reload(configuration.dispatching, at: now) }
    }

    /// The dispatcher as it is now, to look at.
    public var dispatcher: Dispatcher { state.withLock { $0.dispatcher } }

    /// The configuration in force.
    public var configuration: AlertingConfiguration { state.withLock { $0.configuration } }

    /// The time by the service's clock.
    public var now: Timestamp { Timestamp(nanoseconds: surroundings.clock.now()) }

    /// The latest attempts to tell somebody, newest first.
    public func history(countMax: Int) async throws -> [DeliveryAttempt] {
        try await thread.run { [database] in try database.attempts(countMax: countMax) }
    }

    /// The metrics, by Alertmanager's names.
    public func metrics() -> [MetricFamily] {
        let (dispatcher, counters, integrations) = state.withLock { ($0.dispatcher, $0.counters, $0.integrations) }
        return counters.families(dispatcher, integrations, at: now)
    }

    /// Changes and saves on the service's thread, then wakes ``run()``.
    private func change<Value: Sendable>(
        _ body: @escaping @Sendable (inout Dispatcher, Timestamp) -> Value
    ) async -> Value {
        let result = try? await thread.run { [self] () -> Value in
            let value = state.withLock { state in body(&state.dispatcher, now) }
            save()
            return value
        }
        wakes.continuation.yield()
        // The closure does not throw, and so neither does `run`.
        guard let result else { preconditionFailure("the thread of alerts gave no result") }
        return result
    }

    private func save() {
        let changes = state.withLock { state in
            let changes = state.unsaved + state.dispatcher.takeChanges()
            state.unsaved = []
            return changes
        }
        do { try database.save(changes) } catch {
            state.withLock { $0.unsaved = Array(changes.suffix(Self.unsavedMax)) + $0.unsaved }
            surroundings.onEvent(.unsaved(reason: "\(error)"))
        }
    }

    // MARK: The loop

    /// Looks at groups when their time comes, and sends what is due. Runs until it is cancelled; messages under way are
    /// broken off then, and sent again by the next run.
    public func run() async {
        await withDiscardingTaskGroup { group in
            wakes.continuation.yield()
            var sleepingUntil = Int64.max
            for await _ in wakes.stream {
                let (due, deadline) = await change { dispatcher, now in
                    (dispatcher.advance(to: now), dispatcher.nextDeadline)
                }
                for notification in due { group.addTask { await self.deliver(notification) } }
                let now = surroundings.clock.now()
                if sleepingUntil <= now { sleepingUntil = .max }
                let pause = max(0, min(deadline.nanoseconds &- now, Self.sleepMax))
                guard now + pause < sleepingUntil else { continue }
                sleepingUntil = now + pause
                group.addTask { [wakes] in
                    try? await Task.sleep(for: .nanoseconds(pause))
                    wakes.continuation.yield()
                }
            }
            group.cancelAll()
        }
        thread.shutdown()
    }

    private func deliver(_ notification: Notification) async {
        let outcome = await attempt(notification)
        // A run that ends leaves the message to the next one.
        if Task.isCancelled, outcome.isCancelled { return }
        let jitter = Double(surroundings.random.next() >> 11) / Double(1 << 53)
        let attempt = DeliveryAttempt(notification, outcome, at: now)
        surroundings.onEvent(.attempted(attempt))
        state.withLock { $0.counters.count(notification.key.integration.kind, outcome) }
        await change { dispatcher, now in dispatcher.finish(notification.key, outcome, jitter: jitter, at: now) }
        do { try await thread.run { [database] in try database.note(attempt) } } catch {
            surroundings.onEvent(.unsaved(reason: "\(error)"))
        }
    }

    private func attempt(_ notification: Notification) async -> DeliveryOutcome {
        let (integration, templates, externalURL) = state.withLock { state in
            (state.integrations[notification.key.integration], state.templates, state.configuration.externalURL ?? "")
        }
        guard let integration else { return .refused(reason: "the receiver is not configured any more") }
        let writer = MessageWriter(
            notification, templates: templates, externalURL: externalURL, now: now, readFile: surroundings.readFile)
        return await Self.send(integration, writer, surroundings.transport)
    }

    private static func send(
        _ integration: any Integration, _ writer: MessageWriter, _ transport: any NotificationTransport
    ) async -> DeliveryOutcome {
        if let missing = integration.missing { return .refused(reason: missing) }
        do {
            switch try integration.message(writer) {
            case .mail(let mail): return await transport.send(mail)
            case .http(let message):
                do { return integration.outcome(of: try await transport.post(message)) } catch {
                    switch error {
                    // The address may hold a token.
                    case .badURL: return .refused(reason: "the address is none that can be posted to")
                    default: return .postponed(reason: "\(error)", after: nil)
                    }
                }
            }
        } catch { return .refused(reason: error.reason) }
    }

    // MARK: Tests

    /// Sends a marked test to every integration of a receiver, past groups and logs.
    ///
    /// - Returns: what became of each; nil when there is no such receiver.
    public func sendTest(receiver: String, labels: LabelSet) async -> [(id: IntegrationID, outcome: DeliveryOutcome)]? {
        let (configuration, templates) = state.withLock { ($0.configuration, $0.templates) }
        guard configuration.receivers.contains(where: { $0.name == receiver }) else { return nil }
        var all = labels
        if all["alertname"] == nil { all["alertname"] = "WeirTest" }
        var results: [(id: IntegrationID, outcome: DeliveryOutcome)] = []
        for (id, integration) in configuration.identified(receiver) {
            let item = Notification.Item(
                labels: all, annotations: ["summary": "This is a test of receiver \(receiver); nothing is wrong."],
                startsAt: now, generatorURL: configuration.externalURL ?? "")
            let notification = Notification(
                key: DeliveryKey(groupKey: "{}:\(all)", integration: id), groupLabels: all, items: [item],
                reason: .first, at: now)
            let writer = MessageWriter(
                notification, templates: templates, externalURL: configuration.externalURL ?? "", now: now,
                readFile: surroundings.readFile)
            results.append((id, await Self.send(integration, writer, surroundings.transport)))
        }
        return results
    }
}

extension DeliveryOutcome {
    fileprivate var isCancelled: Bool {
        if case .postponed(let reason, _) = self { return reason == "\(HTTPSendError.cancelled)" }
        return false
    }
}

/// Random UUIDs (RFC 9562, version 4).
enum UUIDText {
    static func random(_ source: any RandomSource) -> String {
        var high = source.next()
        var low = source.next()
        high = high & 0xffff_ffff_ffff_0fff | 0x4000
        low = low & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000
        let digits = FingerprintText.text(high) + FingerprintText.text(low)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append("-") }
            text.append(digit)
        }
        return text
    }
}
