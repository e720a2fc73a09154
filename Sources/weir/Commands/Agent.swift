internal import ArgumentParser
internal import WeirAPI
internal import WeirAgent

/// `weir agent`: follows files and pushes to servers; Promtail's configuration as it is.
struct AgentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent", abstract: "Follows this machine's logs and pushes them to servers.",
        subcommands: [AgentCheck.self, AgentDryRun.self, AgentStatus.self])

    @OptionGroup var configuration: ConfigurationFlags

    @Option(
        name: [.customLong("log.level"), .customLong("log.level", withSingleDash: true)],
        help: "The least level of the program's own log lines: debug, info, warn or error.")
    var logLevel = LogLevel.info

    func run() async throws {
        guard let path = configuration.path else {
            throw StartFailure("an agent needs to know what to follow and where to push: pass --config.file FILE")
        }
        let (environment, showsNotes) = (configuration.environment, logLevel.showsNotes)
        // A reload reads the file anew, with the same options.
        let load: AgentRunner.Load = {
            let agent = try AgentConfigurationFile(path: path, environment: environment).usable(showsNotes: showsNotes)
            guard !agent.clients.isEmpty else {
                throw StartFailure(
                    "no server to push to: add `clients: [{url: http://127.0.0.1:3100/loki/api/v1/push}]`")
            }
            return agent
        }
        try await AgentProgram(configuration: load(), load: load, logLevel: logLevel.loggerLevel).run()
    }
}
