/// Cuts a template into texts and the tokens of actions.
struct TemplateLexer {
    enum Token: Hashable {
        case text([UInt8])
        case open
        case close
        /// A name, a keyword, `true`, `false` or `nil`.
        case word(String)
        /// `.a`, without the point.
        case field(String)
        case dot
        /// `$x`, with the sign.
        case variable(String)
        case number(String)
        case character(Unicode.Scalar)
        case string([UInt8])
        case pipe
        case comma
        case leftParenthesis
        case rightParenthesis
        case declare
        case assign
        case space
        case end
    }

    struct Item {
        var token: Token
        var offset: Int
        var endOffset: Int
    }

    let bytes: [UInt8]
    private var position = 0
    private var isInAction = false
    private var trimsNext = false

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// The line of an offset, from 1.
    func line(at offset: Int) -> Int {
        1 + bytes[..<min(offset, bytes.count)].count { $0 == UInt8(ascii: "\n") }
    }

    mutating func next() throws(TemplateFunction.Failure) -> Item {
        if isInAction { return try actionItem() }
        return try textItem()
    }

    private func starts(with text: StaticString, at offset: Int) -> Bool {
        guard offset + text.utf8CodeUnitCount <= bytes.count else { return false }
        for index in 0..<text.utf8CodeUnitCount where bytes[offset + index] != text.utf8Start[index] { return false }
        return true
    }

    private func isSpace(_ offset: Int) -> Bool {
        guard offset < bytes.count else { return false }
        let byte = bytes[offset]
        return byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d
    }

    // MARK: Text

    private mutating func textItem() throws(TemplateFunction.Failure) -> Item {
        while true {
            var start = position
            if trimsNext {
                while isSpace(start) { start += 1 }
                trimsNext = false
            }
            var end = start
            while end < bytes.count, !starts(with: "{{", at: end) { end += 1 }
            let textStart = start
            var textEnd = end
            if end < bytes.count {
                let trimsLeft = starts(with: "{{-", at: end) && isSpace(end + 3)
                if trimsLeft {
                    while textEnd > textStart, isSpace(textEnd - 1) { textEnd -= 1 }
                }
                if textEnd > textStart {
                    position = end
                    return Item(token: .text(Array(bytes[textStart..<textEnd])), offset: textStart, endOffset: textEnd)
                }
                position = end + (trimsLeft ? 4 : 2)
                if try skipComment() { continue }
                isInAction = true
                return Item(token: .open, offset: end, endOffset: position)
            }
            position = bytes.count
            let token: Token = textEnd > textStart ? .text(Array(bytes[textStart..<textEnd])) : .end
            return Item(token: token, offset: textStart, endOffset: textEnd)
        }
    }

    private mutating func skipComment() throws(TemplateFunction.Failure) -> Bool {
        guard starts(with: "/*", at: position) else { return false }
        var end = position + 2
        while end < bytes.count, !starts(with: "*/", at: end) { end += 1 }
        guard end < bytes.count else { throw .init("unclosed comment") }
        end += 2
        if isSpace(end), starts(with: "-}}", at: end + 1) {
            trimsNext = true
            position = end + 4
        } else {
            guard starts(with: "}}", at: end) else { throw .init("comment ends before closing delimiter") }
            position = end + 2
        }
        return true
    }

    // MARK: Actions

