/// What a client asked for in `X-Loki-Response-Encoding-Flags`.
struct ResponseEncoding: Sendable {
    /// The flags as sent, known or not; they are echoed.
    let flags: [String]

    init(header: String?) {
        flags = (header ?? "").split(separator: ",").map { part in
            var text = part
            while text.first == " " { text.removeFirst() }
            while text.last == " " { text.removeLast() }
            return String(text)
        }
    }

    /// Whether entries carry structured metadata and parsed labels apart from the stream's labels.
    var categorizesLabels: Bool { flags.contains("categorize-labels") }
}
