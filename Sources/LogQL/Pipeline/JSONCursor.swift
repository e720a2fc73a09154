import WeirBytes

/// Walks over JSON the way Loki's parser does: it looks for ends instead of checking grammar.
///
/// ``JSONScanner`` refuses what is not JSON; here `{"a":1.2.3,}` is fine, because answers must not depend on it.
struct JSONCursor {
    private var scanner: JSONScanner

    /// A string as it stands in the line.
    struct Text {
        let scanner: JSONScanner
        let text: JSONScanner.Text

        /// Whether it differs from the characters it stands for.
        var hasEscape: Bool { text.hasEscape }

        /// The characters: in place, or in `arena` where escapes had to be undone. Empty when an escape is invalid.
        func plain(in arena: inout ByteArena) -> UnsafeRawBufferPointer {
            guard text.hasEscape else { return UnsafeRawBufferPointer(rebasing: scanner.bytes[text.range]) }
            var plain: [UInt8] = []
            plain.reserveCapacity(text.range.count)
            do { try scanner.unescape(text, into: &plain) } catch { plain.removeAll() }
            return plain.withUnsafeBytes { arena.copy($0) }
        }
    }

    /// A value of a member.
    enum Value {
        case string(Text)
        /// A number or boolean as it stands.
        case plain(UnsafeRawBufferPointer)
        /// An array or null.
        case skipped
    }

    init(_ bytes: UnsafeRawBufferPointer) {
        scanner = JSONScanner(bytes)
    }

    /// The first byte of the next token, left unread.
    mutating func next() -> UInt8? { scanner.peek() }

    /// Moves over the byte that ``next()`` gave.
    mutating func skip() { scanner.offset += 1 }

    /// Reads the next token if it is `byte`.
    mutating func take(_ byte: UInt8) -> Bool { scanner.take(byte) }

    /// Where the next token starts.
    var offset: Int { scanner.offset }

    /// The bytes from `start` to the end of the last token.
    func bytes(from start: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: scanner.bytes[start..<scanner.offset])
    }

    /// Reads a string; nil when it has no end.
    mutating func string() -> Text? {
        guard let text = try? scanner.string() else { return nil }
        return Text(scanner: scanner, text: text)
    }

    /// Reads anything but an object; nil when it is broken.
    mutating func value() -> Value? {
        guard let first = next() else { return nil }
        switch first {
        case UInt8(ascii: "\""): return string().map { .string($0) }
        case UInt8(ascii: "["): return skipBlock() ? .skipped : nil
        default:
            let start = scanner.offset
            skipWord()
            let word = bytes(from: start)
            switch first {
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .plain(word)
            case UInt8(ascii: "t"): return word.elementsEqual("true".utf8) ? .plain(word) : nil
            case UInt8(ascii: "f"): return word.elementsEqual("false".utf8) ? .plain(word) : nil
            case UInt8(ascii: "n"): return word.elementsEqual("null".utf8) ? .skipped : nil
            default: return nil
            }
        }
    }

    /// Moves over an array or object by counting its brackets; false when it has no end.
    mutating func skipBlock() -> Bool {
        guard let open = next() else { return false }
        let close: UInt8 = open == UInt8(ascii: "{") ? UInt8(ascii: "}") : UInt8(ascii: "]")
        var depth = 0
        while scanner.offset < scanner.bytes.count {
            let byte = scanner.bytes[scanner.offset]
            if byte == UInt8(ascii: "\"") {
                guard string() != nil else { return false }
                continue
            }
            scanner.offset += 1
            if byte == open { depth += 1 }
            if byte == close {
                depth -= 1
                if depth == 0 { return true }
            }
        }
        return false
    }

    /// What is wrong with the value at which ``value()`` failed.
    func valueFault(startingWith first: UInt8) -> String {
        switch first {
        case UInt8(ascii: "\""): JSONFault.string
        case UInt8(ascii: "["): JSONFault.array
        default: scanner.offset >= scanner.bytes.count ? JSONFault.value : JSONFault.type
        }
    }

    /// Moves to the end of a number or word.
    private mutating func skipWord() {
        while scanner.offset < scanner.bytes.count {
            switch scanner.bytes[scanner.offset] {
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"), UInt8(ascii: ","),
                UInt8(ascii: "}"), UInt8(ascii: "]"):
                return
            default: scanner.offset += 1
            }
        }
    }
}
