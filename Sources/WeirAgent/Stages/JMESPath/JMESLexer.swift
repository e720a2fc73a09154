internal import WeirBytes

/// Cuts a JMESPath expression into tokens.
struct JMESLexer {
    /// A part of an expression.
    enum Token: Sendable, Hashable {
        case name([UInt8]), quotedName([UInt8]), literal(JSONTree), number(Int)
        case comparison(JMESPath.Comparison)
        case dot, star, flatten, filter, leftBracket, rightBracket, leftBrace, rightBrace, leftParenthesis
        case rightParenthesis, comma, colon, pipe, or, and, not, current, reference, end
    }

    private let bytes: [UInt8]
    private var position = 0

    /// The tokens of `text`, ``Token/end`` last.
    static func tokens(_ text: String) throws(JMESError) -> [Token] {
        var lexer = JMESLexer(bytes: Array(text.utf8))
        var tokens: [Token] = []
        while let token = try lexer.next() { tokens.append(token) }
        return tokens + [.end]
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func next() throws(JMESError) -> Token? {
        while position < bytes.count, bytes[position] <= 0x20 { position += 1 }
        guard position < bytes.count else { return nil }
        let byte = bytes[position]
        if (byte | 0x20) &- 0x61 < 26 || byte == UInt8(ascii: "_") { return .name(word()) }
        if byte &- 0x30 < 10 || byte == UInt8(ascii: "-") { return try number() }
        switch byte {
        case UInt8(ascii: "\""): return .quotedName(try quotedName())
        case UInt8(ascii: "'"): return .literal(.string(try rawText()))
        case UInt8(ascii: "`"): return .literal(try literal())
        default: return try sign(byte)
        }
    }

    private mutating func sign(_ byte: UInt8) throws(JMESError) -> Token {
        position += 1
        switch byte {
        case UInt8(ascii: "."): return .dot
        case UInt8(ascii: "*"): return .star
        case UInt8(ascii: "]"): return .rightBracket
        case UInt8(ascii: "{"): return .leftBrace
        case UInt8(ascii: "}"): return .rightBrace
        case UInt8(ascii: "("): return .leftParenthesis
        case UInt8(ascii: ")"): return .rightParenthesis
        case UInt8(ascii: ","): return .comma
        case UInt8(ascii: ":"): return .colon
        case UInt8(ascii: "@"): return .current
        case UInt8(ascii: "["): return take("]") ? .flatten : take("?") ? .filter : .leftBracket
        case UInt8(ascii: "|"): return take("|") ? .or : .pipe
        case UInt8(ascii: "&"): return take("&") ? .and : .reference
        case UInt8(ascii: "!"): return take("=") ? .comparison(.notEqual) : .not
        case UInt8(ascii: "<"): return .comparison(take("=") ? .lessOrEqual : .less)
        case UInt8(ascii: ">"): return .comparison(take("=") ? .greaterOrEqual : .greater)
        case UInt8(ascii: "=") where take("="): return .comparison(.equal)
        default: throw JMESError("unexpected \(UnicodeScalar(byte)) at \(position - 1)")
        }
    }

    private mutating func take(_ sign: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: sign) else { return false }
        position += 1
        return true
    }

    private mutating func word() -> [UInt8] {
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            // A dash belongs to no name in JMESPath, but to many in logs, and nothing here subtracts.
            guard (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || byte == 0x5f || byte == 0x2d else { break }
            position += 1
        }
        return Array(bytes[start..<position])
    }

    private mutating func number() throws(JMESError) -> Token {
        let start = position
        position += 1
        while position < bytes.count, bytes[position] &- 0x30 < 10 { position += 1 }
        guard let value = Int(String(decoding: bytes[start..<position], as: UTF8.self)) else {
            throw JMESError("no number at \(start)")
        }
        return .number(value)
    }

    private mutating func quotedName() throws(JMESError) -> [UInt8] {
        var reading = bytes
        let start = position
        let found = reading.withUnsafeMutableBytes { raw -> (JSONTree, Int)? in
            var scanner = JSONScanner(UnsafeRawBufferPointer(raw), from: start)
            guard let tree = try? JSONTree(&scanner) else { return nil }
            return (tree, scanner.offset)
        }
        guard let found, case .string(let name) = found.0 else { throw JMESError("no end of the quote at \(start)") }
        position = found.1
        return name
    }

    private mutating func rawText() throws(JMESError) -> [UInt8] {
        let start = position
        position += 1
        var text: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "'") { return text }
            if byte == UInt8(ascii: "\\"), take("'") {
                text.append(UInt8(ascii: "'"))
            } else {
                text.append(byte)
            }
        }
        throw JMESError("no end of the quote at \(start)")
    }

    private mutating func literal() throws(JMESError) -> JSONTree {
        let start = position
        position += 1
        var text: [UInt8] = []
        while position < bytes.count, bytes[position] != UInt8(ascii: "`") {
            if bytes[position] == UInt8(ascii: "\\"), position + 1 < bytes.count,
                bytes[position + 1] == UInt8(ascii: "`")
            {
                position += 1
            }
            text.append(bytes[position])
            position += 1
        }
        guard position < bytes.count else { throw JMESError("no end of the literal at \(start)") }
        position += 1
        let tree = text.withUnsafeBytes { raw -> JSONTree? in
            var scanner = JSONScanner(raw)
            guard let tree = try? JSONTree(&scanner), scanner.isAtEnd() else { return nil }
            return tree
        }
        // Words without quotes are texts, as in older versions of the language.
        return tree ?? .string(text)
    }
}

/// Why an expression is none of JMESPath.
struct JMESError: Error, Sendable {
    let message: String

    init(_ message: String) {
        self.message = message
    }
}
