internal import CKernels
internal import WeirModel

/// Makes the signature of a block; keeps its working memory for the next one.
///
/// ``begin()``, then the lines, then the values of the columns that tell the rest of them, then ``finish()``.
struct SignatureBuilder: Sendable {
    private var slots = [UInt8](repeating: 0, count: SignatureMarks.slotCount)
    private var pairs = [UInt8](repeating: 0, count: SignatureMarks.pairCount)
    private var pieces = [UInt64](repeating: 0, count: SignatureMarks.pieceCount)
    /// For each shape whether a line of it was met.
    private var seen: [Bool] = []
    /// The pairs of bytes that were met at one place of one column.
    var met = BytePairs()
    /// What the values of long columns are made of.
    var alphabets: SignatureAlphabet = []

    /// Forgets everything.
    mutating func begin() {
        slots.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
        pairs.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
        pieces.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
        // Eight zeros would seem to be known; no piece of this value belongs here.
        pieces[0] = 1
        alphabets = []
    }

    /// Gives `body` what was met so far, to add texts of an arena.
    @inline(__always)
    mutating func withMarks(_ arena: UnsafeRawBufferPointer, _ body: (SignatureMarks, inout BytePairs) -> Void) {
        guard let start = arena.baseAddress else { return }
        slots.withUnsafeMutableBufferPointer { slots in
            pairs.withUnsafeMutableBufferPointer { pairs in
                pieces.withUnsafeMutableBufferPointer { pieces in
                    guard let slots = slots.baseAddress, let pairs = pairs.baseAddress,
                        let pieces = pieces.baseAddress
                    else { return }
                    let marks = SignatureMarks(
                        slots: slots, pairs: pairs, pieces: pieces, arena: start, arenaEnd: arena.count)
                    body(marks, &met)
                }
            }
        }
    }

    /// Adds the rows of a batch that `rows` names, which `split` took apart in this order, but for what the columns of
    /// separable shapes tell.
    ///
    /// The bytes around its holes are all that tells a line from the first one of its shape, so no more of it is looked
    /// at.
    mutating func add(_ lines: borrowing LineBatch, rows: [UInt32], _ split: borrowing SplitLines) {
        let shapes = split.splitter.table.shapes
        let rowShapes = split.splitter.rowShapes
        let numbers = split.plan.rowNumbers
        let isInColumns = split.plan.rowCounts.indices.map { split.isSeparable($0) }
        var seen: [Bool] = []
        swap(&seen, &self.seen)
        seen.removeAll(keepingCapacity: true)
        seen.append(contentsOf: repeatElement(false, count: shapes.count + 1))
        let offsets = lines.lineOffsets
        let lengths = lines.lineLengths
        let holes = split.splitter.holes
        lines.bytes.withUnsafeBytes { arena in
            withMarks(arena) { marks, _ in
                var firstHole = 0
                for index in 0..<rows.count {
                    let shape = Int(rowShapes[index])
                    let start = Int(offsets[Int(rows[index])])
                    let end = start + Int(lengths[Int(rows[index])])
                    precondition(end <= arena.count, "line \(rows[index]) ends outside its arena")
                    guard shape > 0 else {
                        marks.add(start..<end)
                        continue
                    }
                    let holeCount = Int(shapes[shape - 1].holeCount)
                    if !seen[shape] {
                        seen[shape] = true
                        marks.add(start..<end)
                    } else if !isInColumns[Int(numbers[index])] {
                        let lineHoles = holes[firstHole..<firstHole + holeCount]
                        SignatureBuilder.add(start..<end, around: lineHoles, to: marks)
                    }
                    firstHole += holeCount
                }
            }
        }
        swap(&seen, &self.seen)
    }

    /// Adds the windows that touch the holes of a line.
    private static func add(_ line: Range<Int>, around holes: ArraySlice<LineHole>, to marks: SignatureMarks) {
        var start = line.lowerBound
        var end = start
        for hole in holes {
            let offset = line.lowerBound &+ Int(hole.offset)
            let first = max(offset &- 2, line.lowerBound)
            if first > end {
                if end > start { marks.add(start..<end) }
                start = first
            }
            end = min(offset &+ Int(hole.length) &+ 2, line.upperBound)
        }
        if end > start { marks.add(start..<end) }
    }

    /// The signature of what was added.
    mutating func finish() -> BlockSignature {
        let nothing: [UInt8] = [0]
        let alphabets = alphabets
        nothing.withUnsafeBytes { withMarks($0) { marks, _ in alphabets.add(to: marks) } }
        return signature()
    }

    /// A byte for each pair of symbols of which a pair of bytes was met.
    private func symbolPairs() -> [UInt8] {
        var symbols = [UInt8](repeating: 0, count: 64 * 64)
        let table = SignatureWindow.table
        pairs.withUnsafeBytes { pairs in
            for start in stride(from: 0, to: pairs.count, by: 16) {
                let low = pairs.loadUnaligned(fromByteOffset: start, as: UInt64.self)
                if low | pairs.loadUnaligned(fromByteOffset: start + 8, as: UInt64.self) == 0 { continue }
                for pair in start..<start + 16 where pairs[pair] != 0 {
                    symbols[Int((table[pair & 255] >> 8 & 63) << 6 | (table[pair >> 8] >> 8 & 63))] = 1
                }
            }
        }
        return symbols
    }

    /// A bit for each byte, from the lowest of the first word on; bytes are 0 or 1.
    private static func packed(_ bytes: [UInt8]) -> [UInt64] {
        [UInt64](unsafeUninitializedCapacity: bytes.count / 64) { words, count in
            bytes.withUnsafeBufferPointer { weir_pack_marks($0.baseAddress, $0.count, words.baseAddress) }
            count = bytes.count / 64
        }
    }

    /// The smallest signature of which at most 35 % are set: folding nearly doubles the share, so 20 to 35 % are,
    /// unless the lines are few or very many.
    private func signature() -> BlockSignature {
        var bitsLog2 = UInt8(SignatureWindow.slotBits)
        var folded = SignatureBuilder.packed(slots)
        while bitsLog2 > BlockSignature.bitsLog2Range.lowerBound {
            let half = folded.count / 2
            let smaller = (0..<half).map { folded[$0] | folded[$0 + half] }
            let set = smaller.reduce(0) { $0 + $1.nonzeroBitCount }
            guard set * 100 <= half * 64 * 35 else { break }
            folded = smaller
            bitsLog2 -= 1
        }
        return BlockSignature(bitsLog2: bitsLog2, words: SignatureBuilder.packed(symbolPairs()) + folded)
    }
}
