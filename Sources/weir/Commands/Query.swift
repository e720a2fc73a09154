internal import ArgumentParser
internal import LogQL
internal import WeirAPI
internal import WeirSystem

/// `weir query`: asks a server and prints rows, newest first unless `--forward`.
struct Query: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Asks a server in LogQL and prints the answer.",
        discussion: """
            weir query '{job="docker"} |= "error"' --since 1h
            weir query 'sum by (level) (count_over_time({job="docker"}[5m]))' --step 5m
            weir query '{job="docker"} |= "error"' --from 'yesterday 14:00' --to 'yesterday 15:00' --stats
            weir query 'sum(rate({job="docker"}[5m]))' --since 30d --step 5m --split 1d --parallel 4
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

    @Flag(help: "Also print how much was read, on standard error.")
    var stats = false

    @Flag(help: "Print how the query would be answered instead of asking it.")
    var explain = false

    @Option(help: "Ask for pieces of the range of this length, such as 1h.")
    var split: String?

    @Option(help: "How many pieces are asked for at once.")
    var parallel = 4

    func validate() throws {
        if let split, (ParameterText.duration(split) ?? 0) <= 0 {
            throw ValidationError("--split \(split): write a duration such as 1h")
        }
        guard (1...64).contains(parallel) else { throw ValidationError("--parallel is 1 to 64") }
    }

    func run() async throws {
        let client = try server.client
        if explain { return try await printPlan(client) }
        let start = ContinuousClock.now
        let answers: [QueryAnswer]
        if let length = split.flatMap({ ParameterText.duration($0) }) {
            answers = try await ask(client, inPiecesOf: length)
        } else {
            answers = [try await client.queryRange(query, window.parameters + shape)]
        }
        var printer = RowPrinter(output)
        try printer.printAnswer(rows(answers))
        if stats {
            let statistics = answers.compactMap(\.data.stats).reduce(QueryAnswer.Statistics()) { $0.adding($1) }
            try StandardStream.error.writeLine(statistics.text(taken: ContinuousClock.now - start))
        }
    }

    private var shape: [(name: String, value: String)] {
        [("limit", String(limit)), ("direction", forward ? "forward" : "backward")]
            + (step.map { [(name: "step", value: $0)] } ?? [])
    }

    /// The rows of all pieces; of lines no more than the limit.
    private func rows(_ answers: [QueryAnswer]) -> [Row] {
        guard answers.count > 1 else { return answers.first?.data.result.rows(forward: forward) ?? [] }
        var isLines = false
        var rows: [Row] = []
        for answer in answers {
            if case .streams = answer.data.result { isLines = true }
            rows += answer.data.result.rows(forward: forward)
        }
        return isLines ? Array(rows.prefix(limit)) : rows
    }

    private func printPlan(_ client: WeirClient) async throws {
        let parameters = window.parameters + (step.map { [(name: "step", value: $0)] } ?? [])
        let answer = try await client.explain(query, parameters)
        for scan in answer.data.scans {
            try StandardStream.output.writeLine(scan.query)
            for line in scan.plan { try StandardStream.output.writeLine("  \(line)") }
            try StandardStream.output.writeLine(
                "  there: \(scan.lines) lines of \(scan.streams) streams in \(scan.blocks) blocks, \(scan.bytes) bytes")
        }
    }

    // MARK: - Pieces

    /// Asks for pieces, several at once, in the order in which rows are printed; of lines no more pieces than the limit
    /// needs.
    private func ask(_ client: WeirClient, inPiecesOf length: Int64) async throws -> [QueryAnswer] {
        let pieces = try pieces(length)
        let query = query
        var answers = [QueryAnswer?](repeating: nil, count: pieces.count)
        var next = 0
        var done = 0
        try await withThrowingTaskGroup(of: (Int, QueryAnswer).self) { group in
            func ask() {
                guard next < pieces.count else { return }
                let number = next
                let parameters = pieces[number] + shape
                group.addTask { (number, try await client.queryRange(query, parameters)) }
                next += 1
            }
            for _ in 0..<parallel { ask() }
            while let (number, answer) = try await group.next() {
                answers[number] = answer
                done += 1
                if StandardStream.error.isTerminal {
                    try StandardStream.error.write(Array("\r\(done) of \(pieces.count) pieces".utf8))
                }
                if Self.isEnough(answers, limit) { group.cancelAll() } else { ask() }
                if Self.isEnough(answers, limit) { break }
            }
        }
        if StandardStream.error.isTerminal { try StandardStream.error.write(Array("\r\u{1b}[K".utf8)) }
        return answers.compactMap { $0 }
    }

    /// Whether the pieces at the front, without a gap, hold as many lines as are printed.
    private static func isEnough(_ answers: [QueryAnswer?], _ limit: Int) -> Bool {
        var lines = 0
        for answer in answers {
            guard let answer, case .streams(let streams) = answer.data.result else { return false }
            lines += streams.reduce(0) { $0 + $1.values.count }
            if lines >= limit { return true }
        }
        return false
    }

    private func pieces(_ length: Int64) throws -> [[(name: String, value: String)]] {
        let range = try window.range(now: SystemClock().now())
        let isMetric: Bool
        do {
            if case .metric = try LogQL.Query.parse(query, dialect: .weir) { isMetric = true } else { isMetric = false }
        } catch {
            throw QueryTextError(message: error.message, query: query)
        }
        let found: [(Int64, Int64)]
        if isMetric {
            guard let step = step.flatMap({ ParameterText.duration($0) }), step > 0 else {
                throw ValidationError("--split of a metric query needs --step, such as 1m")
            }
            found = RangePieces.ofSteps(range, step: step, length: length)
        } else {
            found = RangePieces.ofEntries(range, length: length).map { ($0.lowerBound, $0.upperBound) }
        }
        let ordered = forward ? found : found.reversed()
        return ordered.map { [(name: "start", value: String($0.0)), (name: "end", value: String($0.1))] }
    }
}
