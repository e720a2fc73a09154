internal import ArgumentParser
internal import WeirSystem

/// `weir export`: every line of a selection, however many there are, oldest first.
struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints every line of a selection, without a limit.",
        discussion: """
            weir export '{job="docker"}' --since 30d > docker.ndjson
            weir export '{app="shop"} |= "paid"' --from 2026-11-01T00:00:00Z -o raw

            Each line is a JSON object with timestamp, labels, structured metadata and line; `weir import` reads them. \
            Any server that speaks Loki's API can be read, so that what it holds can move.
            """)

    @Argument(help: "LogQL: a selector with filters.")
    var query: String

    @OptionGroup var window: TimeWindow
    @OptionGroup var server: ServerAddress

    @Option(name: .shortAndLong, help: "The form of rows: jsonl or raw.")
    var output = OutputForm.jsonl

    @Option(help: "Rows asked for at once; no more than the server's limit on entries.")
    var page = 5000

    func validate() throws {
        guard output != .default else { throw ValidationError("--output is jsonl or raw") }
        guard (1...1_000_000).contains(page) else { throw ValidationError("--page is 1 to 1000000") }
    }

    func run() async throws {
        let client = try server.client
        let printer = RowPrinter(output)
        let range = try window.range(now: SystemClock().now())
        var progress = ExportProgress(range)
        var pager = ExportPager(start: range.lowerBound, limit: page)
        while let page = pager.page {
            let answer = try await ask(client, page, end: range.upperBound)
            guard case .streams = answer.data.result else {
                throw StartFailure("a metric query cannot be exported; write a selector such as {job=\"docker\"}")
            }
            let rows = pager.take(answer.data.result.rows(forward: true))
            try printer.printRows(rows)
            try progress.add(rows.count, at: rows.last?.nanoseconds)
        }
        try progress.finish()
    }

    private func ask(_ client: WeirClient, _ page: ExportPager.Page, end: Int64) async throws -> QueryAnswer {
        let parameters = [
            (name: "start", value: String(page.start)), (name: "end", value: String(end)),
            (name: "limit", value: String(page.limit)), (name: "direction", value: "forward"),
        ]
        do {
            return try await client.queryRange(query, parameters, keepsMetadataApart: true)
        } catch ClientError.refused(_, let message, _) where page.limit > self.page {
            let time = CivilTime(nanoseconds: page.start).exact
            throw StartFailure(
                "more than \(page.limit / 2) lines at \(time) do not fit an answer: \(message); raise that limit of the "
                    + "server, or export stream by stream")
        }
    }
}

/// What a person who waits for an export sees on standard error; nothing when no terminal is there.
private struct ExportProgress {
    private let range: Range<Int64>
    private let isShown = StandardStream.error.isTerminal
    private var rows = 0

    init(_ range: Range<Int64>) {
        self.range = range
    }

    mutating func add(_ count: Int, at nanoseconds: Int64?) throws(FileError) {
        rows += count
        guard isShown, let nanoseconds else { return }
        let share = Double(nanoseconds - range.lowerBound) / Double(max(1, range.upperBound - range.lowerBound))
        let percent = Int((min(1, max(0, share)) * 100).rounded(.down))
        try show("\r\(percent) % of the time, \(rows) lines, at \(CivilTime(nanoseconds: nanoseconds).milliseconds)")
    }

    func finish() throws(FileError) {
        if isShown { try show("\r\u{1b}[K\(rows) lines\n") }
    }

    private func show(_ text: String) throws(FileError) {
        try StandardStream.error.write(Array(text.utf8))
    }
}
