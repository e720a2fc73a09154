/// How much of one stream lies in a block or a segment, and when.
public struct StreamExtent: Sendable, Hashable {
    /// The stream's id in the day's catalogue.
    public var stream: UInt32
    /// Its rows.
    public var rows: UInt32
    /// Its first instant, nanoseconds since 1970 UTC.
    public var minTimestamp: Int64
    /// Its last instant.
    public var maxTimestamp: Int64
    /// Bytes of its lines.
    public var rawBytes: UInt64

    /// Creates an extent.
    public init(stream: UInt32, rows: UInt32, minTimestamp: Int64, maxTimestamp: Int64, rawBytes: UInt64) {
        self.stream = stream
        self.rows = rows
        self.minTimestamp = minTimestamp
        self.maxTimestamp = maxTimestamp
        self.rawBytes = rawBytes
    }

    /// Takes in more of the same stream.
    mutating func formUnion(_ other: StreamExtent) {
        rows += other.rows
        minTimestamp = min(minTimestamp, other.minTimestamp)
        maxTimestamp = max(maxTimestamp, other.maxTimestamp)
        rawBytes += other.rawBytes
    }
}
