/// What the store has done since it opened and what it holds now; for `/metrics`.
public struct StoreStatistics: Sendable, Equatable {
    /// Pushes, rows and bytes of lines acknowledged since opening.
    public var pushesAppended = 0
    /// Rows acknowledged since opening.
    public var rowsAppended = 0
    /// Bytes of the lines of those rows.
    public var lineBytesAppended = 0
    /// Rows left out at sealing because an equal entry was there.
    public var duplicatesDropped = 0
    /// Rows in memory, duplicates included.
    public var headRows = 0
    /// Bytes of lines in memory, before compression.
    public var headLineBytes = 0
    /// Streams with rows in memory, counted once per day.
    public var headStreams = 0
    /// Bytes of the WAL that are not released.
    public var walBytes = 0
    /// Segment files that serve queries.
    public var segments = 0
    /// Bytes of those files.
    public var segmentBytes = 0
    /// Rows in those files.
    public var segmentRows = 0
    /// Segment files that were set aside as damaged when the store opened.
    public var segmentsQuarantined = 0
    /// Days with data.
    public var days = 0
    /// Generations sealed since opening.
    public var seals = 0
    /// Attempts to seal that failed.
    public var sealFailures = 0
    /// Merges of segments since opening.
    public var merges = 0
    /// Attempts to merge that failed.
    public var mergeFailures = 0
    /// Segments that went into merges.
    public var segmentsMerged = 0
    /// Bytes of the files that merges wrote.
    public var mergedBytesWritten = 0
    /// Rows that merges left out because they were past their time or to be deleted.
    public var rowsDeleted = 0
    /// Days removed because they were past their time or too much for the disk.
    public var daysDropped = 0
    /// Requests to delete whose lines are hidden but not all gone.
    public var deletesActive = 0
    /// Blocks left out of answers because they are damaged.
    public var blocksDamaged = 0
    /// Bytes still free on the disk, as last looked at.
    public var freeDiskBytes = 0
    /// Whether pushes are refused.
    public var isReadOnly = false

    /// Creates zeros.
    public init() {}
}
