internal import WeirModel

/// Reads the label text of a stream, `{app="web", env="prod"}`, by the rules and in the wording of Prometheus' parser
/// of metrics.
struct StreamLabelParser {
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0

    /// One token of the text.
    private enum Token: Equatable {
        case identifier(String)
        case text(String, source: String)
        case symbol(String)
        case end
    }

    /// Reads a whole text; labels in the order written, empty values and doubles included.
    static func parse(_ bytes: UnsafeRawBufferPointer) throws(PushRejection) -> [Label] {
        var parser = StreamLabelParser(bytes: bytes)
        return try parser.labels()
    }

    private init(bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    private mutating func labels() throws(PushRejection) -> [Label] {
        var labels: [Label] = []
        skipSpace()
        if offset < bytes.count, StreamLabelParser.isNameByte(bytes[offset], isFirst: true, allowsColon: true) {
            labels.append(Label("__name__", name(allowsColon: true)))
            skipSpace()
            if offset == bytes.count { return labels }
        }
        let start = offset
        guard offset < bytes.count, bytes[offset] == UInt8(ascii: "{") else {
            throw fault(at: start, "unexpected \(StreamLabelParser.describe(try next(insideBraces: false)))")
        }
        offset += 1
        try pairs(into: &labels)
        skipSpace()
        let behind = offset
        guard behind == bytes.count else {
            throw fault(at: behind, "unexpected \(StreamLabelParser.describe(try next(insideBraces: false)))")
        }
        return labels
    }

    private mutating func pairs(into labels: inout [Label]) throws(PushRejection) {
        while true {
            var start = tokenStart()
            var token = try next(insideBraces: true)
            if token == .symbol("}") { return }
            guard case .identifier(let name) = token else {
                throw unexpected(token, at: start, expected: #"identifier or "}""#)
            }
            start = tokenStart()
            token = try next(insideBraces: true)
            guard token == .symbol("=") else { throw unexpected(token, at: start, expected: #""=""#) }
            start = tokenStart()
            token = try next(insideBraces: true)
            guard case .text(let value, _) = token else { throw unexpected(token, at: start, expected: "string") }
            labels.append(Label(name, value))
            start = tokenStart()
            token = try next(insideBraces: true)
            if token == .symbol("}") { return }
            guard token == .symbol(",") else { throw unexpected(token, at: start, expected: #""," or "}""#) }
        }
    }

    private mutating func tokenStart() -> Int {
        skipSpace()
        return offset
    }

    private mutating func skipSpace() {
        while offset < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[offset]) { offset += 1 }
    }

    private mutating func next(insideBraces: Bool) throws(PushRejection) -> Token {
        skipSpace()
        guard offset < bytes.count else {
            if insideBraces { throw fault(at: offset, "unexpected end of input inside braces") }
            return .end
        }
        let byte = bytes[offset]
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: "{"), UInt8(ascii: "}"):
            offset += 1
            return .symbol(String(UnicodeScalar(byte)))
        case UInt8(ascii: "="), UInt8(ascii: "!"):
            return try operation()
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"):
            return try text()
        case _ where StreamLabelParser.isNameByte(byte, isFirst: true, allowsColon: false):
            return .identifier(name(allowsColon: false))
        default:
            let place = insideBraces ? "unexpected character inside braces: " : "unexpected character: "
            throw fault(at: offset, place + "'\(character(at: offset))'")
        }
    }

    private mutating func operation() throws(PushRejection) -> Token {
        let start = offset
        offset += 1
        let second = offset < bytes.count ? bytes[offset] : 0
        switch (bytes[start], second) {
        case (UInt8(ascii: "="), UInt8(ascii: "~")):
            offset += 1
            return .symbol("=~")
        case (UInt8(ascii: "="), _):
            return .symbol("=")
        case (_, UInt8(ascii: "~")), (_, UInt8(ascii: "=")):
            offset += 1
            return .symbol("!" + String(UnicodeScalar(second)))
        default:
            throw fault(at: start, "unexpected character after '!' inside braces: '\(character(at: offset))'")
        }
    }

    private mutating func name(allowsColon: Bool) -> String {
        let start = offset
        while offset < bytes.count,
            StreamLabelParser.isNameByte(bytes[offset], isFirst: offset == start, allowsColon: allowsColon)
        {
            offset += 1
        }
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    /// Reads a text in any of the three kinds of quotes; only backticks keep backslashes.
    private mutating func text() throws(PushRejection) -> Token {
        let start = offset
        let quote = bytes[offset]
        let isRaw = quote == UInt8(ascii: "`")
        offset += 1
        var plain: [UInt8] = []
        while true {
            guard offset < bytes.count, isRaw || bytes[offset] != 0x0a else {
                throw fault(at: start, isRaw ? "unterminated raw string" : "unterminated quoted string")
            }
            let byte = bytes[offset]
            if byte == quote { break }
            if byte == UInt8(ascii: "\\"), !isRaw {
                guard GoEscape.read(bytes, at: &offset, quote: quote, into: &plain) else {
                    throw fault(at: start, "unknown escape sequence U+\(character(at: offset + 1).hexadecimal)")
                }
            } else {
                plain.append(byte)
                offset += 1
            }
        }
        offset += 1
        let source = String(decoding: bytes[start..<offset], as: UTF8.self)
        return .text(String(decoding: plain, as: UTF8.self), source: source)
    }

    private func character(at position: Int) -> Character {
        guard position < bytes.count else { return "\u{fffd}" }
        return String(decoding: bytes[position..<min(position + 4, bytes.count)], as: UTF8.self).first ?? "\u{fffd}"
    }

    private func unexpected(_ token: Token, at start: Int, expected: String) -> PushRejection {
        fault(at: start, "unexpected \(StreamLabelParser.describe(token)) in label set, expected \(expected)")
    }

    /// The message with line and column, both from 1; columns count characters.
    private func fault(at position: Int, _ text: String) -> PushRejection {
        let before = bytes[..<min(position, bytes.count)]
        let line = before.count { $0 == 0x0a } + 1
        let lineStart = before.lastIndex(of: 0x0a).map { $0 + 1 } ?? 0
        let column = String(decoding: before[lineStart...], as: UTF8.self).unicodeScalars.count + 1
        return PushRejection("couldn't parse labels: \(line):\(column): parse error: \(text)")
    }

    private static func describe(_ token: Token) -> String {
        switch token {
        case .identifier(let name): "identifier \"\(name)\""
        case .text(_, let source): "string \(QuotedText.quote(source))"
        case .symbol(let symbol) where ["=~", "!~", "!="].contains(symbol): "<op:\(symbol)>"
        case .symbol(let symbol): "\"\(symbol)\""
        case .end: "end of input"
        }
    }

    private static func isNameByte(_ byte: UInt8, isFirst: Bool, allowsColon: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): !isFirst
        case UInt8(ascii: ":"): allowsColon
        default: false
        }
    }
}

extension Character {
    /// The number of its first scalar in four or more hexadecimal digits.
    fileprivate var hexadecimal: String {
        let text = String(unicodeScalars.first!.value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - text.count)) + text
    }
}
