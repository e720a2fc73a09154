/// How far all files were delivered: what the last run left, and what this one has added.
///
/// Pure: reading and writing the file is the follower's business.
package struct Positions: Sendable {
    /// Records of the last run that no file was found for yet.
    package private(set) var inherited: [PositionRecord]
    private var live: [FileKey: Live] = [:]
    /// Whether something changed since the last save.
    package private(set) var needsSave = false

    private struct Live: Sendable {
        var record: PositionRecord
        /// Set when the file was read to its end and closed: the offset at which nothing is left to deliver.
        var end: Int?
        /// How many looks in a row have not found the file any more.
        var missedLooks = 0
    }

    /// How many looks for files may miss a finished one before its record goes.
    private static let missedLooksMax = 3

    /// Starts from the records of the last run.
    package init(_ records: [PositionRecord]) {
        inherited = records
    }

    /// All records, for saving.
    package var records: [PositionRecord] {
        inherited + live.values.map(\.record)
    }

    /// The last run's record of a file, by what the file is.
    package func inherited(identity: FileIdentity) -> PositionRecord? {
        inherited.first { $0.identity == identity }
    }

    /// The last run's records of files that were followed under a path.
    package func inherited(path: String) -> [PositionRecord] {
        inherited.filter { $0.path == path }
    }

    /// A file of this run that was read to its end and closed, by what it is.
    package func finished(identity: FileIdentity) -> PositionRecord? {
        live.values.first { $0.end != nil && $0.record.identity == identity }?.record
    }

    /// Begins to keep the position of a file; the last run's record of it goes.
    package mutating func begin(_ key: FileKey, _ record: PositionRecord) {
        inherited.removeAll { old in
            old.identity == record.identity || (old.identity == nil && old.path == record.path)
        }
        for (other, old) in live where old.end != nil && old.record.identity == record.identity { live[other] = nil }
        live[key] = Live(record: record)
        needsSave = true
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

    /// Drops records of finished files that a look for files has not found several times in a row.
    package mutating func prune(found: Set<FileIdentity>) {
        for (key, entry) in live {
            guard let end = entry.end, entry.record.offset >= end, let identity = entry.record.identity else {
                continue
            }
            if found.contains(identity) {
                live[key]?.missedLooks = 0
            } else if entry.missedLooks + 1 >= Positions.missedLooksMax {
                live[key] = nil
                needsSave = true
            } else {
                live[key]?.missedLooks += 1
            }
        }
    }

    /// Records that the present state was saved.
    package mutating func saved() {
        needsSave = false
    }
}
