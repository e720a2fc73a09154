internal import WeirModel
public import WeirSystem

/// Reads the log back after a start: the records in order of their LSNs, over all files, and what is damaged.
///
/// Damage never stops a replay and never traps: it goes on at the next whole record or file. A tail that a crash tore is
/// cut there, as nothing in it was acknowledged.
public struct WALReplay {
    /// Damage that lost, or may have lost, acknowledged records; complete when ``next()`` has returned nil.
    public private(set) var corruptions: [CorruptionError] = []
    /// Tails of groups that were being written when the machine stopped; nothing acknowledged was in them.
    public private(set) var tornTails: [CorruptionError] = []
    /// One after the highest LSN that was used; complete when ``next()`` has returned nil.
    public private(set) var nextLSN: UInt64 = 1
    /// The first LSN that any file may hold; nil without files, or when a file does not say.
    public let oldestLSN: UInt64?
    /// Above the sequence numbers of all files.
    public let nextFileSequence: UInt64

    private let folder: WALFolder
    private var pending: ArraySlice<WALFileFound>
    private var scan: WALFileScan?
    /// The LSN that must come next; nil before the first file.
    private var expectedLSN: UInt64?
    /// The end that the scanned file must reach, as its successor of the same process says.
    private var provenEnd: UInt64?
    /// What is wrong with the header of the scanned file, until it is filed.
    private var headerDamage: CorruptionError?

    /// Looks at the headers of all files in the folder; one that is missing counts as empty.
    ///
    /// - Throws: `FileError` when the folder cannot be listed.
    public init(folder path: String, fileSystem: any FileSystem) throws(FileError) {
        folder = WALFolder(path: path, files: fileSystem)
        let names = try fileSystem.status(path) == nil ? [] : folder.fileNames()
        let found = names.map { [folder] in WALFileFound(name: $0, in: folder) }
        nextFileSequence = (found.last?.sequence ?? 0) + 1
        let firsts = found.map(\.header?.firstLSN)
        oldestLSN = firsts.contains(nil) ? nil : firsts.compactMap { $0 }.min()
        pending = WALFileFound.settlingLimits(found)[...]
        for file in found { nextLSN = max(nextLSN, file.header?.firstLSN ?? 1) }
    }

    /// The next record; nil at the end of the log. Reads the disk.
    public mutating func next() -> WALRecord? {
        while true {
            if scan == nil {
                guard let file = pending.popFirst() else { return nil }
                open(file)
                continue
            }
            do throws(FileError) {
                if let record = try step() { return record }
            } catch {
                report(0, "a file that can be read", "\(error)")
                scan = nil
            }
        }
    }

    private mutating func step() throws(FileError) -> WALRecord? {
        guard let scan else { return nil }
        switch try scan.next() {
        case .record(let header, let payload, let byteOffset):
            if let expectedLSN, header.lsn > expectedLSN {
                note(header, missing: expectedLSN, byteOffset, "record \(header.lsn)")
            }
            if header.syncedEnd > scan.header.firstLSN { fileHeaderDamage(wasSynced: true) }
            expectedLSN = header.lsn + 1
            nextLSN = max(nextLSN, header.lsn + 1)
            if let record = WALRecordReader.read(header, payload: payload) { return record }
            let expected = "a record that this version of Weir can read"
            report(byteOffset, expected, "type \(header.type) with \(header.payloadBytes) bytes")
        case .damage(let byteOffset, let found, let resumed):
            note(resumed, missing: scan.expectedLSN, byteOffset, found)
            expectedLSN = resumed.lsn
        case .end(let byteOffset, let found):
            let next = max(expectedLSN ?? 0, scan.expectedLSN)
            expectedLSN = next
            fileHeaderDamage(wasSynced: provenEnd.map { $0 > scan.header.firstLSN } ?? false)
            if let provenEnd, next < provenEnd {
                report(byteOffset, "records \(next) to \(provenEnd - 1)", found ?? "the end")
            } else if let found {
                tornTails.append(error(byteOffset, "record \(next)", found))
            }
            self.scan = nil
        }
        return nil
    }

    /// Files damage under torn or corrupt: the record behind it knows whether the missing one had been synced.
    private mutating func note(_ resumed: WALRecordHeader, missing: UInt64, _ byteOffset: Int, _ found: String) {
        if resumed.syncedEnd > missing {
            report(byteOffset, "record \(missing)", found)
        } else {
            tornTails.append(error(byteOffset, "record \(missing)", found))
        }
    }

    private mutating func open(_ found: WALFileFound) {
        let path = folder.filePath(found.name)
        headerDamage = found.damage.map { damage in
            CorruptionError(
                path: path, byteOffset: damage.byteOffset, expected: "a log file's header", found: damage.found)
        }
        if found.header == nil { fileHeaderDamage(wasSynced: false) }
        guard let header = found.header else { return }
        provenEnd = found.provenEnd
        do throws(FileError) {
            let file = try folder.files.open(path, .read)
            scan = try WALFileScan(path: path, file: file, header: header, limitLSN: found.limitLSN)
        } catch {
            let reason = "\(error)"
            corruptions.append(
                CorruptionError(path: path, byteOffset: 0, expected: "a file that can be read", found: reason))
            return
        }
        expectedLSN = header.firstLSN
    }

    /// Files a damaged header under torn or corrupt, once it is known whether the file was ever synced. A file without a
    /// header counts as never synced: if something in it was, the end of the file before it is missed.
    private mutating func fileHeaderDamage(wasSynced: Bool) {
        guard let damage = headerDamage else { return }
        if wasSynced { corruptions.append(damage) } else { tornTails.append(damage) }
        headerDamage = nil
    }

    private mutating func report(_ byteOffset: Int, _ expected: String, _ found: String) {
        corruptions.append(error(byteOffset, expected, found))
    }

    private func error(_ byteOffset: Int, _ expected: String, _ found: String) -> CorruptionError {
        CorruptionError(path: scan?.path ?? folder.path, byteOffset: byteOffset, expected: expected, found: found)
    }
}