    private mutating func actionItem() throws(TemplateFunction.Failure) -> Item {
        let start = position
        func item(_ token: Token) -> Item { Item(token: token, offset: start, endOffset: position) }
        if isSpace(position), starts(with: "-}}", at: position + 1) {
            position += 4
            trimsNext = true
            isInAction = false
            return item(.close)
        }
        if starts(with: "}}", at: position) {
            position += 2
            isInAction = false
            return item(.close)
        }
        guard position < bytes.count else { throw .init("unclosed action") }
        if isSpace(position) {
            while isSpace(position), !(isSpace(position) && starts(with: "-}}", at: position + 1)) { position += 1 }
            return item(.space)
        }
        let byte = bytes[position]
        switch byte {
        case UInt8(ascii: "\""): return item(.string(try quotedString()))
        case UInt8(ascii: "`"): return item(.string(try rawString()))
        case UInt8(ascii: "'"): return item(.character(try character()))
        case UInt8(ascii: "|"), UInt8(ascii: ","), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "="):
            position += 1
            let tokens: [UInt8: Token] = [
                UInt8(ascii: "|"): .pipe, UInt8(ascii: ","): .comma, UInt8(ascii: "("): .leftParenthesis,
                UInt8(ascii: ")"): .rightParenthesis, UInt8(ascii: "="): .assign,
            ]
            return item(tokens[byte]!)
        case UInt8(ascii: ":"):
            guard starts(with: ":=", at: position) else { throw .init("expected :=") }
            position += 2
            return item(.declare)
        case UInt8(ascii: "$"):
            position += 1
            return item(.variable("$" + word()))
        case UInt8(ascii: ".") where !(position + 1 < bytes.count && isDigit(bytes[position + 1])):
            position += 1
            let name = word()
            return item(name.isEmpty ? .dot : .field(name))
        case _
        where isDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "."):
            return item(.number(try number()))
        default:
            let name = word()
            guard !name.isEmpty else {
                let scalar = String(decoding: bytes[position...].prefix(4), as: UTF8.self).unicodeScalars.first!
                let code = String(scalar.value, radix: 16, uppercase: true)
                let padded = String(repeating: "0", count: max(0, 4 - code.count)) + code
                throw .init("unexpected unrecognized character in action: U+\(padded) '\(scalar)'")
            }
            return item(.word(name))
        }
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    private func isWordByte(_ byte: UInt8) -> Bool {
        isDigit(byte) || (byte | 0x20) &- 0x61 < 26 || byte == UInt8(ascii: "_") || byte >= 0x80
    }

    private mutating func word() -> String {
        let start = position
        while position < bytes.count, isWordByte(bytes[position]) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func number() throws(TemplateFunction.Failure) -> String {
        let start = position
        position += 1
        while position < bytes.count {
            let byte = bytes[position]
            let isSign = byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
            let followsExponent = bytes[position - 1] | 0x20 == UInt8(ascii: "e")
            guard isWordByte(byte) || byte == UInt8(ascii: ".") || (isSign && followsExponent) else { break }
            position += 1
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard GoNumber.constant(text) != nil else { throw .init("bad number syntax: \"\(text)\"") }
        return text
    }

    private mutating func rawString() throws(TemplateFunction.Failure) -> [UInt8] {
        position += 1
        guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "`")) else {
            throw .init("unterminated raw quoted string")
        }
        defer { position = end + 1 }
        return Array(bytes[position..<end])
    }

    private mutating func quotedString() throws(TemplateFunction.Failure) -> [UInt8] {
        var end = position + 1
        while end < bytes.count, bytes[end] != UInt8(ascii: "\"") {
            guard bytes[end] != UInt8(ascii: "\n") else { throw .init("unterminated quoted string") }
            end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard end < bytes.count else { throw .init("unterminated quoted string") }
        defer { position = end + 1 }
        return try GoQuote.unquote(bytes[(position + 1)..<end])
    }

    private mutating func character() throws(TemplateFunction.Failure) -> Unicode.Scalar {
        var end = position + 1
        while end < bytes.count, bytes[end] != UInt8(ascii: "'") {
            end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard end < bytes.count else { throw .init("unterminated character constant") }
        let content = String(decoding: try GoQuote.unquote(bytes[(position + 1)..<end]), as: UTF8.self)
        guard content.unicodeScalars.count == 1, let scalar = content.unicodeScalars.first else {
            throw .init("malformed character constant: '\(content)'")
        }
        position = end + 1
        return scalar
    }
}
