import WeirBytes

/// Walks over JSON the way Loki's parser does: it looks for ends instead of checking grammar.
///
/// ``JSONScanner`` refuses what is not JSON; here `{"a":1.2.3,}` is fine, because answers must not depend on it.
struct JSONCursor {
    private let base: UnsafeRawPointer?
    private let count: Int
    /// Where the next token starts, or white space before it.
    private(set) var offset = 0

    /// A string as it stands in the line, without its quotes.
    struct Text {
        let raw: UnsafeRawBufferPointer
        /// Whether it differs from the characters it stands for.
        let hasEscape: Bool

        /// The characters: in place, or in `arena` where escapes had to be undone. Empty when an escape is invalid.
        @inline(__always)
        func plain(in arena: inout ByteArena) -> UnsafeRawBufferPointer {
            hasEscape ? arena.unescaped(raw) ?? UnsafeRawBufferPointer(start: nil, count: 0) : raw
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
        base = bytes.baseAddress
        count = bytes.count
    }

    // `base` is nil only when `count` is 0, and every read is behind a comparison with `count`.
    @inline(__always) private func byte(_ position: Int) -> UInt8 {
        base!.load(fromByteOffset: position, as: UInt8.self)
    }

    /// The first byte of the next token, left unread.
    @inline(__always)
    mutating func next() -> UInt8? {
        while offset < count {
            let byte = byte(offset)
            guard byte <= 0x20, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else { return byte }
            offset += 1
        }
        return nil
    }

    /// Moves over the byte that ``next()`` gave.
    @inline(__always) mutating func skip() { offset += 1 }

    /// Reads the next token if it is `byte`.
    @inline(__always)
    mutating func take(_ byte: UInt8) -> Bool {
        guard next() == byte else { return false }
        offset += 1
        return true
    }

    /// The bytes from `start` to the end of the last token.
    func bytes(from start: Int) -> UnsafeRawBufferPointer { slice(start, offset) }

    @inline(__always)
    private func slice(_ start: Int, _ end: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base.map { $0 + start }, count: end - start)
    }

    /// Reads a string; nil when it has no end.
    @inline(__always)
    mutating func string() -> Text? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        let start = offset
        guard let end = endOfPlainText(from: start) else { return nil }
        if byte(end) == UInt8(ascii: "\"") {
            offset = end + 1
            return Text(raw: slice(start, end), hasEscape: false)
        }
        return escapedString(from: start, escapeAt: end)
    }

    private mutating func escapedString(from start: Int, escapeAt escape: Int) -> Text? {
        var position = escape
        while position < count, byte(position) != UInt8(ascii: "\"") {
            guard let end = endOfPlainText(from: position + 2) else { return nil }
            position = end
        }
        guard position < count else { return nil }
        offset = position + 1
        return Text(raw: slice(start, position), hasEscape: true)
    }

    /// Where the next quote or backslash stands, looking at eight bytes a step.
    @inline(__always)
    private func endOfPlainText(from start: Int) -> Int? {
        var position = start
        while position + 8 <= count {
            let word = UInt64(littleEndian: base!.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            let hits = JSONCursor.marks(word, 0x2222_2222_2222_2222) | JSONCursor.marks(word, 0x5c5c_5c5c_5c5c_5c5c)
            if hits != 0 { return position + hits.trailingZeroBitCount >> 3 }
            position += 8
        }
        while position < count {
            let byte = byte(position)
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return position }
            position += 1
        }
        return nil
    }

    /// The high bit of each byte of `word` that equals that of `pattern`; only the lowest mark is sure.
    @inline(__always)
    private static func marks(_ word: UInt64, _ pattern: UInt64) -> UInt64 {
        let difference = word ^ pattern
        return (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080
    }

    /// Moves over a string or number; false, without a move, at anything else.
    @inline(__always)
    mutating func skipText() -> Bool {
        guard let first = next() else { return false }
        if first == UInt8(ascii: "\"") {
            let start = offset
            if string() != nil { return true }
            offset = start
            return false
        }
        guard first &- 0x30 < 10 || first == UInt8(ascii: "-") else { return false }
        skipWord()
        return true
    }

    /// Reads anything but an object; nil when it is broken.
    mutating func value() -> Value? {
        guard let first = next() else { return nil }
        switch first {
        case UInt8(ascii: "\""): return string().map { .string($0) }
        case UInt8(ascii: "["): return skipBlock() ? .skipped : nil
        default:
            let start = offset
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
        while offset < count {
            let byte = byte(offset)
            if byte == UInt8(ascii: "\"") {
                guard string() != nil else { return false }
                continue
            }
            offset += 1
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
        default: offset >= count ? JSONFault.value : JSONFault.type
        }
    }

    /// Moves to the end of a number or word.
    private mutating func skipWord() {
        while offset < count {
            switch byte(offset) {
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"), UInt8(ascii: ","),
                UInt8(ascii: "}"), UInt8(ascii: "]"):
                return
            default: offset += 1
            }
        }
    }
}
