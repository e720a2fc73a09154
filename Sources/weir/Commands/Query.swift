internal import ArgumentParser

/// `weir query`: asks a server and prints rows, newest first unless `--forward`.
struct Query: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Asks a server in LogQL and prints the answer.",
        discussion: """
            weir query '{job="docker"} |= "error"' --since 1h
            weir query 'sum by (level) (count_over_time({job="docker"}[5m]))' --step 5m
            """)

    @Argument(help: "LogQL: a selector with filters, or a metric query.")
    var query: String

    @OptionGroup var window: TimeWindow
    @OptionGroup var server: ServerAddress

    @Option(help: "The most lines to print.")
    var limit = 100

    @Option(help: "The distance of points of a metric query, such as 1m.")
    var step: String?

    @Option(
        name: .shortAndLong, help: "The form of rows: \(OutputForm.allCases.map(\.rawValue).joined(separator: ", ")).")
    var output = OutputForm.default

    @Flag(help: "Oldest first.")
    var forward = false

    func run() async throws {
        var parameters = window.parameters
        parameters.append(("limit", String(limit)))
        parameters.append(("direction", forward ? "forward" : "backward"))
        if let step { parameters.append(("step", step)) }
        let answer = try await WeirClient(address: server.base).queryRange(query, parameters)
        var printer = RowPrinter(output)
        try printer.printAnswer(answer.data.result.rows(forward: forward))
    }
}
