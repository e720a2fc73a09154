internal import ArgumentParser

/// `weir rules …`: rules that run in a server, and rules in files.
struct Rules: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows, tests and replays rules.",
        subcommands: [RulesList.self, RulesTest.self, RulesBacktest.self])
}
