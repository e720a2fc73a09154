internal import ArgumentParser
internal import WeirModel
internal import WeirSystem

/// `weir series [SELECTOR…]`: the label sets of streams.
struct Series: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Prints the label sets of streams, one per line.")

    @Argument(help: "Selectors such as '{job=\"docker\"}'; a stream that matches any of them is printed.")
    var selectors: [String] = []

    @OptionGroup var window: TimeWindow
    @OptionGroup var server: ServerAddress

    func run() async throws {
        // Loki wants at least one; a pattern that every name matches stands for all streams.
        let matches = selectors.isEmpty ? ["{__name__=~\".*\"}"] : selectors
        let parameters = window.parameters + matches.map { (name: "match[]", value: $0) }
        let found = try await server.client.series(parameters)
        let sets = found.map { LabelSet($0.map { Label($0.key, $0.value) }) }.sorted()
        try StandardStream.output.write(sets.flatMap { Array($0.description.utf8) + [UInt8(ascii: "\n")] })
    }
}
