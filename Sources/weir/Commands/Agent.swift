internal import ArgumentParser
internal import WeirAPI
internal import WeirConfig

/// `weir agent`: follows files and pushes to servers; Promtail's configuration as it is.
struct AgentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent", abstract: "Follows this machine's logs and pushes them to servers.",
        subcommands: [AgentCheck.self, AgentDryRun.self])

    @OptionGroup var configuration: ConfigurationFlags

    @Option(
        name: [.customLong("log.level"), .customLong("log.level", withSingleDash: true)],
        help: "The least level of the program's own log lines: debug, info, warn or error.")
    var logLevel = LogLevel.info

    func run() async throws {
        guard let path = configuration.path else {
            throw StartFailure("an agent needs to know what to follow and where to push: pass --config.file FILE")
        }
        var file = AgentFile.read(try configuration.text(), file: path, environment: configuration.environment)
        try configuration.report(file.diagnostics, showsNotes: logLevel.showsNotes)
        file.agent.hostName = HostName.current
        try await AgentProgram(configuration: file.agent, logLevel: logLevel.loggerLevel).run()
    }
}
