/// How far all files were delivered: what the last run left, and what this one has added.
///
/// Pure: reading and writing the file is the follower's business.
package struct Positions: Sendable {
    /// Records of the last run that no file was found for yet.
    package private(set) var inherited: [PositionRecord]
    private var live: [FileKey: Live] = [:]
    /// Whether something changed since the last save.
    package private(set) var needsSave = false
    /// Whether the set of files changed since the last save. Such a change must be on the disk soon: a file that is
    /// rotated away before it was ever recorded could not be found again after a crash.
    package private(set) var needsSaveNow = false
    /// How far the spool is.
    package private(set) var spool: SpoolProgress
    /// Whether the agent has never run before, as far as anyone can tell.
    package let isFirstRun: Bool

    private struct Live: Sendable {
        var record: PositionRecord
        /// Set when the file was read to its end and closed: the offset at which nothing is left to deliver.
        var end: Int?
    }

    /// Starts from the records of the last run; nil when there was none.
    package init(_ records: [PositionRecord]?, spool: SpoolProgress = SpoolProgress()) {
        inherited = records ?? []
        self.spool = spool
        isFirstRun = records == nil
        needsSave = isFirstRun
        needsSaveNow = isFirstRun
    }

    /// All records, for saving.
    package var records: [PositionRecord] {
        inherited + live.values.map(\.record)
    }

    /// The last run's record of a file, by what the file is.
    package func inherited(identity: FileIdentity) -> PositionRecord? {
        inherited.first { $0.identity == identity }
    }

    /// The records of files that were followed under a path and are not open: those of the last run, and those of this
    /// one that were read to their end.
    package func known(path: String) -> [PositionRecord] {
        inherited.filter { $0.path == path }
            + live.values.filter { $0.end != nil && $0.record.path == path }.map(\.record)
    }

    /// The paths of files that were read to their end and closed.
    package var finishedPaths: Set<String> {
        Set(live.values.filter { $0.end != nil }.map(\.record.path))
    }

    /// A file of this run that was read to `end` and closed, by what it is.
    package func finished(identity: FileIdentity) -> (record: PositionRecord, end: Int)? {
        for entry in live.values where entry.record.identity == identity {
            if let end = entry.end { return (entry.record, end) }
        }
        return nil
    }

    /// Begins to keep the position of a file; the last run's record of it goes.
    package mutating func begin(_ key: FileKey, _ record: PositionRecord) {
        inherited.removeAll { old in
            old.identity == record.identity || (old.identity == nil && old.path == record.path)
        }
        for (other, old) in live where old.end != nil && old.record.identity == record.identity { live[other] = nil }
        live[key] = Live(record: record)
        needsSave = true
        needsSaveNow = true
    }

    /// Takes over how far the last run had read, from batches that it spooled after it last saved.
    package mutating func apply(_ marks: [PositionRecord]) {
        for mark in marks {
            inherited.removeAll { old in
                old.identity == mark.identity || (old.identity == nil && old.path == mark.path)
            }
            inherited.append(mark)
        }
    }

    /// Records how far the spool is.
    package mutating func note(applied: UInt64?, delivered: UInt64?) {
        if let applied, applied != spool.applied {
            spool.applied = applied
            needsSave = true
        }
        if let delivered, delivered != spool.delivered {
            spool.delivered = delivered
            needsSave = true
        }
    }

    /// What a file's record will be once everything before `offset` is delivered; nil when it is not followed any more.
    package func record(_ key: FileKey, at offset: Int) -> PositionRecord? {
        guard var record = live[key]?.record else { return nil }
        record.offset = offset
        return record
    }

    /// Forgets a record of the last run whose file is gone.
    package mutating func forget(_ record: PositionRecord) {
        inherited.removeAll { $0 == record }
        needsSave = true
    }

    /// Records that everything before `offset` was delivered.
    package mutating func acknowledge(_ key: FileKey, offset: Int) {
        guard live[key] != nil, live[key]?.record.offset != offset else { return }
        live[key]?.record.offset = offset
        needsSave = true
    }

    /// Records a longer fingerprint, or that the file lost its path.
    package mutating func update(_ key: FileKey, head: HeadFingerprint, isDetached: Bool) {
        guard let old = live[key]?.record, old.head != head || old.isDetached != isDetached else { return }
        if old.isDetached != isDetached { needsSaveNow = true }
        live[key]?.record.head = head
        live[key]?.record.isDetached = isDetached
        needsSave = true
    }

    /// Records that a file was read to `end` and closed. Its record stays until that is delivered and the file gone.
    package mutating func finish(_ key: FileKey, end: Int) {
        live[key]?.end = end
    }

    /// Forgets a file whose contents are gone, such as a truncated one: nothing can be read from it again.
    package mutating func abandon(_ key: FileKey) {
        live[key] = nil
        needsSave = true
    }

    /// Drops records of finished and delivered files that are no longer there under any name.
    ///
    /// - Parameter existing: the files that are there under the names that rotation gives.
    package mutating func prune(existing: Set<FileIdentity>) {
        for (key, entry) in live {
            guard let end = entry.end, entry.record.offset >= end, let identity = entry.record.identity,
                !existing.contains(identity)
            else { continue }
            live[key] = nil
            needsSave = true
        }
    }

    /// Records that the present state was saved.
    package mutating func saved() {
        needsSave = false
        needsSaveNow = false
    }
}
