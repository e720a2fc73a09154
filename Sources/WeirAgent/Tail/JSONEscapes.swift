/// The inside of JSON strings as bytes: where something special stands, and what the escapes mean.
package enum JSONEscapes {
    /// The position of the next quote or backslash at or behind `start`; the end of the bytes when there is none.
    @inline(__always)
    package static func special(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var position = start
        let count = bytes.count
        while position + 8 <= count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            let hits = zeros(word ^ 0x2222_2222_2222_2222) | zeros(word ^ 0x5c5c_5c5c_5c5c_5c5c)
            if hits != 0 { return position + hits.trailingZeroBitCount >> 3 }
            position += 8
        }
        while position < count, bytes[position] != UInt8(ascii: "\""), bytes[position] != UInt8(ascii: "\\") {
            position += 1
        }
        return position
    }

    /// Writes what the characters in `range` stand for to `target`, which has room for `range.count` bytes.
    ///
    /// Half a surrogate pair becomes U+FFFD; a backslash that begins no escape stays as it is. Never writes more bytes
    /// than it reads.
    ///
    /// - Returns: the number of bytes written.
    package static func unescape(
        _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, to target: UnsafeMutableRawPointer
    ) -> Int {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        let end = range.upperBound
        var position = range.lowerBound
        var written = 0
        while position < end {
            // Escapes stand close together in JSON inside of JSON, so runs are copied by words and not by calls. A
            // word fits: never more was written than read, and eight bytes are still to be read.
            if position + 8 <= end {
                let word = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
                target.storeBytes(of: word, toByteOffset: written, as: UInt64.self)
                let hits = zeros(UInt64(littleEndian: word) ^ 0x5c5c_5c5c_5c5c_5c5c)
                let run = hits == 0 ? 8 : hits.trailingZeroBitCount >> 3
                written += run
                position += run
                if hits == 0 { continue }
            } else if bytes[position] != UInt8(ascii: "\\") {
                target.storeBytes(of: bytes[position], toByteOffset: written, as: UInt8.self)
                written += 1
                position += 1
                continue
            }
            // By far the most common escape.
            if position + 1 < end, bytes[position + 1] == UInt8(ascii: "\"") {
                target.storeBytes(of: UInt8(ascii: "\""), toByteOffset: written, as: UInt8.self)
                written += 1
                position += 2
                continue
            }
            let escape = scalar(bytes, at: position, end: end)
            written += store(escape.value, target.advanced(by: written))
            position += escape.length
        }
        return written
    }

    /// How many bytes ``unescape(_:_:to:)`` would write.
    package static func decodedCount(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int {
        var position = range.lowerBound
        var count = 0
        while position < range.upperBound {
            let stop = min(range.upperBound, backslash(bytes, from: position, to: range.upperBound))
            count += stop - position
            position = stop
            guard position < range.upperBound else { break }
            let escape = scalar(bytes, at: position, end: range.upperBound)
            count += escape.value < 0x80 ? 1 : escape.value < 0x800 ? 2 : escape.value < 0x1_0000 ? 3 : 4
            position += escape.length
        }
        return count
    }

    @inline(__always)
    private static func zeros(_ word: UInt64) -> UInt64 {
        (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
    }

    private static func backslash(_ bytes: UnsafeRawBufferPointer, from start: Int, to end: Int) -> Int {
        var position = start
        while position + 8 <= end {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            let hits = zeros(word ^ 0x5c5c_5c5c_5c5c_5c5c)
            if hits != 0 { return position + hits.trailingZeroBitCount >> 3 }
            position += 8
        }
        while position < end, bytes[position] != UInt8(ascii: "\\") { position += 1 }
        return position
    }

    /// The scalar that the escape at `start` stands for, and the length of the escape.
    private static func scalar(
        _ bytes: UnsafeRawBufferPointer, at start: Int, end: Int
    ) -> (value: UInt32, length: Int) {
        let itself = (value: UInt32(UInt8(ascii: "\\")), length: 1)
        guard start + 1 < end else { return itself }
        switch bytes[start + 1] {
        case UInt8(ascii: "n"): return (0x0a, 2)
        case UInt8(ascii: "t"): return (0x09, 2)
        case UInt8(ascii: "r"): return (0x0d, 2)
        case UInt8(ascii: "b"): return (0x08, 2)
        case UInt8(ascii: "f"): return (0x0c, 2)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return (UInt32(bytes[start + 1]), 2)
        case UInt8(ascii: "u"): break
        default: return itself
        }
        guard let first = hexadecimal(bytes, at: start + 2, end: end) else { return itself }
        guard first & 0xf800 == 0xd800 else { return (first, 6) }
        let next = start + 6
        guard first < 0xdc00, next + 1 < end, bytes[next] == UInt8(ascii: "\\"),
            bytes[next + 1] == UInt8(ascii: "u"), let second = hexadecimal(bytes, at: next + 2, end: end),
            second & 0xfc00 == 0xdc00
        else { return (0xfffd, 6) }
        return (0x1_0000 + (first & 0x3ff) << 10 + (second & 0x3ff), 12)
    }

    private static func hexadecimal(_ bytes: UnsafeRawBufferPointer, at start: Int, end: Int) -> UInt32? {
        guard start + 4 <= end else { return nil }
        var value: UInt32 = 0
        for position in start..<start + 4 {
            let byte = bytes[position]
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    /// Writes a scalar as UTF-8; an escape of six characters makes at most three bytes, a pair of twelve makes four.
    @inline(__always)
    private static func store(_ value: UInt32, _ target: UnsafeMutableRawPointer) -> Int {
        func put(_ byte: UInt32, _ index: Int) {
            target.storeBytes(of: UInt8(truncatingIfNeeded: byte), toByteOffset: index, as: UInt8.self)
        }
        switch value {
        case 0..<0x80:
            put(value, 0)
            return 1
        case 0x80..<0x800:
            put(0xc0 | value >> 6, 0)
            put(0x80 | value & 0x3f, 1)
            return 2
        case 0x800..<0x1_0000:
            put(0xe0 | value >> 12, 0)
            put(0x80 | value >> 6 & 0x3f, 1)
            put(0x80 | value & 0x3f, 2)
            return 3
        default:
            put(0xf0 | value >> 18, 0)
            put(0x80 | value >> 12 & 0x3f, 1)
            put(0x80 | value >> 6 & 0x3f, 2)
            put(0x80 | value & 0x3f, 3)
            return 4
        }
    }
}
