internal import WeirModel

/// Makes the signature of a block; keeps its working memory for the next one.
///
/// Cost: one pass over the lines at 1 to 2 GB/s.
struct SignatureBuilder: Sendable {
    /// All slots of the largest signature; smaller ones are made by laying halves over each other.
    private var words = [UInt64](repeating: 0, count: 1 << (SignatureWindow.slotBits - 6))
    /// A byte for each pair, because a store is cheaper than setting a bit.
    private var pairs = [UInt8](repeating: 0, count: 64 * 64)

    /// The signature of the given rows of a batch.
    mutating func build(_ lines: borrowing LineBatch, rows: [UInt32]) -> BlockSignature {
        let offsets = lines.lineOffsets
        let lengths = lines.lineLengths
        words.withUnsafeMutableBufferPointer { words in
            pairs.withUnsafeMutableBufferPointer { pairs in
                words.update(repeating: 0)
                pairs.update(repeating: 0)
                lines.bytes.withUnsafeBytes { arena in
                    for row in rows {
                        let start = Int(offsets[Int(row)])
                        let end = start + Int(lengths[Int(row)])
                        precondition(end <= arena.count, "line \(row) ends outside its arena")
                        let line = UnsafeRawBufferPointer(rebasing: arena[start..<end])
                        SignatureBuilder.add(line, to: words, pairs)
                    }
                }
            }
        }
        return signature()
    }

    private static func add(
        _ line: UnsafeRawBufferPointer, to words: UnsafeMutableBufferPointer<UInt64>,
        _ pairs: UnsafeMutableBufferPointer<UInt8>
    ) {
        SignatureWindow.table.withUnsafeBufferPointer { table in
            guard line.count >= 2, let bytes = line.baseAddress?.assumingMemoryBound(to: UInt8.self),
                let table = table.baseAddress, let words = words.baseAddress, let pairs = pairs.baseAddress
            else { return }
            let counted = SignatureWindow.counted
            let first = table[Int(bytes[0])]
            var previous = table[Int(bytes[1])]
            pairs[Int((first &>> 2) & 0xfc0 | (previous &>> 8) & 63)] = 1
            var window = UInt32(first & 0xff) &<< 8 | UInt32(previous & 0xff)
            var kinds = UInt64(first &>> 14) &<< 2 | UInt64(previous &>> 14)
            var index = 2
            let count = line.count
            while index < count {
                let entry = table[Int(bytes[index])]
                window = (window &<< 8 | UInt32(entry & 0xff)) & 0xff_ffff
                kinds = (kinds &<< 2 | UInt64(entry &>> 14)) & 63
                pairs[Int((previous &>> 2) & 0xfc0 | (entry &>> 8) & 63)] = 1
                previous = entry
                let slot = SignatureWindow.slot(window)
                // Without a branch: a window that does not count sets no bit.
                words[Int(slot &>> 6)] |= (counted &>> kinds & 1) &<< UInt64(slot & 63)
                index &+= 1
            }
        }
    }

    /// The smallest signature of which at most 35 % are set: folding nearly doubles the share, so 20 to 35 % are,
    /// unless the lines are few or very many.
    private func signature() -> BlockSignature {
        var bitsLog2 = UInt8(SignatureWindow.slotBits)
        var folded = words
        while bitsLog2 > BlockSignature.bitsLog2Range.lowerBound {
            let half = folded.count / 2
            let smaller = (0..<half).map { folded[$0] | folded[$0 + half] }
            let set = smaller.reduce(0) { $0 + $1.nonzeroBitCount }
            guard set * 100 <= half * 64 * 35 else { break }
            folded = smaller
            bitsLog2 -= 1
        }
        let pairWords = (0..<64).map { row in
            (0..<64).reduce(UInt64(0)) { $0 | UInt64(pairs[row * 64 + $1]) << UInt64($1) }
        }
        return BlockSignature(bitsLog2: bitsLog2, words: pairWords + folded)
    }
}
