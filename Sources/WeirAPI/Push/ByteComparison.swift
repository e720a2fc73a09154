/// Comparisons of bytes with texts known to the program.
extension UnsafeRawBufferPointer {
    /// Whether the bytes are `text`, whatever the case of ASCII letters; `text` is in lower case.
    @inline(__always)
    func folds(to text: StaticString) -> Bool {
        count == text.utf8CodeUnitCount && starts(folding: text)
    }

    /// Whether the bytes start with `text`, whatever the case of ASCII letters; `text` is in lower case.
    @inline(__always)
    func starts(folding text: StaticString) -> Bool {
        guard count >= text.utf8CodeUnitCount else { return false }
        for index in 0..<text.utf8CodeUnitCount {
            let byte = self[index]
            let lower = byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
            guard lower == text.utf8Start[index] else { return false }
        }
        return true
    }

    /// Whether the bytes are `text`.
    @inline(__always)
    func equals(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        for index in 0..<count where self[index] != text.utf8Start[index] { return false }
        return true
    }

    /// The bytes without white space at both ends.
    @inline(__always)
    var trimmed: UnsafeRawBufferPointer {
        var start = 0
        var end = count
        while start < end, self[start] <= 0x20 { start += 1 }
        while end > start, self[end - 1] <= 0x20 { end -= 1 }
        return UnsafeRawBufferPointer(rebasing: self[start..<end])
    }
}

/// Searches for one byte.
enum SubstringScan {
    /// Whether `byte` is among the bytes; eight bytes at a step.
    static func contains(_ bytes: UnsafeRawBufferPointer, _ byte: UInt8) -> Bool {
        var position = 0
        let pattern = UInt64(byte) &* 0x0101_0101_0101_0101
        while position + 8 <= bytes.count {
            let difference = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self) ^ pattern
            if (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080 != 0 { return true }
            position += 8
        }
        while position < bytes.count {
            if bytes[position] == byte { return true }
            position += 1
        }
        return false
    }
}
