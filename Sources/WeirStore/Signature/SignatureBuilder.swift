internal import WeirModel

/// Makes the signature of a block; keeps its working memory for the next one.
///
/// Cost: one pass over the values of the lines' shapes, the faster the more they repeat each other.
struct SignatureBuilder: Sendable {
    /// Behind one byte for windows that do not count, a byte for each slot of the largest signature: a store does not
    /// wait for what was there, setting a bit does and takes twice as long.
    private var slots = [UInt8](repeating: 0, count: 1 + (1 << SignatureWindow.slotBits))
    /// Pieces of eight bytes that were taken apart already, each at the place that its hash names: lines repeat most of
    /// what they say.
    private var pieces = [UInt64](repeating: 0, count: 1 << 12)
    /// A byte for each pair of bytes, the first in the lower half.
    private var pairs = [UInt8](repeating: 0, count: 1 << 16)
    /// For each shape whether a line of it was met.
    private var seen: [Bool] = []

    /// The memory of the builder while it is filled.
    private struct Marks {
        let slots: UnsafeMutablePointer<UInt8>
        let pairs: UnsafeMutablePointer<UInt8>
        let pieces: UnsafeMutablePointer<UInt64>

        /// Clears everything.
        init?(
            slots: UnsafeMutableBufferPointer<UInt8>, pairs: UnsafeMutableBufferPointer<UInt8>,
            pieces: UnsafeMutableBufferPointer<UInt64>
        ) {
            guard let slotBytes = slots.baseAddress, let pairBytes = pairs.baseAddress, let words = pieces.baseAddress
            else { return nil }
            slots.update(repeating: 0)
            pairs.update(repeating: 0)
            pieces.update(repeating: 0)
            // Eight zeros would seem to be known; no piece of this value belongs here.
            pieces[0] = 1
            self.slots = slotBytes
            self.pairs = pairBytes
            self.pieces = words
        }
    }

    /// The signature of the rows of a batch that `rows` names, which `splitter` took apart in this order.
    ///
    /// The bytes around its holes are all that tells a line from the first one of its shape, so no more of it is looked
    /// at.
    mutating func build(
        _ lines: borrowing LineBatch, rows: [UInt32], splitter: borrowing LineSplitter
    ) -> BlockSignature {
        let shapes = splitter.table.shapes
        let rowShapes = splitter.rowShapes
        seen.removeAll(keepingCapacity: true)
        seen.append(contentsOf: repeatElement(false, count: shapes.count + 1))
        slots.withUnsafeMutableBufferPointer { slots in
            pairs.withUnsafeMutableBufferPointer { pairs in
                pieces.withUnsafeMutableBufferPointer { pieces in
                    guard let marks = Marks(slots: slots, pairs: pairs, pieces: pieces) else { return }
                    splitter.holes.withUnsafeBufferPointer { holes in
                        SignatureBuilder.add(
                            lines, rows: rows, shapes: shapes, rowShapes: rowShapes, holes: holes, seen: &seen,
                            to: marks)
                    }
                }
            }
        }
        return signature()
    }

    private static func add(
        _ lines: borrowing LineBatch, rows: [UInt32], shapes: [ShapeTable.Shape], rowShapes: [UInt16],
        holes: UnsafeBufferPointer<LineHole>, seen: inout [Bool], to marks: Marks
    ) {
        let offsets = lines.lineOffsets
        let lengths = lines.lineLengths
        lines.bytes.withUnsafeBytes { arena in
            var firstHole = 0
            for index in 0..<rows.count {
                let row = rows[index]
                let shape = Int(rowShapes[index])
                let holeCount = shape == 0 ? 0 : Int(shapes[shape - 1].holeCount)
                let lineHoles = UnsafeBufferPointer(rebasing: holes[firstHole..<firstHole + holeCount])
                firstHole += holeCount
                let start = Int(offsets[Int(row)])
                let count = Int(lengths[Int(row)])
                precondition(start + count <= arena.count, "line \(row) ends outside its arena")
                guard count > 0, let line = arena.baseAddress else { continue }
                if shape == 0 || !seen[shape] {
                    seen[shape] = true
                    add(line + start, 0..<count, count: count, to: marks)
                } else {
                    add(line + start, count: count, around: lineHoles, to: marks)
                }
            }
        }
    }

