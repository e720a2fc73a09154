internal import ArgumentParser
internal import WeirAPI
internal import WeirConfig

/// `weir serve`: a server alone.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Takes pushes, keeps them and answers queries.",
        discussion: "Without a file it listens on 127.0.0.1:3100 and keeps its data in ./data.")

    @OptionGroup var configuration: ConfigurationFlags
    @OptionGroup var flags: ServerFlags

    func run() async throws {
        var file = ServeFile.read(
            try configuration.text(), file: configuration.path ?? "", environment: configuration.environment,
            settings: configuration.settings)
        flags.apply(to: &file)
        try configuration.readOverrides(of: &file)
        try configuration.report(file.diagnostics, showsNotes: file.server.logLevel.showsNotes)
        try await ServerProgram(file: file, path: configuration.path, agent: nil).run()
    }
}
