/// Something an operator may want to know; the store has no log of its own.
public enum StoreEvent: Sendable {
    /// Bytes of a block are damaged; its rows are left out of answers.
    case blockDamaged(CorruptionError)
    /// A segment that the catalogue lists is missing or damaged; its rows are left out of answers.
    case segmentQuarantined(path: String, reason: String)
    /// A file that a crash left half-made is removed; the WAL still had its rows.
    case leftoverRemoved(path: String)
    /// The catalogue of a day is damaged; the day's folder is renamed and left out of answers.
    case daySetAside(folder: String, kept: String, reason: String)
    /// The catalogue of a day was damaged or missing and is made anew of the day's segments; nothing is lost.
    case catalogueRebuilt(path: String, segments: Int, streams: Int, reason: String)
    /// The store's own database was damaged; the copy of it is used, or a new one begun, which knows of no request to
    /// delete.
    case settingsSetAside(path: String, kept: String, usesCopy: Bool, reason: String)
    /// The streams of a day cannot be read; the day is left out of answers. Opening the store again sets it aside when
    /// lines of that day come.
    case dayUnreadable(folder: String, reason: String)
    /// A whole segment that no catalogue lists is renamed and left out of answers. After a crash the WAL has its rows
    /// too; after damage to the catalogue it may be the only one that has them.
    case segmentUnlisted(path: String, kept: String)
    /// Records of the WAL are back in the head after a restart.
    case replayed(records: Int, rows: Int)
    /// A record of the WAL is whole but its body cannot be decoded; its rows are lost.
    case recordUnreadable(lsn: UInt64, reason: String)
    /// Records of the WAL that cannot be read are passed over; their rows are lost.
    case recordsDamaged(CorruptionError)
    /// The head is sealed: rows and bytes of lines, and the segments they went to.
    case sealed(rows: Int, lineBytes: Int, segments: Int)
    /// Sealing failed and will be tried again; the rows are safe in the WAL and readable.
    case sealFailed(reason: String)
    /// Segments of a day are merged: how many, into how many bytes, and how many rows were left out as deleted.
    case merged(day: String, segments: Int, level: Int, fileBytes: Int, rowsDeleted: Int)
    /// Merging failed and will be tried again; the segments stay as they are.
    case mergeFailed(reason: String)
    /// A segment is not merged any more because a block of it is damaged, which a merge would lose for good.
    case mergeRefused(CorruptionError)
    /// A day is removed, past its time or too much for the disk.
    case dayDropped(day: String, bytes: Int, rows: Int)
    /// The filter of a request to delete cannot be read; no line is deleted for it until it is cancelled and sent again.
    case deleteUnreadable(id: Int64, query: String, reason: String)
    /// Removing old days failed and will be tried again.
    case dropFailed(reason: String)
    /// No pushes are taken until there is room.
    case turnedReadOnly(reason: String)
    /// Pushes are taken again.
    case turnedWritable

    /// How urgent an event is.
    public enum Severity: Sendable {
        /// Somebody must act.
        case error
        /// Unexpected, but nothing is lost.
        case warning
        /// Part of ordinary life.
        case notice
    }

    /// How urgent it is.
    public var severity: Severity {
        switch self {
        case .blockDamaged, .segmentQuarantined, .recordsDamaged, .recordUnreadable, .sealFailed, .turnedReadOnly,
            .daySetAside, .mergeRefused, .deleteUnreadable, .dayUnreadable, .settingsSetAside:
            .error
        case .catalogueRebuilt: .warning
        case .leftoverRemoved, .segmentUnlisted, .mergeFailed, .dropFailed: .warning
        case .replayed, .sealed, .merged, .dayDropped, .turnedWritable: .notice
        }
    }
}

extension StoreEvent: CustomStringConvertible {
    /// One line for a log.
    public var description: String {
        switch self {
        case .blockDamaged(let error): "left a damaged block out of answers: \(error)"
        case .segmentQuarantined(let path, let reason): "set segment \(path) aside: \(reason); restore it from a backup"
        case .leftoverRemoved(let path): "removed \(path), which a crash left unfinished"
        case .daySetAside(let folder, let kept, let reason):
            "set day \(folder) aside as \(kept): \(reason); restore the folder from a backup"
        case .catalogueRebuilt(let path, let segments, let streams, let reason):
            "made \(path) anew of \(segments) segments with \(streams) streams: \(reason)"
        case .settingsSetAside(let path, let kept, let usesCopy, let reason):
            "set \(path) aside as \(kept): \(reason); "
                + (usesCopy ? "its copy is used" : "requests to delete that were under way must be sent again")
        case .dayUnreadable(let folder, let reason):
            "left day \(folder) out of answers: \(reason); restore the folder from a backup"
        case .segmentUnlisted(let path, let kept):
            "kept \(path), which its catalogue does not list, as \(kept); needed only if the catalogue was damaged"
        case .replayed(let records, let rows): "replayed \(records) WAL records with \(rows) rows"
        case .recordsDamaged(let error): "passed over damaged WAL records: \(error)"
        case .recordUnreadable(let lsn, let reason): "passed over WAL record \(lsn), which cannot be decoded: \(reason)"
        case .sealed(let rows, let lineBytes, let segments):
            "sealed \(rows) rows, \(lineBytes) bytes of lines, into \(segments) segments"
        case .sealFailed(let reason): "sealing failed and will be tried again: \(reason)"
        case .merged(let day, let segments, let level, let fileBytes, let rowsDeleted):
            "merged \(segments) segments of \(day) into \(fileBytes) bytes of level \(level), left out \(rowsDeleted) rows"
        case .mergeFailed(let reason): "merging failed and will be tried again: \(reason)"
        case .mergeRefused(let error):
            "merges the segment no more, to keep what a repair may save: \(error); restore it from a backup"
        case .dayDropped(let day, let bytes, let rows): "removed day \(day) with \(rows) rows, \(bytes) bytes"
        case .deleteUnreadable(let id, let query, let reason):
            "cannot read request \(id) to delete \(query): \(reason); cancel it and send it again"
        case .dropFailed(let reason): "removing old days failed and will be tried again: \(reason)"
        case .turnedReadOnly(let reason): "takes no pushes: \(reason)"
        case .turnedWritable: "takes pushes again"
        }
    }
}
