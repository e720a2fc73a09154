public import WeirModel

/// Lines that somebody asked to be deleted: hidden from every answer at once, gone from disk when the segments that
/// hold them were rewritten.
public struct DeleteRequest: Sendable {
    /// How far it is.
    public enum State: String, Sendable {
        /// Lines are hidden; some may still be on disk.
        case received
        /// They are gone.
        case processed
    }

    /// Rises with every request.
    public var id: Int64
    /// Whose lines.
    public var tenant: Tenant
    /// The selector with its line filters, as it was sent.
    public var query: String
    /// The streams that the selector picks.
    public var matchers: [Matcher]
    /// When the lines were said; later ones that come after the request stay.
    public var range: TimeRange
    /// When it was asked for.
    public var created: Timestamp
    /// How far it is.
    public var state: State
    /// Lines in WAL records up to this one are meant.
    var lsn: UInt64
}

/// Tells lines by their bytes; called from several threads at once.
public typealias LinePredicate = @Sendable (UnsafeRawBufferPointer) -> Bool

/// A request as scans see it.
struct ActiveDelete: Sendable {
    let request: DeleteRequest
    /// Which lines of the streams; nil means all.
    let predicate: LinePredicate?
    /// Whether its filter could be read; otherwise nothing is hidden for it.
    var isReadable = true

    /// Whether it is about what a segment holds.
    func concerns(_ row: SegmentRow) -> Bool {
        isReadable && row.generation <= request.lsn && row.deletes < request.id
            && request.range.overlaps(row.minTimestamp, row.maxTimestamp)
    }
}
