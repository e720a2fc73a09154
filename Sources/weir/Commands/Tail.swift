internal import ArgumentParser
internal import WeirSystem

/// `weir tail`: prints lines as they arrive, until interrupted.
struct Tail: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints lines as they arrive.",
        discussion: """
            Lines come over Loki's WebSocket. A connection that is lost is made again, and no line is printed twice. \
            Lines that the server dropped because this end read too slowly are counted on standard error.
            """)

    @Argument(help: "LogQL: a selector with filters.")
    var query: String

    @OptionGroup var server: ServerAddress

    @Option(help: "Seconds of older lines to begin with.")
    var backlog = 60

    @Option(name: .customLong("delay-for"), help: "Seconds, up to 5, that lines are held so that late ones fit in.")
    var delay = 0

    @Option(help: "The most older lines.")
    var limit = 1000

    @Option(
        name: .shortAndLong, help: "The form of rows: \(OutputForm.allCases.map(\.rawValue).joined(separator: ", ")).")
    var output = OutputForm.default

    /// Rows asked for at once by a server without WebSocket; Loki's default limit.
    private static let rowsMax = 5000
    private static let interval = Duration.seconds(1)
    /// Attempts to come back after a connection was lost, a second apart.
    private static let attemptsMax = 30

    func validate() throws {
        guard (0...86_400 * 365).contains(backlog) else { throw ValidationError("--backlog is 0 seconds to a year") }
        guard (0...5).contains(delay) else { throw ValidationError("--delay-for is 0 to 5 seconds") }
    }

    func run() async throws {
        let client = try server.client
        let printer = RowPrinter(output)
        var cursor = TailCursor(start: SystemClock().now() - Int64(backlog) * 1_000_000_000)
        var attempts = 0
        while true {
            do {
                var hasRead = false
                let ending = try await TailStream(client: client, target: target(cursor.start)).run { frame in
                    hasRead = true
                    let rows = QueryAnswer.Result.streams(frame.streams).rows(forward: true)
                    try printer.printRows(cursor.take(rows, isFull: false))
                    if let dropped = frame.dropped, !dropped.isEmpty {
                        try StandardStream.error.writeLine(
                            "weir: the server dropped \(dropped.count) lines: this end is too slow")
                    }
                }
                if hasRead { attempts = 0 }
                guard case .closed(let reason) = ending else { return try await poll(client, printer, &cursor) }
                try StandardStream.error.writeLine(
                    "weir: the tail ended (\(reason.isEmpty ? "no reason" : reason)), again")
            } catch let error as ClientError where attempts > 0 {
                guard attempts < Self.attemptsMax, case .unreachable = error else { throw error }
            }
            attempts += 1
            guard attempts <= Self.attemptsMax else { throw StartFailure("the server keeps ending the tail") }
            try await Task.sleep(for: Self.interval)
        }
    }

    private func target(_ start: Int64) -> String {
        let pairs = [
            ("query", query), ("start", "\(start)"), ("limit", "\(limit)"), ("delay_for", "\(delay)"),
        ]
        let text = pairs.map { FormPairs.escape($0.0) + "=" + FormPairs.escape($0.1) }
        return "/loki/api/v1/tail?" + text.joined(separator: "&")
    }

    /// What is left where no WebSocket comes through: asking once a second. It also says why a query cannot be tailed.
    private func poll(_ client: WeirClient, _ printer: RowPrinter, _ cursor: inout TailCursor) async throws {
        let clock = SystemClock()
        var hasAnswer = false
        while true {
            let parameters = [
                (name: "start", value: String(cursor.start)),
                (name: "end", value: String(clock.now() + TailCursor.overlapNanoseconds)),
                (name: "limit", value: String(Self.rowsMax)), (name: "direction", value: "forward"),
            ]
            let answer = try await client.queryRange(query, parameters)
            guard case .streams = answer.data.result else {
                throw StartFailure("a metric query cannot be tailed; write a selector such as {job=\"docker\"}")
            }
            if !hasAnswer {
                hasAnswer = true
                try StandardStream.error.writeLine("weir: no WebSocket here, asking once a second")
            }
            let rows = answer.data.result.rows(forward: true)
            let isFull = rows.count >= Self.rowsMax
            try printer.printRows(cursor.take(rows, isFull: isFull))
            if !isFull { try await Task.sleep(for: Self.interval) }
        }
    }
}
