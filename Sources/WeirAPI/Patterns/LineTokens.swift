internal import WeirBytes

/// Takes a line apart into words and what stands between them, and says which words surely vary.
///
/// A word is a run of letters, digits, `_`, `-` and `.`; every other byte is a token of its own. Words with a digit are
/// taken for values, as drain does, so that numbers, addresses and identifiers need not be seen twice to be known as
/// such.
struct LineTokens {
    /// A token: where it stands, and a hash of its bytes: 0 for a value, up to 256 for a byte between words, else a word.
    struct Token {
        var start: Int32
        var end: Int32
        var hash: UInt64
    }

    /// The tokens of the line read last.
    private(set) var tokens: [Token] = []
    /// Whether the line went on after its last token.
    private(set) var isCut = false

    /// Hashes up to this one are bytes between words.
    static let separatorMax: UInt64 = 256

    /// Longer lines are told apart by their beginnings.
    static let tokensMax = 128

    /// Reads a line.
    mutating func read(_ line: UnsafeRawBufferPointer) {
        tokens.removeAll(keepingCapacity: true)
        isCut = false
        var position = 0
        while position < line.count {
            guard tokens.count < Self.tokensMax else {
                isCut = true
                return
            }
            let start = position
            var hasDigit = false
            while position < line.count, let kind = Self.kind(line[position]) {
                hasDigit = hasDigit || kind == .digit
                position += 1
            }
            var hash: UInt64 = 0
            if position == start {
                hash = UInt64(line[start]) + 1
                position += 1
            } else if !hasDigit {
                hash = ByteHash.hash(UnsafeRawBufferPointer(rebasing: line[start..<position])) | 1 << 63
            }
            tokens.append(
                Token(
                    start: Int32(truncatingIfNeeded: start), end: Int32(truncatingIfNeeded: position), hash: hash))
        }
    }

    private enum Kind { case digit, letter }

    /// What a byte is in a word; nil for one that ends it. Bytes of other scripts are letters.
    private static func kind(_ byte: UInt8) -> Kind? {
        if byte &- UInt8(ascii: "0") < 10 { return .digit }
        if (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte >= 0x80 { return .letter }
        switch byte {
        case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."): return .letter
        default: return nil
        }
    }
}
