/// The 128-bit name of a segment file, kept in its header so that files that were mixed up are noticed.
public struct SegmentID: Sendable, Hashable, CustomStringConvertible {
    /// The upper half: 48 bits of milliseconds since 1970 UTC, 16 random ones.
    public var high: UInt64
    /// The lower half, random.
    public var low: UInt64

    /// Creates a name from its halves.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Creates the name of a file that is called `ulid`.
    init(_ ulid: ULID) {
        self.init(high: ulid.high, low: ulid.low)
    }

    /// The 26 letters that the file is called by.
    public var description: String { ULID(high: high, low: low).text }
}
