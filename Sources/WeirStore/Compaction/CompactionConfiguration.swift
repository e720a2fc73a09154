/// When segments are merged, and how large they become.
///
/// A sealed head is level 0. Of one hour's such segments level 1 is made, of a day that is over level 2: fewer files to
/// open, fuller blocks, and the time to compress them well.
public struct CompactionConfiguration: Sendable {
    /// Whether segments are merged in the background. Rows that are to be deleted are removed by merging, so without
    /// it they stay on disk, though no answer has them.
    public var isEnabled = true
    /// The most bytes of lines in a segment of level 1.
    public var hourBytesMax = 1 << 30
    /// The most bytes of lines in a segment of level 2.
    public var dayBytesMax = 8 << 30
    /// As many segments of one hour are merged before the hour is over.
    public var hourCountMax = 8
    /// The most segments that one merge reads: each may keep a decoded block in memory.
    public var inputsMax = 32
    /// How long after its end an hour or a day counts as over; lines come late.
    public var lateness = Duration.seconds(900)

    /// Creates the defaults.
    public init() {}
}
