extension JSONScanner {
    /// Appends the characters that a string stands for, as UTF-8.
    ///
    /// A surrogate without its other half becomes U+FFFD, as in Go. The result is never longer than the range.
    ///
    /// - Throws: ``JSONError`` at a backslash that no escape follows; `target` then holds what came before it.
    public func unescape(_ text: Text, into target: inout [UInt8]) throws(JSONError) {
        var position = text.range.lowerBound
        let end = text.range.upperBound
        precondition(position >= 0 && end <= bytes.count)
        while position < end {
            let run = plainRun(from: position, to: end)
            target.append(contentsOf: bytes[position..<run])
            position = run
            guard position < end else { return }
            guard position + 1 < end else { throw JSONError(.invalidEscape, at: position) }
            if bytes[position + 1] == UInt8(ascii: "u") {
                position = try unescapeUnicode(at: position, end: end, into: &target)
                continue
            }
            guard let plain = JSONScanner.plainByte(escapedBy: bytes[position + 1]) else {
                throw JSONError(.invalidEscape, at: position)
            }
            target.append(plain)
            position += 2
        }
    }

    /// The text of a string, for keys, labels and messages; broken UTF-8 is repaired.
    public func decoded(_ text: Text) throws(JSONError) -> String {
        guard text.hasEscape else {
            return String(decoding: UnsafeRawBufferPointer(rebasing: bytes[text.range]), as: UTF8.self)
        }
        var plain: [UInt8] = []
        plain.reserveCapacity(text.range.count)
        try unescape(text, into: &plain)
        return String(decoding: plain, as: UTF8.self)
    }

    /// Where the next backslash is, or `end`.
    private func plainRun(from start: Int, to end: Int) -> Int {
        var position = start
        while position + 8 <= end {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            let hits = JSONScanner.marks(word, UInt8(ascii: "\\"))
            if hits != 0 { return position + hits.trailingZeroBitCount >> 3 }
            position += 8
        }
        while position < end, bytes[position] != UInt8(ascii: "\\") { position += 1 }
        return position
    }

    private static func plainByte(escapedBy byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "n"): 0x0a
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "r"): 0x0d
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0c
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): byte
        default: nil
        }
    }

    /// Reads `\uXXXX`, and the second half of a surrogate pair; returns the position behind.
    private func unescapeUnicode(at start: Int, end: Int, into target: inout [UInt8]) throws(JSONError) -> Int {
        guard let first = hexadecimal(at: start + 2, end: end) else { throw JSONError(.invalidEscape, at: start) }
        let next = start + 6
        if let scalar = Unicode.Scalar(first) {
            target.append(contentsOf: UTF8.encode(scalar)!)
            return next
        }
        let isPair =
            first < 0xdc00 && next + 1 < end && bytes[next] == UInt8(ascii: "\\")
            && bytes[next + 1] == UInt8(ascii: "u")
        if isPair, let second = hexadecimal(at: next + 2, end: end), second & 0xfc00 == 0xdc00 {
            let value = 0x1_0000 + (first & 0x3ff) << 10 + second & 0x3ff
            // Both halves were masked to ten bits, so the value is a scalar above the surrogates.
            target.append(contentsOf: UTF8.encode(Unicode.Scalar(value)!)!)
            return next + 6
        }
        target.append(contentsOf: [0xef, 0xbf, 0xbd])
        return next
    }

    private func hexadecimal(at start: Int, end: Int) -> UInt32? {
        guard start + 4 <= end else { return nil }
        var value: UInt32 = 0
        for position in start..<start + 4 {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(byte - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt32(byte - UInt8(ascii: "A") + 10)
            default: return nil
            }
        }
        return value
    }
}
