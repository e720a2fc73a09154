internal import WeirModel

/// Makes the signature of a block; keeps its working memory for the next one.
///
/// Cost: one pass over the lines, the faster the more they repeat each other.
struct SignatureBuilder: Sendable {
    /// Behind one byte for windows that do not count, a byte for each slot of the largest signature: a store does not
    /// wait for what was there, setting a bit does and takes twice as long.
    private var slots = [UInt8](repeating: 0, count: 1 + (1 << SignatureWindow.slotBits))
    /// Pieces of eight bytes that were taken apart already, each at the place that its hash names: lines repeat most of
    /// what they say.
    private var pieces = [UInt64](repeating: 0, count: 1 << 12)
    /// A byte for each pair.
    private var pairs = [UInt8](repeating: 0, count: 64 * 64)

    /// The signature of the given rows of a batch.
    mutating func build(_ lines: borrowing LineBatch, rows: [UInt32]) -> BlockSignature {
        slots.withUnsafeMutableBufferPointer { slots in
            pairs.withUnsafeMutableBufferPointer { pairs in
                pieces.withUnsafeMutableBufferPointer { pieces in
                    SignatureBuilder.add(lines, rows: rows, to: slots, pairs, pieces)
                }
            }
        }
        return signature()
    }

    private static func add(
        _ lines: borrowing LineBatch, rows: [UInt32], to slots: UnsafeMutableBufferPointer<UInt8>,
        _ pairs: UnsafeMutableBufferPointer<UInt8>, _ pieces: UnsafeMutableBufferPointer<UInt64>
    ) {
        let offsets = lines.lineOffsets
        let lengths = lines.lineLengths
        slots.update(repeating: 0)
        pairs.update(repeating: 0)
        pieces.update(repeating: 0)
        // Eight zeros would seem to be known; no piece of this value belongs here.
        pieces[0] = 1
        guard let slots = slots.baseAddress, let pairs = pairs.baseAddress, let pieces = pieces.baseAddress else {
            return
        }
        lines.bytes.withUnsafeBytes { arena in
            SignatureWindow.table.withUnsafeBufferPointer { table in
                guard let table = table.baseAddress else { return }
                for row in rows {
                    let start = Int(offsets[Int(row)])
                    let count = Int(lengths[Int(row)])
                    precondition(start + count <= arena.count, "line \(row) ends outside its arena")
                    guard count > 0, let line = arena.baseAddress else { continue }
                    addLine(line + start, count: count, table, to: slots, pairs, pieces)
                }
            }
        }
    }

    @inline(__always)
    private static func addLine(
        _ line: UnsafeRawPointer, count: Int, _ table: UnsafePointer<UInt16>, to slots: UnsafeMutablePointer<UInt8>,
        _ pairs: UnsafeMutablePointer<UInt8>, _ pieces: UnsafeMutablePointer<UInt64>
    ) {
        var start = 0
        // A piece holds the windows of three that begin in its first six bytes.
        while start + 8 <= count {
            let piece = line.loadUnaligned(fromByteOffset: start, as: UInt64.self)
            let place = Int(truncatingIfNeeded: (piece &* 0x9e37_79b9_7f4a_7c15) &>> 52)
            if pieces[place] != piece {
                pieces[place] = piece
                addWindows(line + start, count: 8, table, to: slots, pairs)
            }
            start &+= 6
        }
        addWindows(line + start, count: count - start, table, to: slots, pairs)
    }

    @inline(__always)
    private static func addWindows(
        _ text: UnsafeRawPointer, count: Int, _ table: UnsafePointer<UInt16>, to slots: UnsafeMutablePointer<UInt8>,
        _ pairs: UnsafeMutablePointer<UInt8>
    ) {
        guard count >= 2 else { return }
        let bytes = text.assumingMemoryBound(to: UInt8.self)
        let counted = SignatureWindow.counted
        let first = UInt32(table[Int(bytes[0])])
        var previous = UInt32(table[Int(bytes[1])])
        pairs[Int((first &>> 2) & 0xfc0 | (previous &>> 8) & 63)] = 1
        var window = (first & 0xff) &<< 8 | previous & 0xff
        var kinds = UInt64(first &>> 14) &<< 2 | UInt64(previous &>> 14)
        var index = 2
        while index < count {
            let entry = UInt32(table[Int(bytes[index])])
            window = (window &<< 8 | entry & 0xff) & 0xff_ffff
            kinds = (kinds &<< 2 | UInt64(entry &>> 14)) & 63
            pairs[Int((previous &>> 2) & 0xfc0 | (entry &>> 8) & 63)] = 1
            previous = entry
            let position = Int(SignatureWindow.slot(window) &+ 1)
            // Without a branch: a window that does not count goes to the first byte.
            slots[position & (0 &- Int(truncatingIfNeeded: counted &>> kinds & 1))] = 1
            index &+= 1
        }
    }

    /// A bit for each byte, from the lowest of the first word on; bytes are 0 or 1.
    private static func packed(_ bytes: ArraySlice<UInt8>) -> [UInt64] {
        bytes.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: 64).map { start in
                var word: UInt64 = 0
                for part in 0..<8 {
                    // The factor moves the lowest bit of byte i to bit 56 + i.
                    let eight = bytes.loadUnaligned(fromByteOffset: start + part * 8, as: UInt64.self)
                    word |= ((UInt64(littleEndian: eight) &* 0x0102_0408_1020_4080) >> 56) << UInt64(part * 8)
                }
                return word
            }
        }
    }

    /// The smallest signature of which at most 35 % are set: folding nearly doubles the share, so 20 to 35 % are,
    /// unless the lines are few or very many.
    private func signature() -> BlockSignature {
        var bitsLog2 = UInt8(SignatureWindow.slotBits)
        var folded = SignatureBuilder.packed(slots[1...])
        while bitsLog2 > BlockSignature.bitsLog2Range.lowerBound {
            let half = folded.count / 2
            let smaller = (0..<half).map { folded[$0] | folded[$0 + half] }
            let set = smaller.reduce(0) { $0 + $1.nonzeroBitCount }
            guard set * 100 <= half * 64 * 35 else { break }
            folded = smaller
            bitsLog2 -= 1
        }
        return BlockSignature(bitsLog2: bitsLog2, words: SignatureBuilder.packed(pairs[...]) + folded)
    }
}
