extension JSONScanner {
    /// Appends the characters that a string stands for, as UTF-8.
    ///
    /// A surrogate without its other half becomes U+FFFD, as in Go. The result is never longer than the range.
    ///
    /// - Throws: ``JSONError`` at a backslash that no escape follows; `target` then holds what came before it.
    public func unescape(_ text: Text, into target: inout [UInt8]) throws(JSONError) {
        precondition(text.range.lowerBound >= 0 && text.range.upperBound <= bytes.count)
        let start = target.count
        // The escaped text is appended to make room, and overwritten with what it stands for.
        target.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[text.range]))
        var written = 0
        var faultOffset: Int?
        target.withUnsafeMutableBytes { buffer in
            let room = UnsafeMutableRawBufferPointer(rebasing: buffer[start...])
            faultOffset = unescape(text.range, into: room, written: &written)
        }
        target.removeLast(target.count - start - written)
        if let faultOffset { throw JSONError(.invalidEscape, at: faultOffset) }
    }

    /// Writes to `room`, which is as long as the range. Eight bytes are copied at a step, those behind a backslash too;
    /// they are overwritten by the next step, and `room` always has space for them because no escape is shorter than
    /// what it stands for.
    private func unescape(
        _ range: Range<Int>, into room: UnsafeMutableRawBufferPointer, written: inout Int
    ) -> Int? {
        var position = range.lowerBound
        let end = range.upperBound
        while position < end {
            if position + 8 <= end {
                let word = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
                room.storeBytes(of: word, toByteOffset: written, as: UInt64.self)
                let hits = JSONScanner.marks(UInt64(littleEndian: word), UInt8(ascii: "\\"))
                let plain = hits == 0 ? 8 : hits.trailingZeroBitCount >> 3
                position += plain
                written += plain
                if hits == 0 { continue }
            } else if bytes[position] != UInt8(ascii: "\\") {
                room[written] = bytes[position]
                position += 1
                written += 1
                continue
            }
            guard position + 1 < end else { return position }
            if bytes[position + 1] == UInt8(ascii: "u") {
                guard let next = unescapeUnicode(at: position, end: end, into: room, &written) else { return position }
                position = next
            } else {
                guard let plain = JSONScanner.plainByte(escapedBy: bytes[position + 1]) else { return position }
                room[written] = plain
                position += 2
                written += 1
            }
        }
        return nil
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

    @inline(__always)
    private static func plainByte(escapedBy byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): byte
        case UInt8(ascii: "n"): 0x0a
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "r"): 0x0d
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0c
        default: nil
        }
    }

    /// Reads `\uXXXX`, and the second half of a surrogate pair; returns the position behind, nil when it is none.
    private func unescapeUnicode(
        at start: Int, end: Int, into room: UnsafeMutableRawBufferPointer, _ written: inout Int
    ) -> Int? {
        guard let first = hexadecimal(at: start + 2, end: end) else { return nil }
        let next = start + 6
        if let scalar = Unicode.Scalar(first) {
            JSONScanner.write(scalar, to: room, &written)
            return next
        }
        let isPair =
            first < 0xdc00 && next + 1 < end && bytes[next] == UInt8(ascii: "\\")
            && bytes[next + 1] == UInt8(ascii: "u")
        if isPair, let second = hexadecimal(at: next + 2, end: end), second & 0xfc00 == 0xdc00 {
            // Both halves are masked to ten bits, so the value is a scalar above the surrogates.
            JSONScanner.write(
                Unicode.Scalar(0x1_0000 + (first & 0x3ff) << 10 + second & 0x3ff) ?? "\u{fffd}", to: room, &written)
            return next + 6
        }
        JSONScanner.write("\u{fffd}", to: room, &written)
        return next
    }

    private static func write(
        _ scalar: Unicode.Scalar, to room: UnsafeMutableRawBufferPointer, _ written: inout Int
    ) {
        for byte in UTF8.encode(scalar)! {
            room[written] = byte
            written += 1
        }
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
