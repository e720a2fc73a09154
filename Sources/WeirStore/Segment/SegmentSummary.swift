/// What a segment holds in all: the facts that the catalogue keeps about it.
public struct SegmentSummary: Sendable, Hashable {
    /// The segment's name.
    public var id: SegmentID
    /// The first instant, nanoseconds since 1970 UTC.
    public var minTimestamp: Int64
    /// The last instant.
    public var maxTimestamp: Int64
    /// Rows.
    public var rows: Int
    /// Bytes of lines before compression.
    public var rawBytes: Int
    /// Bytes of the file.
    public var fileBytes: Int
    /// Blocks.
    public var blocks: Int
    /// Where the tail (tables, directories, footer) starts.
    public var tailOffset: Int
    /// Bytes of the tail; it ends the file.
    public var tailLength: Int
    /// CRC-32C of the tail.
    public var tailChecksum: UInt32
    /// The streams inside, ascending.
    public var streams: [UInt32]
}