    /// Adds the windows that touch the holes of a line.
    @inline(__always)
    private static func add(
        _ line: UnsafeRawPointer, count: Int, around holes: UnsafeBufferPointer<LineHole>, to marks: Marks
    ) {
        var start = 0
        var end = 0
        for hole in holes {
            let first = max(Int(hole.offset) &- 2, 0)
            if first > end {
                if end > 0 { add(line, start..<end, count: count, to: marks) }
                start = first
            }
            end = min(Int(hole.offset) &+ Int(hole.length) &+ 2, count)
        }
        if end > 0 { add(line, start..<end, count: count, to: marks) }
    }

    /// Adds the windows of a range of a line of `count` bytes, and maybe some that lie around it.
    @inline(__always)
    private static func add(_ line: UnsafeRawPointer, _ range: Range<Int>, count: Int, to marks: Marks) {
        guard count >= 8 else {
            addShort(line, count: count, to: marks)
            return
        }
        var start = range.lowerBound
        let end = max(range.upperBound, 8)
        // A piece holds the windows of three that begin in its first six bytes.
        while start &+ 8 <= end {
            addPiece(line + start, to: marks)
            start &+= 6
        }
        if start &+ 3 <= end { addPiece(line + end - 8, to: marks) }
    }

    /// Adds the windows of eight bytes.
    @inline(__always)
    private static func addPiece(_ text: UnsafeRawPointer, to marks: Marks) {
        let piece = UInt64(littleEndian: text.loadUnaligned(as: UInt64.self))
        let place = Int(truncatingIfNeeded: (piece &* 0x9e37_79b9_7f4a_7c15) &>> 52)
        if marks.pieces[place] == piece { return }
        marks.pieces[place] = piece
        var pair = piece
        for _ in 0..<7 {
            marks.pairs[Int(pair & 0xffff)] = 1
            pair &>>= 8
        }
        let (folded, counted) = SignatureWindow.fold(piece)
        var window = folded.byteSwapped
        for index in 0..<6 {
            let slot = SignatureWindow.slot(UInt32(truncatingIfNeeded: window &>> 40))
            window &<<= 8
            // Without a branch: a window that does not count goes to the first byte.
            let mask = 0 &- Int(truncatingIfNeeded: counted &>> UInt64(index &* 8 &+ 7) & 1)
            marks.slots[Int(slot &+ 1) & mask] = 1
        }
    }

    /// Adds the windows of a line shorter than eight bytes.
    @inline(never)
    private static func addShort(_ text: UnsafeRawPointer, count: Int, to marks: Marks) {
        var piece: UInt64 = 0
        for index in 0..<count {
            piece |= UInt64(text.load(fromByteOffset: index, as: UInt8.self)) &<< UInt64(index &* 8)
        }
        let (folded, counted) = SignatureWindow.fold(piece)
        for index in 0..<max(count - 1, 0) {
            let shift = UInt64(index * 8)
            marks.pairs[Int((piece &>> shift) & 0xffff)] = 1
            guard index + 2 < count, (counted &>> shift) & 0x80 != 0 else { continue }
            let window = UInt32(truncatingIfNeeded: (folded &>> shift).byteSwapped &>> 40)
            marks.slots[Int(SignatureWindow.slot(window) &+ 1)] = 1
        }
    }

    /// A byte for each pair of symbols of which a pair of bytes was met.
    private func symbolPairs() -> [UInt8] {
        var symbols = [UInt8](repeating: 0, count: 64 * 64)
        let table = SignatureWindow.table
        pairs.withUnsafeBytes { pairs in
            for start in stride(from: 0, to: pairs.count, by: 8) {
                if pairs.loadUnaligned(fromByteOffset: start, as: UInt64.self) == 0 { continue }
                for pair in start..<start + 8 where pairs[pair] != 0 {
                    symbols[Int((table[pair & 255] >> 8 & 63) << 6 | (table[pair >> 8] >> 8 & 63))] = 1
                }
            }
        }
        return symbols
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
        return BlockSignature(bitsLog2: bitsLog2, words: SignatureBuilder.packed(symbolPairs()[...]) + folded)
    }
}
