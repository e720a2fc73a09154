/// The batches that an agent keeps on disk between reading and delivery (`spool:`).
///
/// A batch is on disk before it is first sent, so that after a crash the very same batch is sent again, and a Weir server
/// keeps it once. While the server answers there is little in it; while it does not, it grows up to ``bytesMax``, and
/// then reading waits, or something is dropped.
public struct SpoolConfiguration: Sendable, Hashable {
    /// What happens when the spool is full and the server is still away.
    public enum Overflow: String, Sendable, Hashable, CaseIterable {
        /// Reading waits, and nothing is dropped: the files hold the lines.
        case wait
        /// What has waited longest is dropped.
        case dropOldest = "drop_oldest"
        /// What was just read is dropped.
        case dropNewest = "drop_newest"
    }

    /// Whether there is a spool. Without one lines arrive at least once, and twice after a crash.
    public var isEnabled = true
    /// The most bytes on disk. More lets files that rotation deletes survive a longer absence of the server.
    public var bytesMax = 1 << 30
    /// How old a batch may get before it is dropped instead of sent; nil is no bound.
    public var ageMax: Duration?
    /// What happens when it is full.
    public var overflow = Overflow.wait

    /// Creates the defaults.
    public init() {}
}
