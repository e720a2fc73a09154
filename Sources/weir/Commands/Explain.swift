internal import ArgumentParser
internal import LogQL
internal import WeirModel
internal import WeirSystem

/// `weir explain`: how a query would be answered.
struct Explain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints how a query would be answered: what is asked of the store, and what runs over the rows.",
        discussion: """
            weir explain 'sum by (app) (rate({job="docker"} | json | status >= 500 [5m]))'
            weir explain '{job="docker"} |= "error"' --addr http://localhost:3100

            Without --addr nothing is asked: the plan depends on the query alone.
            """)

    @OptionGroup var text: QueryText
    @OptionGroup var window: TimeWindow

    @Option(help: ArgumentHelp("A server that says how much there is to read.", valueName: "address"))
    var addr: String?

    @Option(help: "The distance of points of a metric query, such as 1m.")
    var step: String?

    func run() async throws {
        let text = try text.read()
        let lines = if let addr { try await asked(addr, text) } else { try planned(text) }
        try StandardStream.output.write(lines.flatMap { Array($0.utf8) + [UInt8(ascii: "\n")] })
    }

    private func asked(_ address: String, _ text: String) async throws -> [String] {
        let parameters = window.parameters + (step.map { [(name: "step", value: $0)] } ?? [])
        let answer = try await WeirClient(address: ServerAddress.base(of: address)).explain(text, parameters)
        return answer.data.scans.flatMap { scan in
            [scan.query] + scan.plan.map { "  \($0)" }
                + [
                    "  there: \(scan.lines) lines of \(scan.streams) streams in \(scan.blocks) blocks, \(scan.bytes) bytes"
                ]
        }
    }

    /// The plan over the last hour of 1970, as no line of it depends on the time but the one that says it.
    private func planned(_ text: String) throws -> [String] {
        let hour: Int64 = 3600 * Timestamp.nanosecondsPerSecond
        let time = QueryRequest.Time.range(
            start: Timestamp(nanoseconds: 0), end: Timestamp(nanoseconds: hour), stepNanoseconds: hour)
        let scans: [ScanExplanation]
        do {
            scans = try QueryEngine.explain(QueryRequest(text: text, time: time))
        } catch {
            guard case .syntax(let fault) = error else { throw error }
            throw QueryTextError(message: fault.message, query: text)
        }
        return scans.flatMap { scan in
            [scan.query] + scan.lines.filter { !$0.hasPrefix("time: ") }.map { "  \($0)" }
        }
    }
}
