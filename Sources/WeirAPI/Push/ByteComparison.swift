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
