internal import ArgumentParser
internal import LogQL
internal import WeirSystem

/// Where a command takes the text of a query from.
struct QueryText: ParsableArguments {
    @Argument(help: "The query; standard input when it is left out or `-`.")
    var query: String?

    @Option(name: .shortAndLong, help: ArgumentHelp("A file that holds the query.", valueName: "path"))
    var file: String?

    /// Longer texts than this are no queries.
    private static let bytesMax = QueryLimits().textBytesMax

    func validate() throws {
        if query != nil, file != nil { throw ValidationError("give the query or --file, not both") }
    }

    /// The text without the line ends that files have at their end.
    func read() throws -> String {
        var text = query ?? "-"
        if let file {
            text = String(decoding: try PosixFileSystem().contents(of: file), as: UTF8.self)
        } else if text == "-" {
            text = String(decoding: try StandardInput.contents(bytesMax: QueryText.bytesMax), as: UTF8.self)
        }
        while text.last?.isNewline == true { text.removeLast() }
        return text
    }
}

/// A text that is no query, or not as it should be written.
struct QueryTextError: Error, CustomStringConvertible {
    let message: String
    let query: String

    var description: String { ClientError.pointing(message, into: query) ?? message }
}
