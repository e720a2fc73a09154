internal import ArgumentParser
internal import WeirSystem

/// `weir tail`: prints lines as they arrive, until interrupted.
struct Tail: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Prints lines as they arrive.")

    @Argument(help: "LogQL: a selector with filters.")
    var query: String

    @OptionGroup var server: ServerAddress

    @Option(help: "Seconds of older lines to begin with.")
    var backlog = 60

    @Option(
        name: .shortAndLong, help: "The form of rows: \(OutputForm.allCases.map(\.rawValue).joined(separator: ", ")).")
    var output = OutputForm.default

    /// Rows asked for at once; Loki's default limit.
    private static let rowsMax = 5000
    private static let interval = Duration.seconds(1)

    func validate() throws {
        guard (0...86_400 * 365).contains(backlog) else { throw ValidationError("--backlog is 0 seconds to a year") }
    }

    func run() async throws {
        let client = WeirClient(address: server.base)
        let printer = RowPrinter(output)
        let clock = SystemClock()
        var cursor = TailCursor(start: clock.now() - Int64(backlog) * 1_000_000_000)
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
            let rows = answer.data.result.rows(forward: true)
            let isFull = rows.count >= Self.rowsMax
            try printer.printRows(cursor.take(rows, isFull: isFull))
            if !isFull { try await Task.sleep(for: Self.interval) }
        }
    }
}
