internal import ArgumentParser
internal import WeirModel
internal import WeirSystem

/// `weir volume SELECTOR`: which streams or labels have how many bytes, as bars.
struct Volume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draws how many bytes there are, by labels or over time.",
        discussion: """
            weir volume '{job="docker"}' --by container_name --since 1d
            weir volume '{job="docker"}' --over-time --step 1h --since 1d
            """)

    @Argument(help: "A selector such as '{job=\"docker\"}'.")
    var selector: String

    @OptionGroup var window: TimeWindow
    @OptionGroup var server: ServerAddress

    @Option(help: "Labels to sum by, separated by commas; else those of the selector.")
    var by: String?

    @Option(help: "The most bars.")
    var limit = 20

    @Flag(help: "One bar for each step of time.")
    var overTime = false

    @Option(help: "The step, such as 1h.")
    var step: String?

    func run() async throws {
        var parameters = [(name: "query", value: selector), (name: "limit", value: String(limit))] + window.parameters
        if let by { parameters.append(("targetLabels", by)) }
        if overTime, let step { parameters.append(("step", step)) }
        let path = overTime ? "/loki/api/v1/index/volume_range" : "/loki/api/v1/index/volume"
        let answer: QueryAnswer = try await server.client.ask(path, parameters, about: selector)
        let rows = answer.data.result.rows(forward: true)
        let bars: [Bar]
        if overTime {
            var sums: [Int64: Double] = [:]
            for row in rows { sums[row.nanoseconds, default: 0] += Double(row.text) ?? 0 }
            bars = sums.sorted { $0.key < $1.key }.map {
                Bar(name: CivilTime(nanoseconds: $0.key).milliseconds, value: $0.value)
            }
        } else {
            bars = rows.map { Bar(name: $0.labels.description, value: Double($0.text) ?? 0) }
                .sorted { $1.value < $0.value }
        }
        for line in Bar.draw(bars, width: 40) { try StandardStream.output.writeLine(line) }
    }
}

/// One line of a chart in the terminal.
struct Bar {
    let name: String
    let value: Double

    private static let eighths = Array(" ▏▎▍▌▋▊▉█")

    /// Draws bars of at most `width` characters, the longest for the largest value.
    static func draw(_ bars: [Bar], width: Int) -> [String] {
        let largest = max(1, bars.map(\.value).max() ?? 1)
        let sizes = bars.map { ByteText.short(Int($0.value)) }
        let sizeWidth = sizes.map(\.count).max() ?? 0
        return zip(bars, sizes).map { bar, size in
            let parts = Int((bar.value / largest * Double(width * 8)).rounded())
            let whole = String(repeating: "█", count: parts / 8)
            let drawn = parts % 8 == 0 ? whole : whole + String(eighths[parts % 8])
            let pad = String(repeating: " ", count: width - drawn.count)
            return "\(drawn)\(pad) \(String(repeating: " ", count: sizeWidth - size.count))\(size)  \(bar.name)"
        }
    }
}
