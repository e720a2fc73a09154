/// A block as bytes, not yet in a file: what a head keeps of its older rows and what a segment is written from.
public struct EncodedBlock: Sendable {
    /// What the block directory will say; its place in the file is not known yet.
    public internal(set) var entry: BlockEntry
    /// The columns, in the order in which they lie in the payload.
    public let columns: [ColumnEntry]
    /// The columns' bytes, followed by ``ColumnSource/readableBeyond`` zeros.
    let payload: [UInt8]
    /// What the block holds of each stream, by ascending stream id.
    public let streams: [StreamExtent]

    /// What the lines may contain; nil when nobody looked.
    public let signature: BlockSignature?

    /// Memory that the block takes, in bytes.
    public var memoryBytes: Int {
        payload.count + (signature?.memoryBytes ?? 0) + streams.count * MemoryLayout<StreamExtent>.stride
            + columns.count * MemoryLayout<ColumnEntry>.stride
    }
}
