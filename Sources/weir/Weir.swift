internal import ArgumentParser
internal import WeirSystem

/// The one binary; each subcommand is a file under Commands.
@main
struct Weir: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "weir",
        abstract: "Collects, keeps and queries logs.",
        version: Version.number,
        groupedSubcommands: [
            CommandGroup(name: "Programs:", subcommands: [Run.self, Serve.self, AgentCommand.self]),
            CommandGroup(
                name: "Questions to a server:",
                subcommands: [
                    Query.self, Tail.self, Labels.self, Series.self, Stats.self, Volume.self, Fields.self,
                    Patterns.self, Export.self,
                ]),
            CommandGroup(name: "Data for a server:", subcommands: [Import.self, Delete.self]),
            CommandGroup(name: "Rules and files:", subcommands: [Rules.self, Check.self]),
            CommandGroup(name: "Access to a server:", subcommands: [Token.self, Config.self, Completions.self]),
            CommandGroup(name: "Queries:", subcommands: [Fmt.self, Explain.self]),
            CommandGroup(name: "Alerts:", subcommands: [Alerts.self]),
            CommandGroup(
                name: "Data on disk:", subcommands: [Backup.self, Restore.self, Doctor.self, Inspect.self]),
        ]
    )

    /// Runs the command; what goes wrong is one line on standard error and exit code 1 (64 for arguments that make no
    /// command).
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let failure as FileError where failure.isBrokenPipe {
            exit(withError: ExitCode.success)
        } catch let failure where failure is any OneLineError {
            try? StandardStream.error.writeLine("weir: \(failure)")
            exit(withError: ExitCode.failure)
        } catch {
            exit(withError: error)
        }
    }
}
