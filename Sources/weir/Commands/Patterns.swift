internal import ArgumentParser
internal import WeirSystem

/// `weir patterns SELECTOR`: which kinds of lines there are.
struct Patterns: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints the patterns of lines, most frequent first; each can be asked for with |> \"…\".")

    @Argument(help: "A selector such as '{job=\"docker\"}'.")
    var selector: String

    @OptionGroup var window: TimeWindow
    @OptionGroup var server: ServerAddress

    @Option(help: "The most patterns.")
    var limit = 30

    private struct Answer: Decodable {
        struct Pattern: Decodable {
            let pattern: String
            let level: String?
            let samples: [[Double]]
        }

        let data: [Pattern]
    }

    func run() async throws {
        let parameters = [(name: "query", value: selector)] + window.parameters
        let answer: Answer = try await server.client.ask("/weir/api/v1/patterns", parameters, about: selector)
        let counted = answer.data.map { (count: $0.samples.reduce(0) { $0 + Int($1.last ?? 0) }, pattern: $0) }
        let width = counted.map { String($0.count).count }.max() ?? 0
        for (count, pattern) in counted.prefix(limit) {
            let pad = String(repeating: " ", count: width - String(count).count)
            try StandardStream.output.writeLine("\(pad)\(count)  \(pattern.level ?? "unknown")  \(pattern.pattern)")
        }
    }
}
