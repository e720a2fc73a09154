internal import ArgumentParser
internal import WeirAPI
internal import WeirAgent
internal import WeirConfig
internal import WeirStore

/// `weir run`: a server, and an agent that follows this machine, in one process.
struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Follows this machine's logs, keeps them and answers queries.",
        discussion:
            "Without a file it follows Docker's containers, listens on 127.0.0.1:3100 and keeps its data in ./data.")

    @OptionGroup var configuration: ConfigurationFlags
    @OptionGroup var flags: ServerFlags

    func run() async throws {
        var file = RunFile.read(
            try configuration.text(), file: configuration.path ?? "", environment: configuration.environment,
            settings: configuration.settings)
        flags.apply(to: &file.serve)
        try configuration.readOverrides(of: &file.serve)
        try configuration.report(file.diagnostics, showsNotes: file.serve.server.logLevel.showsNotes)
        var agent = file.agent
        if configuration.path == nil {
            agent = AgentConfiguration()
            agent?.docker = DockerSourceConfiguration()
            agent?.positions.filename = file.serve.store.folder + "/positions.yaml"
        }
        agent?.hostName = HostName.current
        // The store is as durable as a spool would be.
        agent?.spool.isEnabled = false
        guard let agent else {
            throw StartFailure("\(configuration.path ?? ""): nothing to follow: add `agent:`, or use `weir serve`")
        }
        try await ServerProgram(file: file.serve, path: configuration.path, agent: agent).run()
    }
}
