internal import Logging
internal import ServiceLifecycle
internal import WeirAgent
internal import WeirSystem

/// `weir agent`: follows files and pushes their lines to servers.
struct AgentProgram {
    let configuration: AgentConfiguration
    let logLevel: Logger.Level

    /// Runs until SIGTERM or SIGINT, then delivers what was read and saves its positions.
    ///
    /// - Throws: why it cannot start, in one line: ``StartFailure``, `AgentError`.
    func run() async throws {
        guard !configuration.clients.isEmpty else {
            throw StartFailure("no server to push to: add `clients: [{url: http://127.0.0.1:3100/loki/api/v1/push}]`")
        }
        let logger = LineLogHandler.logger(level: logLevel)
        let clients = configuration.clients.map { client in
            PushClient(client, sender: NetworkSender(), report: Self.report(client.url, to: logger))
        }
        let agent = Agent(
            configuration, system: PosixFileSystem(), destinations: clients, report: AgentService.report(to: logger))
        var services: [any Service] = [HangupService(logger: logger)]
        if !configuration.server.isDisabled {
            var options = WebServer.Options()
            options.host = configuration.server.address
            options.port = configuration.server.port
            let address = options.host
            services.append(
                WebServer(
                    options: options, endpoints: AgentService.endpoints(of: agent), clock: SystemClock(), logger: logger
                ) { port in
                    logger.info("metrics", metadata: ["address": "http://\(address):\(port)/metrics"])
                })
        }
        services.append(AgentService(agent: agent))
        try await ServerProgram.run(services, logger: logger)
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
