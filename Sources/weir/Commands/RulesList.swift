internal import ArgumentParser
internal import WeirSystem

/// `weir rules list`: the rules of a server, with their state.
struct RulesList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Prints a server's rules: state, alerts, and why a rule fails.")

    @OptionGroup var server: ServerAddress

    func run() async throws {
        let groups = try await server.client.rules().data.groups
        for group in groups {
            let millis = Int((group.evaluationTime * 1000).rounded())
            try StandardStream.output.writeLine(
                "\(group.file): \(group.name), every \(Int(group.interval)) s, last took \(millis) ms")
            for rule in group.rules {
                let count = rule.alerts.map { $0.isEmpty ? "" : ", \($0.count) alerts" } ?? ""
                let error = rule.lastError.isEmpty ? "" : ": \(rule.lastError)"
                let state = rule.state ?? "recording"
                try StandardStream.output.writeLine("  \(state)  \(rule.name) (\(rule.health)\(count))\(error)")
            }
        }
    }
}
