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

    private struct State {
        var agents: [Agent]
        var successors: [Agent]?
        var isStopping = false
        var reloads = 0
        var failedReloads = 0
    }

    private let state: Mutex<State>
    private let load: Load
    private let metrics = PushMetrics()
    private let logger: Logger

    init(_ configuration: AgentConfiguration, load: @escaping Load, logger: Logger) {
        self.load = load
        self.logger = logger
        state = Mutex(State(agents: Self.agents(for: configuration, metrics: metrics, logger: logger)))
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
                for agent in state.agents { agent.stop() }
            }
        }
    }

    /// Runs agents after agents until asked to stop.
    private func follow() async throws {
        while true {
            let agents = state.withLock { $0.agents }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for agent in agents { group.addTask { try await agent.run() } }
                try await group.waitForAll()
            }
            let goesOn = state.withLock { state -> Bool in
                guard !state.isStopping, let successors = state.successors else { return false }
                state.agents = successors
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
            let agents = Self.agents(for: try load(), metrics: metrics, logger: logger)
            state.withLock { state in
                state.reloads += 1
                state.successors = agents
                for agent in state.agents { agent.stop() }
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
        .merged(state.withLock { $0.agents }.map { $0.statistics() })
    }

    /// All metrics.
    var families: [MetricFamily] {
        let (reloads, failures) = state.withLock { ($0.reloads, $0.failedReloads) }
        return statistics.metrics + metrics.families + [
            MetricFamily(
                "promtail_config_reload_success_total", "Configurations taken over.", .counter, value: Double(reloads)),
            MetricFamily(
                "promtail_config_reload_fail_total", "Configurations that could not be.", .counter,
                value: Double(failures)),
        ]
    }

    private static func agents(
        for configuration: AgentConfiguration, metrics: PushMetrics, logger: Logger
    ) -> [Agent] {
        configuration.perClient.map { one in
            let clients = one.clients.map { client in
                let log = report(client.url, to: logger)
                let name = client.name.isEmpty ? client.url : client.name
                return PushClient(
                    client, sender: NetworkSender(),
                    report: { event in
                        metrics.record(event, to: name)
                        log(event)
                    })
            }
            return Agent(
                one, system: PosixFileSystem(), destinations: clients, report: AgentService.report(to: logger))
        }
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
