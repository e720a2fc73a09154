internal import ArgumentParser

/// The one binary; each subcommand is a file under Commands.
@main
struct Weir: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "weir",
        abstract: "Collects, keeps and queries logs."
    )
}
