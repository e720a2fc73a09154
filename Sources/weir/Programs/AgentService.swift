internal import Logging
internal import ServiceLifecycle
internal import WeirAgent
internal import WeirAPI
internal import WeirModel

/// An agent as a service: follows until asked to stop, then delivers what it has read.
struct AgentService: Service {
    let agent: Agent

    func run() async throws {
        let agent = agent
        try await withGracefulShutdownHandler {
            try await agent.run()
        } onGracefulShutdown: {
            agent.stop()
        }
    }

    /// Writes an agent's messages to the log.
    static func report(to logger: Logger) -> @Sendable (AgentMessage) -> Void {
        { message in
            switch message.severity {
            case .error: logger.error("\(message.text)")
            case .warning: logger.warning("\(message.text)")
            case .notice: logger.info("\(message.text)")
            }
        }
    }

    /// What an agent that runs alone answers: readiness and metrics.
    static func endpoints(of agent: Agent) -> RequestResponder.Endpoints {
        { request in
            switch request.path {
            case "/ready": .text("Ready\n")
            case "/metrics":
                APIResponse(
                    status: 200, headers: [("Content-Type", MetricExposition.contentType)],
                    body: Array(MetricExposition.text(agent.statistics().metrics).utf8))
            default: .text("404 page not found\n", status: 404)
            }
        }
    }
}
