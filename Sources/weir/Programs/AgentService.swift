internal import Logging
internal import ServiceLifecycle
internal import WeirAgent

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
}
