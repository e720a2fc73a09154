internal import WeirAgent

/// The inboxes of all agents: what is received goes to each of them.
struct InboxFan: Sendable {
    let inboxes: [Inbox]

    /// How long lines wait for an inbox without room while others took them, before that one loses them: a dead server
    /// must not keep lines from the others.
    private static let attemptsMax = 100
    private static let pause = Duration.milliseconds(50)

    /// A place in every inbox that took the lines.
    struct Receipt: Sendable {
        fileprivate var tickets: [(inbox: Inbox, ticket: Int)] = []

        /// Whether all have the lines where a crash does not lose them.
        var isSafe: Bool { tickets.allSatisfy { $0.inbox.isSafe($0.ticket) } }

        /// Waits until all have them so; false when an agent ended before.
        func waitUntilSafe() async -> Bool {
            for (inbox, ticket) in tickets where await !inbox.waitUntilSafe(ticket) { return false }
            return true
        }
    }

    /// Gives lines to all inboxes and waits for room.
    ///
    /// - Returns: nil when the agents end.
    /// - Throws: `CancellationError`.
    func deliver(_ lines: [ReceivedLine], job: String) async throws -> Receipt? {
        guard !lines.isEmpty else { return Receipt() }
        var receipt = Receipt()
        var rest = inboxes
        var attempts = 0
        while true {
            var full: [Inbox] = []
            for inbox in rest {
                switch inbox.offer(lines, job: job) {
                case .taken(let ticket): receipt.tickets.append((inbox, ticket))
                case .full: full.append(inbox)
                case .closed: return nil
                }
            }
            if full.isEmpty { return receipt }
            rest = full
            attempts += 1
            if attempts >= Self.attemptsMax, !receipt.tickets.isEmpty {
                for inbox in rest { inbox.noteDropped(lines.count) }
                return receipt
            }
            try await Task.sleep(for: Self.pause)
        }
    }

    /// Gives lines to all inboxes that have room now; the others lose them, counted.
    func deliverNow(_ lines: [ReceivedLine], job: String) {
        for inbox in inboxes where inbox.offer(lines, job: job) == .full { inbox.noteDropped(lines.count) }
    }
}
