/// The `Content-Type` of a request, as far as Go's parser would accept it.
enum MediaType {
    /// The type in lower case without parameters, or Go's complaint.
    static func parse(_ header: String?) throws(PushRejection) -> String {
        guard let header, !header.isEmpty else { throw PushRejection("mime: no media type") }
        var parts = header.split(separator: ";", omittingEmptySubsequences: false)[...]
        let type = trimmed(parts.removeFirst()).lowercased()
        guard !type.isEmpty else { throw PushRejection("mime: no media type") }
        let halves = type.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count <= 2, halves.allSatisfy({ isToken($0) }) else {
            throw PushRejection(
                isToken(halves[0]) ? "mime: expected token after slash" : "mime: expected slash after first token")
        }
        for (index, part) in parts.enumerated() {
            let parameter = trimmed(part)
            // One semicolon at the end is forgiven.
            if parameter.isEmpty, index == parts.count - 1 { continue }
            guard let equals = parameter.firstIndex(of: "="), isToken(trimmed(parameter[..<equals])),
                !trimmed(parameter[parameter.index(after: equals)...]).isEmpty
            else { throw PushRejection("mime: invalid media parameter") }
        }
        return type
    }

    private static func isToken(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && !"()<>@,;:\\\"/[]?=".utf8.contains($0) }
    }

    private static func trimmed(_ text: some StringProtocol) -> Substring {
        var text = Substring(text)
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}
