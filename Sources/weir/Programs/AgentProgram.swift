internal import Logging
internal import ServiceLifecycle
internal import WeirAgent
internal import WeirSystem

/// `weir agent`: follows files and pushes their lines to servers.
struct AgentProgram {
    let configuration: AgentConfiguration
    /// Reads the configuration again, for reloads.
    let load: AgentRunner.Load
    let logLevel: Logger.Level

    /// Runs until SIGTERM or SIGINT, then delivers what was read and saves its positions.
    ///
    /// - Throws: why it cannot start, in one line: ``StartFailure``, `AgentError`.
    func run() async throws {
        // An agent is a guest on its machine: 5 MB less for a per cent of its processor time.
        ProcessMemory.returnBlocks(ofAtLeast: 256 << 10)
        let logger = LineLogHandler.logger(level: logLevel)
        let clock = SystemClock()
        let runner = try AgentRunner(configuration, load: load, logger: logger)
        let pages = AgentPages(runner: runner, process: ProcessMetrics(start: clock.now()))
        var services: [any Service] = []
        if !configuration.server.isDisabled {
            var options = WebServer.Options()
            options.host = configuration.server.address
            options.port = configuration.server.port
            let address = options.host
            services.append(
                WebServer(options: options, endpoints: { pages.answer($0) }, clock: clock, logger: logger) { port in
                    logger.info("metrics", metadata: ["address": "http://\(address):\(port)/metrics"])
                })
        }
        services.append(runner)
        try await ServerProgram.run(services, logger: logger)
    }
}
