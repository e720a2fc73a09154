internal import ArgumentParser
internal import WeirAPI
internal import WeirSystem

/// `weir rules backtest FILE`: what rules would have done over the lines that a server holds.
struct RulesBacktest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backtest", abstract: "Runs rules over stored lines: every pending, firing and resolved moment.",
        discussion: """
            weir rules backtest rules/web.yml --from -30d
            weir rules backtest rules/web.yml --from 2026-11-01T00:00:00Z --to 2026-11-08T00:00:00Z --output json
            """)

    @Argument(help: "A file of rules.")
    var file: String

    @Option(parsing: .unconditional, help: "Start: how far back, such as -30d, or RFC 3339, or nanoseconds since 1970.")
    var from = "-7d"

    @Option(help: "End: RFC 3339 or nanoseconds since 1970; now when left out.")
    var to: String?

    @Option(name: .shortAndLong, help: "table or json.")
    var output = Form.table

    @OptionGroup var server: ServerAddress

    /// How the answer is printed.
    enum Form: String, ExpressibleByArgument, CaseIterable {
        case table, json
    }

    func run() async throws {
        let yaml = try PosixFileSystem().contents(of: file)
        var parameters: [(name: String, value: String)] = []
        let isAge = from.hasPrefix("-") && ParameterText.duration(String(from.dropFirst())) != nil
        parameters.append(isAge ? ("since", String(from.dropFirst())) : ("start", from))
        if let to { parameters.append(("end", to)) }
        let client = try server.client
        let body = try await client.backtest(yaml, parameters)
        guard output == .table else { return try StandardStream.output.write(Array(body)) }
        try print(try client.decode(body))
    }

    private func print(_ answer: BacktestText) throws {
        let steps = answer.data.steps
        for step in steps {
            let labels = step.labels.sorted { $0.key < $1.key }.filter { $0.key != "alertname" }
                .map { "\($0.key)=\"\($0.value)\"" }.joined(separator: ", ")
            let kind = step.kind.padded(to: 8)
            try StandardStream.output.writeLine("\(step.at)  \(kind)  \(step.rule)  {\(labels)}  \(step.value)")
        }
        for error in answer.data.errors { try StandardStream.error.writeLine("error: \(error)") }
        var firing: [String: Int] = [:]
        for step in steps where step.kind == "firing" { firing[step.rule, default: 0] += 1 }
        let sums = firing.sorted { $0.key < $1.key }.map { "\($0.key) fired \($0.value) times" }
        let summary = sums.isEmpty ? "nothing fired" : sums.joined(separator: ", ")
        try StandardStream.output.writeLine("\(answer.data.evaluations) evaluations: \(summary)")
    }
}

/// What a server answers to a backtest.
struct BacktestText: Decodable {
    struct Payload: Decodable {
        let evaluations: Int
        let errors: [String]
        let steps: [Step]
    }

    struct Step: Decodable {
        let at: String
        let group: String
        let rule: String
        let kind: String
        let labels: [String: String]
        let value: String
    }

    let data: Payload
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
