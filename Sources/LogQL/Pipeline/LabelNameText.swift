/// Turns keys of log lines into label names.
enum LabelNameText {
    /// Whether `key` is a label name as it stands.
    static func isValid(_ key: UnsafeRawBufferPointer) -> Bool {
        guard let first = key.first, !isDigit(first) else { return false }
        return key.allSatisfy(isNameByte)
    }

    /// The label name for a key below a prefix: joined by `_`, other characters than letters, digits and `_` replaced
    /// by `_`, surrounding spaces cut, `_` before a leading digit. Nil for an empty key.
    ///
    /// The bytes lie in `arena` or are those of `key`.
    static func make(
        prefix: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer, arena: inout ByteArena
    ) -> UnsafeRawBufferPointer? {
        if prefix.isEmpty && isValid(key) { return key }
        let trimmed = trim(key)
        guard !trimmed.isEmpty else { return nil }
        let room = arena.allocate(prefix.count + 1 + trimmed.count)
        var length = 0
        if prefix.isEmpty {
            if isDigit(trimmed[0]) {
                room[0] = UInt8(ascii: "_")
                length = 1
            }
        } else {
            room.copyMemory(from: prefix)
            room[prefix.count] = UInt8(ascii: "_")
            length = prefix.count + 1
        }
        for byte in trimmed where byte & 0xc0 != 0x80 {
            room[length] = isNameByte(byte) ? byte : UInt8(ascii: "_")
            length += 1
        }
        return arena.trim(room, to: length)
    }

    private static func trim(_ key: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var start = 0
        var end = key.count
        while start < end, key[start] <= 0x20 { start += 1 }
        while end > start, key[end - 1] <= 0x20 { end -= 1 }
        return UnsafeRawBufferPointer(rebasing: key[start..<end])
    }

    @inline(__always) private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    @inline(__always) private static func isNameByte(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- 0x61 < 26 || isDigit(byte) || byte == UInt8(ascii: "_")
    }
}
