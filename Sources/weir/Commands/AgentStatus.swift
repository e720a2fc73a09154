internal import ArgumentParser
internal import WeirSystem

/// `weir agent status`: what a running agent follows, and how far it is.
struct AgentStatus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Shows what a running agent follows, and how far it is.")

    @Option(name: .customLong("addr"), help: "The agent's address.")
    var address = "http://127.0.0.1:9080"

    func run() async throws {
        let base = address.contains("://") ? address : "http://" + address
        let answer: AgentTargetsAnswer = try await WeirClient(address: base).agentTargets()
        for target in answer.targets {
            let state = target.lag == 0 ? "all read" : "\(target.lag) bytes behind"
            try StandardStream.output.writeLine("\(target.path) \(target.labels)  \(target.lines) lines, \(state)")
        }
        for destination in answer.destinations {
            try StandardStream.output.writeLine(
                "→ \(destination.name)  \(destination.sent) sent, \(destination.dropped) refused")
        }
        if answer.targets.isEmpty { try StandardStream.error.writeLine("no file is followed") }
    }
}
