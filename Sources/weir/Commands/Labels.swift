internal import ArgumentParser
internal import WeirSystem

/// `weir labels [NAME]`: the names of labels, or the values of one.
struct Labels: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Prints the names of labels, or the values of one.")

    @Argument(help: "The label whose values are wanted.")
    var name: String?

    @OptionGroup var window: TimeWindow
    @OptionGroup var server: ServerAddress

    func run() async throws {
        let client = try server.client
        let found =
            if let name {
                try await client.labelValues(of: name, window.parameters)
            } else {
                try await client.labelNames(window.parameters)
            }
        try StandardStream.output.write(found.flatMap { Array($0.utf8) + [UInt8(ascii: "\n")] })
    }
}
