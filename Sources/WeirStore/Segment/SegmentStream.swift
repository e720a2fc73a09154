/// One stream of a segment and the blocks that hold its rows.
public struct SegmentStream: Sendable, Hashable {
    /// How much of it there is, and when.
    public var extent: StreamExtent
    /// Its part of the segment's block lists; see ``SegmentReader/blocks(of:)``.
    var blocks: Range<Int>
}
