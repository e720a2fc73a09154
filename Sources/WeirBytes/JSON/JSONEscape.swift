/// The inside of JSON strings as Go's encoder writes it.
///
/// Quotes, backslashes, control characters, `<`, `>`, `&`, U+2028 and U+2029 are escaped; broken UTF-8 becomes `\ufffd`
/// byte by byte.
enum JSONEscape {
    static func append(_ text: UnsafeRawBufferPointer, to target: inout [UInt8]) {
        var runStart = 0
        var position = 0
        let count = text.count
        while position < count {
            if position + 8 <= count, isPlainWord(text.loadUnaligned(fromByteOffset: position, as: UInt64.self)) {
                position += 8
                continue
            }
            let byte = text[position]
            if byte < 0x80, !needsEscape(byte) {
                position += 1
                continue
            }
            let length = byte < 0x80 ? 1 : scalarLength(text, at: position)
            if byte >= 0x80, length > 0, !isLineSeparator(text, at: position, length: length) {
                position += length
                continue
            }
            target.append(contentsOf: text[runStart..<position])
            appendEscape(text, at: position, length: length, to: &target)
            position += max(length, 1)
            runStart = position
        }
        target.append(contentsOf: text[runStart..<count])
    }

    /// Whether all eight bytes are ASCII that needs no escape.
    @inline(__always)
    private static func isPlainWord(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        // A byte below 0x20 borrows into its high bit; bytes above 0x7f have theirs set already.
        var hits = word | (word &- 0x20 &* ones)
        hits |= (word ^ (UInt64(UInt8(ascii: "\"")) &* ones)) &- ones
        hits |= (word ^ (UInt64(UInt8(ascii: "\\")) &* ones)) &- ones
        hits |= (word ^ (UInt64(UInt8(ascii: "<")) &* ones)) &- ones
        hits |= (word ^ (UInt64(UInt8(ascii: ">")) &* ones)) &- ones
        hits |= (word ^ (UInt64(UInt8(ascii: "&")) &* ones)) &- ones
        return hits & highs == 0
    }

    @inline(__always)
    private static func needsEscape(_ byte: UInt8) -> Bool {
        switch byte {
        case 0..<0x20, UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"):
            true
        default: false
        }
    }

    private static func appendEscape(
        _ text: UnsafeRawBufferPointer, at position: Int, length: Int, to target: inout [UInt8]
    ) {
        let byte = text[position]
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): appendPair(byte, to: &target)
        case 0x0a: appendPair(UInt8(ascii: "n"), to: &target)
        case 0x0d: appendPair(UInt8(ascii: "r"), to: &target)
        case 0x09: appendPair(UInt8(ascii: "t"), to: &target)
        case 0..<0x80:
            target.append(contentsOf: "\\u00".utf8)
            target.append(hexadecimal(byte >> 4))
            target.append(hexadecimal(byte & 15))
        default:
            if length == 0 {
                target.append(contentsOf: "\\ufffd".utf8)
            } else {
                target.append(contentsOf: "\\u202".utf8)
                target.append(hexadecimal(text[position + 2] & 15))
            }
        }
    }

    /// Two single appends: an array literal here would be allocated for every quote in every line.
    private static func appendPair(_ second: UInt8, to target: inout [UInt8]) {
        target.append(UInt8(ascii: "\\"))
        target.append(second)
    }

    private static func hexadecimal(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
    }

    /// U+2028 and U+2029, which break JavaScript: E2 80 A8 and E2 80 A9.
    @inline(__always)
    private static func isLineSeparator(_ text: UnsafeRawBufferPointer, at position: Int, length: Int) -> Bool {
        length == 3 && text[position] == 0xe2 && text[position + 1] == 0x80 && text[position + 2] & 0xfe == 0xa8
    }

    /// The length of the UTF-8 sequence at `position`, 2 to 4; 0 when it is none.
    private static func scalarLength(_ text: UnsafeRawBufferPointer, at position: Int) -> Int {
        let first = text[position]
        let (length, lowest, highest): (Int, UInt8, UInt8)
        switch first {
        case 0xc2...0xdf: (length, lowest, highest) = (2, 0x80, 0xbf)
        case 0xe0: (length, lowest, highest) = (3, 0xa0, 0xbf)
        case 0xed: (length, lowest, highest) = (3, 0x80, 0x9f)
        case 0xe1...0xef: (length, lowest, highest) = (3, 0x80, 0xbf)
        case 0xf0: (length, lowest, highest) = (4, 0x90, 0xbf)
        case 0xf1...0xf3: (length, lowest, highest) = (4, 0x80, 0xbf)
        case 0xf4: (length, lowest, highest) = (4, 0x80, 0x8f)
        default: return 0
        }
        guard position + length <= text.count else { return 0 }
        guard text[position + 1] >= lowest, text[position + 1] <= highest else { return 0 }
        for index in 2..<max(length, 2) where text[position + index] & 0xc0 != 0x80 { return 0 }
        return length
    }
}
