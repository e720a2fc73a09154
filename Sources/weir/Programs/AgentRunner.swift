internal import Logging
internal import ServiceLifecycle
internal import Synchronization
internal import UnixSignals
internal import WeirAgent
internal import WeirModel
internal import WeirSystem

/// The agents of `weir agent`, one for each server, which a reload exchanges for others.
///
/// A reload stops the agents, which saves their positions, and starts those of the new configuration where they were:
/// the files hold what comes meanwhile. A configuration that cannot be used changes nothing.
final class AgentRunner: Service, Sendable {
    /// Reads the configuration again.
    typealias Load = @Sendable () throws -> AgentConfiguration

    /// The agents of one configuration and what they receive.
    private struct Crew: Sendable {
        var agents: [Agent]
        var receivers: ReceiverSet
    }

    private struct State {
        var crew: Crew
        var successors: Crew?
        var isStopping = false
        var reloads = 0
        var failedReloads = 0
    }

    private let state: Mutex<State>
    private let load: Load
    private let metrics = PushMetrics()
    private let logger: Logger

    /// - Throws: when a certificate or a file with a secret cannot be read.
    init(_ configuration: AgentConfiguration, load: @escaping Load, logger: Logger) throws {
        self.load = load
        self.logger = logger
        state = Mutex(State(crew: try Self.crew(for: configuration, metrics: metrics, logger: logger)))
    }

    /// Follows until graceful shutdown; reloads on SIGHUP.
    func run() async throws {
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    let hangups = await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown()
                    for await _ in hangups { _ = self.reload() }
                }
                try await self.follow()
                group.cancelAll()
            }
        } onGracefulShutdown: {
            self.state.withLock { state in
                state.isStopping = true
                for agent in state.crew.agents { agent.stop() }
            }
        }
    }

    /// Runs agents after agents until asked to stop.
    private func follow() async throws {
        while true {
            let crew = state.withLock { $0.crew }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await crew.receivers.run() }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for agent in crew.agents { group.addTask { try await agent.run() } }
                    try await group.waitForAll()
                }
                // Nobody takes any more what might still be received.
                group.cancelAll()
            }
            let goesOn = state.withLock { state -> Bool in
                guard !state.isStopping, let successors = state.successors else { return false }
                state.crew = successors
                state.successors = nil
                return true
            }
            guard goesOn else { return }
            logger.info("the new configuration is followed")
        }
    }

    /// Reads the configuration and lets agents of it take over.
    ///
    /// - Returns: why that is not possible, in one line; nil when it is under way.
    func reload() -> String? {
        do {
            let crew = try Self.crew(for: try load(), metrics: metrics, logger: logger)
            state.withLock { state in
                state.reloads += 1
                state.successors = crew
                for agent in state.crew.agents { agent.stop() }
            }
            return nil
        } catch {
            state.withLock { $0.failedReloads += 1 }
            logger.error("the configuration is not reloaded, the old one holds", metadata: ["reason": "\(error)"])
            return "\(error)"
        }
    }

    /// What the agents have done since they took over.
    var statistics: AgentStatistics {
        .merged(state.withLock { $0.crew.agents }.map { $0.statistics() })
    }

    /// All metrics.
    var families: [MetricFamily] {
        let (reloads, failures) = state.withLock { ($0.reloads, $0.failedReloads) }
        return statistics.metrics + metrics.families + SyslogCounters.shared.families + [
            MetricFamily(
                "promtail_config_reload_success_total", "Configurations taken over.", .counter, value: Double(reloads)),
            MetricFamily(
                "promtail_config_reload_fail_total", "Configurations that could not be.", .counter,
                value: Double(failures)),
        ]
    }

    private static func crew(
        for configuration: AgentConfiguration, metrics: PushMetrics, logger: Logger
    ) throws -> Crew {
        let receives = configuration.scrapes.contains { $0.receiver != nil }
        var inboxes: [Inbox] = []
        let agents = try configuration.perClient.map { one in
            let inbox = receives ? Inbox() : nil
            if let inbox { inboxes.append(inbox) }
            let clients = try one.clients.map { client in
                let log = report(client.url, to: logger)
                let name = client.name.isEmpty ? client.url : client.name
                return PushClient(
                    try withSecrets(client), sender: try NetworkSender(client),
                    report: { event in
                        metrics.record(event, to: name)
                        log(event)
                    })
            }
            return Agent(
                one, system: PosixFileSystem(), destinations: clients, inbox: inbox,
                report: AgentService.report(to: logger))
        }
        let receivers = ReceiverSet(configuration: configuration, fan: InboxFan(inboxes: inboxes), logger: logger)
        return Crew(agents: agents, receivers: receivers)
    }

    /// The client with the secrets that stand in files of their own.
    private static func withSecrets(_ client: ClientConfiguration) throws -> ClientConfiguration {
        func secret(_ path: String) throws -> Secret {
            let bytes = try PosixFileSystem().contents(of: path)
            return Secret(
                String(String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace).first ?? ""))
        }
        var client = client
        switch client.authorization {
        case .basicFile(let user, let path): client.authorization = .basic(user: user, password: try secret(path))
        case .bearerFile(let path): client.authorization = .bearer(token: try secret(path))
        case .none, .basic, .bearer: break
        }
        return client
    }

    private static func report(_ url: String, to logger: Logger) -> @Sendable (PushEvent) -> Void {
        { event in
            switch event.attempt {
            case .delivered:
                logger.debug("pushed", metadata: ["url": "\(url)", "lines": "\(event.lineCount)"])
            case .refused(let status, let message):
                logger.error(
                    "push refused", metadata: ["url": "\(url)", "status": "\(status)", "reason": "\(message)"])
            case .retry(let reason, _):
                let level: Logger.Level = event.isError ? .error : .warning
                logger.log(
                    level: level, "push failed, trying again", metadata: ["url": "\(url)", "reason": "\(reason)"])
            }
        }
    }
}
