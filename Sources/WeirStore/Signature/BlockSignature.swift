internal import WeirBytes

/// Which windows of two and of three bytes occur in the lines of a block: enough to tell that a text does not.
///
/// Each pair has a bit of its own, so that texts of two bytes and the ends of longer ones count. The bit of three bytes
/// is the lowest `bitsLog2` bits of their slot; it may be shared, so a set one says little and a clear one everything.
/// Bytes: docs/formats/segment.md.
public struct BlockSignature: Sendable, Hashable {
    /// Sizes of the part for three bytes: the smallest fills the alignment in the file, the largest keeps a full block
    /// of most texts at a third of set bits.
    static let bitsLog2Range: ClosedRange<UInt8> = 9...17
    /// Bytes of the part for pairs, which comes first: 64 times 64 bits.
    static let pairBytes = 512
    /// Signatures start at multiples of this in a segment, so that a look-up touches as few cache lines as possible.
    static let alignment = 64

    /// The number of bits for three bytes is two to the power of this.
    let bitsLog2: UInt8
    /// The bits, from the lowest of the first word on.
    let words: [UInt64]

    /// The number of bytes of a signature.
    static func bytes(bitsLog2: UInt8) -> Int { pairBytes + (1 << (Int(bitsLog2) - 3)) }

    /// Memory that the signature takes, in bytes.
    public var memoryBytes: Int { words.count * 8 }

    /// The share of set bits of those for three bytes, 0...1.
    public var density: Double {
        let part = words[(BlockSignature.pairBytes / 8)...]
        return Double(part.reduce(0) { $0 + $1.nonzeroBitCount }) / Double(part.count * 64)
    }

    /// Calls `body` with the bytes as they stand in a file.
    func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        words.withUnsafeBytes(body)
    }
}
