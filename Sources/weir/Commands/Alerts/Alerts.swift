internal import ArgumentParser
internal import WeirSystem

/// `weir alerts`: questions to the notifier of a server.
struct Alerts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows, silences and tests alerts.",
        subcommands: [
            AlertsList.self, AlertsSilence.self, AlertsRoutes.self, AlertsSend.self, AlertsReceivers.self,
            AlertsHistory.self,
        ],
        defaultSubcommand: AlertsList.self)
}

/// `weir alerts list`: what fires.
struct AlertsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists the alerts that fire.")

    @Argument(help: "Matchers that alerts must fulfil: severity=critical.")
    var matchers: [String] = []

    @OptionGroup var server: ServerAddress

    func run() async throws {
        let alerts = try await AlertClient(address: server.base).alerts(matchers)
        if alerts.isEmpty { try StandardStream.error.writeLine("nothing fires") }
        for alert in alerts {
            var labels = alert.labels
            let name = labels.removeValue(forKey: "alertname") ?? "(no name)"
            let pairs = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
            let by = alert.status.silencedBy + alert.status.inhibitedBy
            let state = by.isEmpty ? alert.status.state : "\(alert.status.state) by \(by.joined(separator: ", "))"
            let to = alert.receivers.map(\.name).joined(separator: ", ")
            try StandardStream.output.writeLine("\(name)  \(pairs)  since \(alert.startsAt)  \(state)  → \(to)")
            if let summary = alert.annotations["summary"] { try StandardStream.output.writeLine("    \(summary)") }
        }
    }
}

/// `weir alerts receivers`: who can be told.
struct AlertsReceivers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "receivers", abstract: "Lists the receivers.")

    @OptionGroup var server: ServerAddress

    func run() async throws {
        for name in try await AlertClient(address: server.base).receivers() {
            try StandardStream.output.writeLine(name)
        }
    }
}

/// `weir alerts history`: who was told what.
struct AlertsHistory: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Lists the latest attempts to tell somebody.")

    @Option(help: "How many.")
    var limit = 50

    @OptionGroup var server: ServerAddress

    func run() async throws {
        for attempt in try await AlertClient(address: server.base).history(limit: limit).reversed() {
            try StandardStream.output.writeLine(
                "\(attempt.at)  \(attempt.receiver)/\(attempt.integration)  \(attempt.outcome)  \(attempt.groupKey)  "
                    + "\(attempt.firing) firing, \(attempt.resolved) resolved  (\(attempt.reason))  \(attempt.detail)")
        }
    }
}
