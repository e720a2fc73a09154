/// Reads JSON in place: the caller pulls value after value, and gets ranges of the bytes instead of copies.
///
/// It never allocates (except ``unescape(_:into:)``, which appends) and never traps on any input. It accepts a little
/// more than the grammar: control characters and broken UTF-8 inside strings are left to the caller, because log lines
/// hold both. `bytes` must outlive the scanner.
public struct JSONScanner {
    /// A string's place, without its quotes.
    public struct Text: Sendable, Hashable {
        /// Where the characters lie.
        public var range: Range<Int>
        /// Whether a backslash is among them; if not, the range is the text as it is.
        public var hasEscape: Bool

        /// Creates a place.
        @inlinable public init(range: Range<Int>, hasEscape: Bool) {
            self.range = range
            self.hasEscape = hasEscape
        }
    }

    /// The bytes that offsets refer to.
    public let bytes: UnsafeRawBufferPointer
    /// Where the next token starts, or white space before it.
    public var offset: Int

    /// Creates a scanner that starts at `offset`.
    @inlinable public init(_ bytes: UnsafeRawBufferPointer, from offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
    }

    /// Moves over white space.
    @inline(__always)
    public mutating func skipSpace() {
        while offset < bytes.count {
            let byte = bytes[offset]
            guard byte <= 0x20, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else { return }
            offset += 1
        }
    }

    /// The first byte of the next token, left unread; nil at the end.
    @inline(__always)
    public mutating func peek() -> UInt8? {
        skipSpace()
        return offset < bytes.count ? bytes[offset] : nil
    }

    /// Reads the next token if it is `byte`, and tells whether it was.
    @inline(__always)
    public mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        offset += 1
        return true
    }

    /// Reads `byte`, or fails.
    @inline(__always)
    public mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard take(byte) else {
            throw JSONError(offset < bytes.count ? .unexpectedByte : .truncated, at: offset)
        }
    }

    /// Reads a string.
    @inline(__always)
    public mutating func string() throws(JSONError) -> Text {
        try expect(UInt8(ascii: "\""))
        return try stringTail()
    }

    /// Reads a number by JSON's grammar and returns where it lies.
    public mutating func number() throws(JSONError) -> Range<Int> {
        skipSpace()
        let start = offset
        if offset < bytes.count, bytes[offset] == UInt8(ascii: "-") { offset += 1 }
        let whole = digits()
        guard whole > 0 else { throw JSONError(offset < bytes.count ? .invalidNumber : .truncated, at: offset) }
        if whole > 1, bytes[offset - whole] == UInt8(ascii: "0") { throw JSONError(.invalidNumber, at: start) }
        if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
            offset += 1
            guard digits() > 0 else { throw JSONError(.invalidNumber, at: offset) }
        }
        if offset < bytes.count, bytes[offset] | 0x20 == UInt8(ascii: "e") {
            offset += 1
            if offset < bytes.count, bytes[offset] == UInt8(ascii: "+") || bytes[offset] == UInt8(ascii: "-") {
                offset += 1
            }
            guard digits() > 0 else { throw JSONError(.invalidNumber, at: offset) }
        }
        return start..<offset
    }

    /// Reads `true`, `false` or `null`, whichever `word` is.
    public mutating func literal(_ word: StaticString) throws(JSONError) {
        skipSpace()
        let length = word.utf8CodeUnitCount
        for index in 0..<length {
            guard offset + index < bytes.count else { throw JSONError(.truncated, at: bytes.count) }
            guard bytes[offset + index] == word.utf8Start[index] else {
                throw JSONError(.unexpectedByte, at: offset + index)
            }
        }
        offset += length
    }

    /// Moves over any value, checking its grammar, and returns where it lies.
    ///
    /// - Parameter depthMax: how many arrays and objects may lie inside each other.
    @discardableResult
    public mutating func skipValue(depthMax: Int = 128) throws(JSONError) -> Range<Int> {
        guard let first = peek() else { throw JSONError(.truncated, at: offset) }
        let start = offset
        switch first {
        case UInt8(ascii: "\""):
            _ = try string()
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard depthMax > 0 else { throw JSONError(.tooDeep, at: offset) }
            try skipContainer(isObject: first == UInt8(ascii: "{"), depthMax: depthMax - 1)
        case UInt8(ascii: "t"): try literal("true")
        case UInt8(ascii: "f"): try literal("false")
        case UInt8(ascii: "n"): try literal("null")
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): _ = try number()
        default: throw JSONError(.unexpectedByte, at: offset)
        }
        return start..<offset
    }

    /// Whether nothing but white space is left.
    public mutating func isAtEnd() -> Bool {
        peek() == nil
    }

    private mutating func digits() -> Int {
        let start = offset
        while offset < bytes.count, bytes[offset] &- UInt8(ascii: "0") < 10 { offset += 1 }
        return offset - start
    }

    private mutating func skipContainer(isObject: Bool, depthMax: Int) throws(JSONError) {
        let close = isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
        offset += 1
        if take(close) { return }
        while true {
            if isObject {
                _ = try string()
                try expect(UInt8(ascii: ":"))
            }
            try skipValue(depthMax: depthMax)
            if take(UInt8(ascii: ",")) { continue }
            return try expect(close)
        }
    }

    /// Reads up to the closing quote, eight bytes at a step: lines are long and quotes in them rare.
    private mutating func stringTail() throws(JSONError) -> Text {
        let start = offset
        var position = offset
        let count = bytes.count
        var hasEscape = false
        while true {
            while position + 8 <= count {
                let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
                let hits = JSONScanner.marks(word, UInt8(ascii: "\"")) | JSONScanner.marks(word, UInt8(ascii: "\\"))
                if hits != 0 {
                    position += hits.trailingZeroBitCount >> 3
                    break
                }
                position += 8
            }
            while position < count, bytes[position] != UInt8(ascii: "\""), bytes[position] != UInt8(ascii: "\\") {
                position += 1
            }
            guard position < count else { throw JSONError(.truncated, at: count) }
            if bytes[position] == UInt8(ascii: "\"") {
                offset = position + 1
                return Text(range: start..<position, hasEscape: hasEscape)
            }
            hasEscape = true
            position += 2
            guard position <= count else { throw JSONError(.truncated, at: count) }
        }
    }

    /// The high bit of every byte of `word` that equals `byte`; bits above the lowest one may be wrong, which is enough
    /// to find the first.
    @inline(__always)
    static func marks(_ word: UInt64, _ byte: UInt8) -> UInt64 {
        let difference = word ^ (UInt64(byte) &* 0x0101_0101_0101_0101)
        return (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080
    }
}
