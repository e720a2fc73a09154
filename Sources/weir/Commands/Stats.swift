internal import ArgumentParser
internal import WeirSystem

/// `weir stats SELECTOR`: how much there is of some streams.
struct Stats: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints how much there is of streams: lines, bytes, blocks.")

    @Argument(help: "A selector such as '{job=\"docker\"}'.")
    var selector: String

    @OptionGroup var window: TimeWindow
    @OptionGroup var server: ServerAddress

    private struct Answer: Decodable {
        let streams: Int
        let chunks: Int
        let bytes: Int
        let entries: Int
    }

    func run() async throws {
        let parameters = [(name: "query", value: selector)] + window.parameters
        let answer: Answer = try await server.client.ask("/loki/api/v1/index/stats", parameters, about: selector)
        try StandardStream.output.writeLine("streams  \(answer.streams)")
        try StandardStream.output.writeLine("blocks   \(answer.chunks)")
        try StandardStream.output.writeLine("lines    \(answer.entries)")
        try StandardStream.output.writeLine("bytes    \(answer.bytes) (\(ByteText.short(answer.bytes)))")
    }
}

/// Sizes for people.
enum ByteText {
    /// `1.5 MiB`
    static func short(_ bytes: Int) -> String {
        var value = Double(bytes)
        var unit = 0
        let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
        while value >= 1024, unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        let tenths = (value * 10).rounded() / 10
        return unit == 0 || tenths == tenths.rounded() ? "\(Int(tenths)) \(units[unit])" : "\(tenths) \(units[unit])"
    }
}
