/// Literals and captures of a pattern such as `<ip> - <_> [<time>]`.
struct PatternTemplate {
    /// A part of a pattern.
    enum Part: Hashable {
        /// Bytes that must be there.
        case literal([UInt8])
        /// `<name>`, or `<_>` as nil.
        case capture(String?)
    }

    /// Why a text is no pattern, in Loki's words.
    struct ParseError: Error {
        let message: String
    }

    /// The parts in order; literals are never empty nor next to each other.
    private(set) var parts: [Part] = []

    /// Cuts `text` into parts. A `<` that starts no `<name>` is literal.
    init(_ text: String) {
        let bytes = Array(text.utf8)
        var literal: [UInt8] = []
        var position = 0
        while position < bytes.count {
            guard let end = PatternTemplate.endOfCapture(bytes, from: position) else {
                literal.append(bytes[position])
                position += 1
                continue
            }
            if !literal.isEmpty { parts.append(.literal(literal)) }
            literal = []
            let name = String(decoding: bytes[(position + 1)..<(end - 1)], as: UTF8.self)
            parts.append(.capture(name == "_" ? nil : name))
            position = end
        }
        if !literal.isEmpty { parts.append(.literal(literal)) }
    }

    /// The position behind `<name>` at `start`, if one is there.
    private static func endOfCapture(_ bytes: [UInt8], from start: Int) -> Int? {
        guard bytes[start] == UInt8(ascii: "<") else { return nil }
        var position = start + 1
        while position < bytes.count {
            let byte = bytes[position]
            let isLetter = (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
            let isDigit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
            if byte == UInt8(ascii: ">") { return position > start + 1 ? position + 1 : nil }
            guard isLetter || byte == UInt8(ascii: "_") || (isDigit && position > start + 1) else { return nil }
            position += 1
        }
        return nil
    }

    /// Refuses what the `pattern` stage cannot extract with.
    func checkForStage() throws(ParseError) {
        if parts.isEmpty {
            let reason = "syntax error: unexpected $end, expecting IDENTIFIER or LITERAL"
            throw ParseError(message: "parse error at line 1, col 1: \(reason)")
        }
        var names: Set<String> = []
        for case .capture(let name?) in parts { names.insert(name) }
        if names.isEmpty { throw ParseError(message: "at least one capture is required") }
        try checkNeighbours()
        names = []
        for case .capture(let name?) in parts where !names.insert(name).inserted {
            throw ParseError(message: "duplicate capture name (\(name)): invalid expression")
        }
    }

    /// Two captures next to each other have no border between them.
    private func checkNeighbours() throws(ParseError) {
        for (left, right) in zip(parts, parts.dropFirst()) {
            guard case .capture(let first) = left, case .capture(let second) = right else { continue }
            let text = "<\(first ?? "_")><\(second ?? "_")>"
            throw ParseError(message: "found consecutive capture '\(text)': invalid expression")
        }
    }

    /// Checks the text of a `pattern` stage.
    static func check(_ text: String) throws(SyntaxError) {
        do {
            try PatternTemplate(text).checkForStage()
        } catch {
            throw SyntaxError("invalid pattern parser: \(error.message)")
        }
    }
}
