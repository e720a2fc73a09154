/// Why a question to the server has no answer, as the person at the terminal sees it.
enum ClientError: Error, CustomStringConvertible {
    /// Nobody answers there.
    case unreachable(address: String, reason: String)
    /// The server refuses; `query` is the text it complains about, if it was about one.
    case refused(status: Int, message: String, query: String?)
    /// The answer is not what Loki's API promises.
    case unexpected(address: String, reason: String)

    var description: String {
        switch self {
        case .unreachable(let address, let reason):
            "cannot reach \(address): \(reason); start `weir run` or pass --addr"
        case .refused(let status, let message, let query):
            Self.pointing(message, into: query) ?? (message.isEmpty ? "the server answers \(status)" : message)
        case .unexpected(let address, let reason):
            "\(address) does not answer as Loki does: \(reason)"
        }
    }

    /// The message, and below it the line of the query with a caret under the column that the message names.
    static func pointing(_ message: String, into query: String?) -> String? {
        guard let query, let line = number(after: "line ", in: message), let column = number(after: "col ", in: message)
        else { return nil }
        let lines = query.split(separator: "\n", omittingEmptySubsequences: false)
        guard (1...lines.count).contains(line), column >= 1 else { return nil }
        let text = lines[line - 1]
        // Tabs stay tabs, so that the caret stands under its character whatever their width is.
        let padding = text.prefix(column - 1).map { $0 == "\t" ? "\t" : " " }
        let beyond = String(repeating: " ", count: max(0, min(column - 1, 1000) - padding.count))
        return "\(message)\n\(text)\n\(padding.joined())\(beyond)^"
    }

    private static func number(after word: String, in message: String) -> Int? {
        guard let range = message.firstRange(of: word) else { return nil }
        return Int(message[range.upperBound...].prefix { $0.isNumber })
    }
}
