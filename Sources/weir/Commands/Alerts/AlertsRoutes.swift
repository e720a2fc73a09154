internal import ArgumentParser
internal import FoundationEssentials
internal import WeirAlerts
internal import WeirConfig
internal import WeirModel
internal import WeirSystem

/// `weir alerts routes`: the tree of routes, and where alerts go in it.
struct AlertsRoutes: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "routes", abstract: "Shows the routes, and which of them an alert takes.",
        subcommands: [Show.self, Test.self], defaultSubcommand: Show.self)

    /// A file, or the server's configuration.
    struct Source: ParsableArguments {
        @Option(name: .customLong("alerting.config-file"), help: "Alertmanager's file; else the server is asked.")
        var file: String?

        @OptionGroup var server: ServerAddress

        func tree() async throws -> RouteTree {
            let text: String
            if let file {
                text = String(decoding: try PosixFileSystem().contents(of: file), as: UTF8.self)
            } else {
                text = try await AlertClient(address: server.base).configuration()
            }
            let read = AlertmanagerFile.read(
                text, file: file ?? server.base, environment: ProcessInfo.processInfo.environment)
            for diagnostic in read.diagnostics where file != nil && diagnostic.severity == .error {
                try StandardStream.error.writeLine("\(diagnostic)")
            }
            guard read.isUsable else { throw StartFailure("\(file ?? server.base) has no route") }
            return RouteTree(read.configuration.dispatcher.route)
        }
    }

    /// `weir alerts routes show`.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "show", abstract: "Shows the tree.")

        @OptionGroup var source: Source

        func run() async throws {
            for node in try await source.tree().nodes {
                let indent = String(repeating: "  ", count: node.depth)
                let matchers = "{" + node.matchers.map(\.description).joined(separator: ", ") + "}"
                let goesOn = node.continues ? "  continue" : ""
                try StandardStream.output.writeLine("\(indent)\(matchers) → \(node.receiver)\(goesOn)")
            }
        }
    }

    /// `weir alerts routes test`.
    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "test", abstract: "Prints the receivers that an alert with these labels reaches.")

        @Argument(help: "Labels: alertname=Down severity=critical")
        var labels: [String]

        @Flag(help: "Print the routes too.")
        var tree = false

        @OptionGroup var source: Source

        func run() async throws {
            let parsed = try labels.map { text in
                guard let mark = text.firstIndex(of: "=") else { throw ValidationError("\(text) is no label=value") }
                return Label(String(text[..<mark]), String(text[text.index(after: mark)...]))
            }
            let routes = try await source.tree()
            let found = routes.routes(for: LabelSet(parsed))
            try StandardStream.output.writeLine(found.map { routes.nodes[$0].receiver }.joined(separator: ","))
            if tree { for index in found { try StandardStream.output.writeLine("  " + routes.nodes[index].path) } }
            // People expect `continue` to lead back to the root as well.
            if let last = found.last, routes.nodes[last].continues {
                try StandardStream.error.writeLine(
                    "note: continue leads to later siblings only, and none of them matches")
            }
        }
    }
}
