internal import CKernels
internal import WeirModel

/// What holds for all bytes of a block's lines.
enum LineTraits {
    /// The flags of a block with the lines that `order` names.
    static func flags(of lines: borrowing LineBatch, order: [UInt32]) -> BlockEntry.Flags {
        let offsets = lines.lineOffsets
        let lengths = lines.lineLengths
        var all: BlockEntry.Flags = []
        var areASCII = true
        lines.bytes.withUnsafeBytes { arena in
            for row in order {
                let start = Int(offsets[Int(row)])
                let line = arena[start..<start + Int(lengths[Int(row)])]
                let flags = flags(of: UnsafeRawBufferPointer(rebasing: line))
                if !flags.contains(.allASCII) { areASCII = false }
                all.formUnion(flags)
            }
        }
        if !areASCII { all.remove(.allASCII) }
        return all
    }

    /// The flags of a block with this line.
    private static func flags(of bytes: UnsafeRawBufferPointer) -> BlockEntry.Flags {
        let traits = weir_traits_of(bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
        var flags: BlockEntry.Flags = []
        if traits.has_high == 0 {
            flags.insert(.allASCII)
        } else if mayFold(bytes) {
            flags.insert(.foldsToASCII)
        }
        if traits.has_zero != 0 { flags.insert(.hasNUL) }
        return flags
    }

    /// Whether K (E2 84 AA) or long s (C5 BF) occurs; the two first bytes decide, which errs on the safe side.
    private static func mayFold(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count >= 2 else { return false }
        for index in 1..<bytes.count {
            switch (bytes[index - 1], bytes[index]) {
            case (0xe2, 0x84), (0xc5, 0xbf): return true
            default: continue
            }
        }
        return false
    }
}
