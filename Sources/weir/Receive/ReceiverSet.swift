internal import Logging
internal import WeirAgent
internal import WeirModel
internal import WeirSystem

/// All receivers of a configuration.
struct ReceiverSet: Sendable {
    let configuration: AgentConfiguration
    let fan: InboxFan
    let logger: Logger

    /// Whether there is anything to receive.
    var isEmpty: Bool { configuration.scrapes.allSatisfy { $0.receiver == nil } }

    /// Receives until cancelled. A receiver that cannot go on says so and leaves the others alone.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            for scrape in configuration.scrapes {
                guard let receiver = scrape.receiver else { continue }
                let job = scrape.jobName
                group.addTask {
                    do {
                        try await self.run(receiver, job: job)
                    } catch is CancellationError {
                    } catch {
                        logger.error("nothing is received", metadata: ["job": "\(job)", "reason": "\(error)"])
                    }
                }
            }
        }
    }

    private func run(_ receiver: ReceiverConfiguration, job: String) async throws {
        switch receiver {
        case .syslog(let syslog):
            try await SyslogReceiver(configuration: syslog, job: job, fan: fan, logger: logger).run()
        case .push(let push):
            try await PushReceiver(configuration: push, job: job, fan: fan, logger: logger).run()
        case .journal(let journal):
            let cursorPath = configuration.positions.filename + ".journal-" + job
            try await JournalReceiver(
                configuration: journal, job: job, cursorPath: cursorPath, fan: fan, logger: logger
            ).run()
        }
    }
}

extension LabelSet {
    /// With further labels, which win over those of the same name.
    func adding(_ others: [Label]) -> LabelSet {
        var all = self
        for label in others { all[label.name] = label.value }
        return all
    }
}
