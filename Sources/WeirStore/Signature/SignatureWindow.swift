/// The windows of two and of three bytes of lines that signatures are made of, with ASCII letters in lower case.
///
/// Pairs are kept exactly, but for rare bytes that share a symbol. Of the windows of three bytes those of hexadecimal
/// digits that hold a decimal one are left out: identifiers would fill every signature with all of them, and then they
/// say nothing. On disk: symbols, which windows count, and the slot of each never change.
enum SignatureWindow {
    /// Slots have this many bits; a smaller signature uses the lowest ones.
    static let slotBits = 17
    /// Bytes that can be told apart in pairs, the last one standing for all others; at most 64.
    private static let symbols = Array("abcdefghijklmnopqrstuvwxyz0123456789 \"'.,:;=-_/\\[](){}<>|@#%&+?".utf8)

    /// For each byte its lower case in bits 0...7, its symbol in bits 8...13, and its class: bit 14 not a hexadecimal
    /// digit, bit 15 a decimal one.
    static let table: [UInt16] = (0..<256).map { byte in
        let folded = byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte
        let isDecimal = byte >= 0x30 && byte <= 0x39
        let isHexadecimal = isDecimal || (folded >= 0x61 && folded <= 0x66)
        let symbol = symbols.firstIndex(of: UInt8(folded)) ?? 63
        return UInt16(folded | symbol << 8 | (isHexadecimal ? 0 : 1 << 14) | (isDecimal ? 1 << 15 : 0))
    }

    /// For each combination of three classes, the oldest uppermost, whether the window counts.
    static let counted: UInt64 = (UInt64(0)..<64).reduce(0) { counted, kinds in
        let hasOther = kinds & 0b01_01_01 != 0
        let hasDecimal = kinds & 0b10_10_10 != 0
        return hasOther || !hasDecimal ? counted | 1 << kinds : counted
    }

    /// Eight bytes, the first lowest, in lower case, and which of the windows that begin at the first six count: the
    /// high bit of each of their first bytes.
    @inline(__always)
    static func fold(_ bytes: UInt64) -> (folded: UInt64, counted: UInt64) {
        let high: UInt64 = 0x8080_8080_8080_8080
        let every: UInt64 = 0x0101_0101_0101_0101
        let isASCII = ~bytes & high
        // Sums of seven bits carry into the eighth, which tells whether a byte is at least some other.
        let low = bytes & ~high
        let isUpper = (low &+ every &* (0x80 - 0x41)) & ~(low &+ every &* (0x80 - 0x5b)) & isASCII
        let folded = bytes | isUpper &>> 2
        let lower = folded & ~high
        let isDecimal = (low &+ every &* (0x80 - 0x30)) & ~(low &+ every &* (0x80 - 0x3a)) & isASCII
        let isLetter = (lower &+ every &* (0x80 - 0x61)) & ~(lower &+ every &* (0x80 - 0x67)) & isASCII
        let isOther = ~(isDecimal | isLetter) & high
        let hasDecimal = isDecimal | isDecimal &>> 8 | isDecimal &>> 16
        let hasOther = isOther | isOther &>> 8 | isOther &>> 16
        return (folded, (hasOther | ~hasDecimal) & high)
    }

    /// The slot of three bytes in lower case, `first << 16 | second << 8 | third`.
    @inline(__always)
    static func slot(_ bytes: UInt32) -> UInt32 {
        (bytes &* 0x9e37_79b1) &>> UInt32(32 - slotBits)
    }
}

/// The windows of a text that must be in a block which holds the text.
struct SignatureProbe: Sendable {
    /// Pairs, `first << 6 | second` in symbols.
    private(set) var pairs: [UInt16] = []
    /// Slots of windows of three bytes.
    private(set) var slots: [UInt32] = []

    /// Whether the text may be anywhere.
    var isEmpty: Bool { pairs.isEmpty && slots.isEmpty }

    /// - Parameter skipsFoldable: leaves out windows with a `k` or an `s`, for which other characters may stand.
    init(_ text: [UInt8], skipsFoldable: Bool) {
        let entries = text.map { SignatureWindow.table[Int($0)] }
        func isFoldable(_ entry: UInt16) -> Bool { entry & 0xff == 0x6b || entry & 0xff == 0x73 }
        for index in entries.indices.dropFirst() {
            let first = entries[index - 1]
            let second = entries[index]
            if skipsFoldable && (isFoldable(first) || isFoldable(second)) { continue }
            pairs.append((first >> 8 & 63) << 6 | (second >> 8 & 63))
            guard index >= 2 else { continue }
            let oldest = entries[index - 2]
            if skipsFoldable && isFoldable(oldest) { continue }
            let kinds = UInt64(oldest >> 14) << 4 | UInt64(first >> 14) << 2 | UInt64(second >> 14)
            guard SignatureWindow.counted >> kinds & 1 != 0 else { continue }
            slots.append(
                SignatureWindow.slot(
                    UInt32(oldest & 0xff) << 16 | UInt32(first & 0xff) << 8 | UInt32(second & 0xff)))
        }
    }

    /// Whether all windows are in a signature.
    func holds(in signature: UnsafeRawBufferPointer) -> Bool {
        let mask = UInt32((signature.count - BlockSignature.pairBytes) * 8 - 1)
        return pairs.allSatisfy { signature[Int($0 >> 3)] >> UInt8($0 & 7) & 1 != 0 }
            && slots.allSatisfy { slot in
                let bit = slot & mask
                return signature[BlockSignature.pairBytes + Int(bit >> 3)] >> UInt8(bit & 7) & 1 != 0
            }
    }
}
