internal import WeirModel
internal import WeirSystem

/// A day's streams and segments as its segments tell them, for when its catalogue is damaged.
///
/// Nothing is lost by it but what only the catalogue knew: which files were garbage, so that rows may be there twice
/// until the next merge, and how far the WAL had been applied, so that its rows are compared once more.
struct DayRebuild {
    /// The streams under the ids that they had.
    private(set) var index = StreamIndex()
    /// The segments in the order in which their rows arrived.
    private(set) var rows: [SegmentRow] = []

    /// Why a day cannot be made anew.
    struct Impossible: Error {
        let reason: String
    }

    /// Reads what the segments of a folder say; blocks. A file that is damaged itself is left out.
    ///
    /// - Throws: ``Impossible`` when segments do not say enough or contradict each other, `FileError`.
    init(folder: String, files: any FileSystem) throws {
        var labels: [UInt32: (tenant: String, labels: LabelSet)] = [:]
        var found: [(ulid: String, summary: SegmentSummary, origin: SegmentOrigin)] = []
        for name in try files.list(folder) where name.hasSuffix(SegmentRow.suffix) {
            let file = try files.open(folder + "/" + name, .read)
            defer { file.close() }
            do {
                let reader = try SegmentReader.open(file: file)
                guard let origin = try reader.origin() else {
                    throw Impossible(reason: "\(name) is from before segments told the labels of their streams")
                }
                found.append((String(name.dropLast(SegmentRow.suffix.utf8.count)), reader.summary, origin))
            } catch is CorruptionError {
                continue
            }
        }
        for segment in found {
            for (id, set) in zip(segment.summary.streams, segment.origin.labels) {
                if let known = labels[id], known.tenant != segment.origin.tenant || known.labels != set {
                    throw Impossible(reason: "segments give stream \(id) two sets of labels")
                }
                labels[id] = (segment.origin.tenant, set)
            }
        }
        try register(labels, count: Int(labels.keys.max().map { $0 + 1 } ?? 0))
        for segment in found {
            let tenant = index.register(tenant: segment.origin.tenant)
            rows.append(SegmentRow(segment.summary, ulid: segment.ulid, tenant: tenant, segment.origin))
        }
        rows.sort { ($0.generation, $0.ulid) < ($1.generation, $1.ulid) }
    }

    /// Gives every stream the id that it has in the segments; ids that none of them has left get names nobody asks for.
    private mutating func register(
        _ labels: [UInt32: (tenant: String, labels: LabelSet)], count: Int
    ) throws(Impossible) {
        for id in 0..<UInt32(count) {
            let stream = labels[id] ?? ("", LabelSet([Label("__lost_stream__", "\(id)")]))
            guard index.register(stream.labels, tenant: Tenant(stream.tenant)) == id else {
                throw Impossible(reason: "stream \(id) has another stream's labels")
            }
        }
    }

    /// Writes a new catalogue in the place of a damaged or missing one, which is kept beside it; blocks.
    ///
    /// A crash on the way leaves the old one, or none, which the next start makes anew.
    ///
    /// - Throws: ``Impossible``, ``CatalogueError`` or `FileError`; the catalogue is as it was then.
    /// - Returns: the segments, and how many streams.
    static func replaceCatalogue(
        of day: Day, files: any FileSystem, now: Int64
    ) throws -> (segments: [SegmentRow], streams: Int) {
        let found = try DayRebuild(folder: day.folder, files: files)
        day.adopt(found.index)
        // SQLite's files are on the machine's own disk, whatever the segments lie on.
        let machine = PosixFileSystem()
        let draft = DayCatalogue(path: day.folder + "/catalog.draft")
        for suffix in ["", "-wal", "-shm"] { try machine.remove(draft.path + suffix) }
        // The day may have known its tenants in another order before.
        let tenants = day.withIndex { index in found.index.tenants.map { index.register(tenant: $0) } }
        let rows = found.rows.map { row in
            var row = row
            row.tenant = tenants[Int(row.tenant)]
            return row
        }
        let all = day.unpersistedLabels(isAll: true)
        var addition = all.addition
        addition.segments = rows
        try write(addition, to: draft, day: day.number, now: now)
        day.catalogue.close()
        for suffix in ["-wal", "-shm", ""] where try machine.status(day.catalogue.path + suffix) != nil {
            try machine.rename(day.catalogue.path + suffix, to: day.catalogue.path + ".damaged" + suffix)
        }
        try machine.rename(draft.path, to: day.catalogue.path)
        try machine.syncFolder(day.folder)
        day.notePersisted(all.marks)
        return (rows, all.marks.streams)
    }

    private static func write(
        _ addition: DayCatalogue.Addition, to draft: DayCatalogue, day: Int, now: Int64
    ) throws(CatalogueError) {
        defer { draft.close() }
        try draft.prepare(day: day)
        try draft.commit(addition, since: now)
    }
}

extension SegmentRow {
    /// What the catalogue said of a file that tells so itself.
    fileprivate init(_ summary: SegmentSummary, ulid: String, tenant: UInt32, _ origin: SegmentOrigin) {
        self.init(
            ulid: ulid, tenant: tenant, level: origin.level, minTimestamp: summary.minTimestamp,
            maxTimestamp: summary.maxTimestamp, rows: summary.rows, rawBytes: summary.rawBytes,
            fileBytes: summary.fileBytes, tailOffset: summary.tailOffset, tailLength: summary.tailLength,
            tailChecksum: summary.tailChecksum, format: Int(SegmentLayout.major), streams: summary.streams,
            generation: origin.generation, lsnLow: origin.lsnLow, lsnHigh: origin.lsnHigh, deletes: origin.deletes)
    }
}
