internal import WeirBytes

/// What a day's catalogue knows about one segment file.
struct SegmentRow: Sendable {
    /// Whether the file serves queries.
    enum State: String, Sendable {
        /// It does.
        case live
        /// It was missing or damaged when the store opened; kept for a look, not read.
        case quarantined
    }

    /// The file's name without its suffix.
    var ulid: String
    /// The tenant, as an id of this day's catalogue.
    var tenant: UInt32
    /// 0 for a sealed head, higher for each time it was merged.
    var level = 0
    /// The first and last instant, nanoseconds since 1970 UTC.
    var minTimestamp: Int64
    var maxTimestamp: Int64
    var rows: Int
    /// Bytes of lines before compression.
    var rawBytes: Int
    var fileBytes: Int
    /// Where the directories start, how long they are and their checksum.
    var tailOffset: Int
    var tailLength: Int
    var tailChecksum: UInt32
    /// The major version of the file format.
    var format: Int
    /// The streams inside, sorted.
    var streams: [UInt32]
    /// The LSN that ended the generation; segments of later generations hold later arrivals.
    var generation: UInt64
    /// The WAL records that went into it: after the first, up to the second.
    var lsnLow: UInt64
    var lsnHigh: UInt64
    /// The newest request to delete that was taken into account when the file was written; its rows are gone.
    var deletes: Int64 = 0
    var state = State.live

    /// The name of the file in the day's folder.
    var fileName: String { ulid + SegmentRow.suffix }

    /// The instant at which the file was made, nanoseconds since 1970 UTC, as its name says.
    var created: Int64 { ULID.instant(of: ulid) ?? 0 }

    static let suffix = ".wseg"
    static let temporarySuffix = ".wseg.tmp"
    /// Of segments that were whole but in no catalogue when the store opened.
    static let unlistedSuffix = ".unlisted"

    /// Sorted ids as varints of their gaps; about one byte each when most streams of the day take part.
    static func encode(streams: [UInt32]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(streams.count + 8)
        var next: UInt32 = 0
        for stream in streams {
            Varint.append(UInt64(stream - next), to: &bytes)
            next = stream + 1
        }
        return bytes
    }

    /// Undoes `encode`; nil when the bytes are no sorted ids below `limit`.
    static func decode(streams bytes: UnsafeRawBufferPointer, below limit: Int) -> [UInt32]? {
        var streams: [UInt32] = []
        var offset = 0
        var next: UInt64 = 0
        while offset < bytes.count {
            guard let gap = Varint.read(bytes, at: &offset), gap < UInt64(limit), next + gap < UInt64(limit)
            else { return nil }
            streams.append(UInt32(next + gap))
            next += gap + 1
        }
        return streams
    }
}
