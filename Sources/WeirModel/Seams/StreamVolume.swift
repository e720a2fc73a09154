/// How much there is of one stream in a range of time.
public struct StreamVolume: Sendable, Hashable {
    /// The stream.
    public var labels: LabelSet
    /// Its entries in the range.
    public var entries: Int
    /// Bytes of those entries' lines.
    public var bytes: Int
    /// The blocks that hold them; a block of several streams counts for each.
    public var blocks: Int

    /// Creates a volume.
    public init(labels: LabelSet, entries: Int, bytes: Int, blocks: Int) {
        self.labels = labels
        self.entries = entries
        self.bytes = bytes
        self.blocks = blocks
    }
}
