/// The windows met so far, while a signature is built: borrows the memory of its builder.
struct SignatureMarks {
    /// A byte for each slot of the largest signature: a store does not wait for what was there, setting a bit does.
    private let slots: UnsafeMutablePointer<UInt8>
    /// A byte for each pair of bytes, the first in the lower half.
    private let pairs: UnsafeMutablePointer<UInt8>
    /// Pieces of eight bytes that were taken apart already, each at the place that its hash names: lines repeat most of
    /// what they say. Behind them as many of fewer bytes, with their number in the highest.
    private let pieces: UnsafeMutablePointer<UInt64>
    /// What the texts lie in.
    private let arena: UnsafeRawPointer
    private let arenaEnd: Int

    static let slotCount = 1 << SignatureWindow.slotBits
    static let pairCount = 1 << 16
    private static let placeBits: UInt64 = 12
    static let pieceCount = 2 << placeBits

    init(
        slots: UnsafeMutablePointer<UInt8>, pairs: UnsafeMutablePointer<UInt8>, pieces: UnsafeMutablePointer<UInt64>,
        arena: UnsafeRawPointer, arenaEnd: Int
    ) {
        self.slots = slots
        self.pairs = pairs
        self.pieces = pieces
        self.arena = arena
        self.arenaEnd = arenaEnd
    }

    /// The two bytes from `offset` on, the first in the lower half.
    @inline(__always)
    func pair(at offset: Int) -> Int {
        Int(UInt16(littleEndian: arena.loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
    }

    @inline(__always)
    func byte(at offset: Int) -> Int { Int(arena.load(fromByteOffset: offset, as: UInt8.self)) }

    /// Adds the windows of a range of the arena.
    @inline(__always)
    func add(_ range: Range<Int>) {
        let end = range.upperBound
        var start = range.lowerBound
        guard start &+ 8 <= end else {
            addShort(range)
            return
        }
        // A piece holds the windows of three that begin in its first six bytes.
        repeat {
            addPiece(at: start)
            start &+= 6
        } while start &+ 8 <= end
        if start &+ 3 <= end { addPiece(at: end &- 8) }
    }

    @inline(__always)
    private func addPiece(at offset: Int) {
        let piece = UInt64(littleEndian: arena.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        let place = SignatureMarks.place(of: piece)
        if pieces[place] == piece { return }
        pieces[place] = piece
        add(piece, count: 8)
    }

    @inline(__always)
    private static func place(of piece: UInt64) -> Int {
        Int(truncatingIfNeeded: (piece &* 0x9e37_79b9_7f4a_7c15) &>> (64 &- placeBits))
    }

    /// Adds the windows of fewer than eight bytes.
    @inline(__always)
    private func addShort(_ range: Range<Int>) {
        let count = range.upperBound &- range.lowerBound
        guard count >= 2 else { return }
        var piece: UInt64 = 0
        if range.lowerBound &+ 8 <= arenaEnd {
            piece = UInt64(littleEndian: arena.loadUnaligned(fromByteOffset: range.lowerBound, as: UInt64.self))
            piece &= ~0 &>> UInt64(truncatingIfNeeded: 64 &- count &* 8)
        } else {
            for (index, offset) in range.enumerated() { piece |= UInt64(byte(at: offset)) << UInt64(index * 8) }
        }
        let key = piece | UInt64(truncatingIfNeeded: count) &<< 56
        let place = SignatureMarks.pieceCount / 2 &+ SignatureMarks.place(of: key)
        if pieces[place] == key { return }
        pieces[place] = key
        addNew(piece, count: count)
    }

    @inline(never)
    private func addNew(_ piece: UInt64, count: Int) {
        add(piece, count: count)
    }

    /// Adds the windows of the first `count` (2...8) bytes of a piece, the first lowest.
    @inline(__always)
    private func add(_ piece: UInt64, count: Int) {
        var pair = piece
        for _ in 1..<count {
            pairs[Int(pair & 0xffff)] = 1
            pair &>>= 8
        }
        guard count > 2 else { return }
        let (folded, counted) = SignatureWindow.fold(piece)
        let window = folded.byteSwapped
        // The high bit of the first byte of each window that counts.
        var left = counted & (~0 &>> UInt64(truncatingIfNeeded: 80 &- count &* 8))
        while left != 0 {
            let shift = UInt64(truncatingIfNeeded: left.trailingZeroBitCount) &- 7
            left &= left &- 1
            slots[Int(SignatureWindow.slot(UInt32(truncatingIfNeeded: (window &<< shift) &>> 40)))] = 1
        }
    }

    /// Adds all windows of three bytes whose last two and first two come from the given alphabets.
    func addAll(_ first: [UInt8], _ second: [UInt8], _ third: [UInt8]) {
        for a in first {
            for b in second {
                pairs[Int(a) | Int(b) << 8] = 1
                for c in third {
                    pairs[Int(b) | Int(c) << 8] = 1
                    let (folded, counted) = SignatureWindow.fold(UInt64(a) | UInt64(b) << 8 | UInt64(c) << 16)
                    guard counted & 0x80 != 0 else { continue }
                    slots[Int(SignatureWindow.slot(UInt32(truncatingIfNeeded: folded.byteSwapped >> 40)))] = 1
                }
            }
        }
    }
}
