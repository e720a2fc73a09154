/// Searches for one byte, eight at a step; inlined, so that short texts do not pay a call.
public enum ByteSearch {
    /// The first position from `start` that holds `byte`; nil when none does.
    @inlinable @inline(__always)
    public static func first(_ byte: UInt8, in text: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var position = start
        let pattern = UInt64(byte) &* 0x0101_0101_0101_0101
        while position + 8 <= text.count {
            let word = UInt64(littleEndian: text.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            let difference = word ^ pattern
            let hits = (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080
            if hits != 0 { return position + hits.trailingZeroBitCount >> 3 }
            position += 8
        }
        while position < text.count {
            if text[position] == byte { return position }
            position += 1
        }
        return nil
    }
}
