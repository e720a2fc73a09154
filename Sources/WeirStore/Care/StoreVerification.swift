internal import WeirModel
public import WeirSystem

/// Reads every byte of a data folder and compares it with its checksum: WAL, segments and catalogues.
///
/// Changes nothing, and may run beside a store that uses the folder; a file that the store removes meanwhile is then
/// missing here without being a loss.
public struct StoreVerification {
    /// What was found so far, in the order of the days.
    public private(set) var findings: [StoreFinding] = []
    /// Files looked at so far.
    public private(set) var filesRead = 0
    /// Their bytes.
    public private(set) var bytesRead = 0
    private let configuration: StoreConfiguration
    private let files: any FileSystem
    private let progress: (CareProgress) -> Void
    private var bytesTotal = 0

    /// Looks at a data folder from now on.
    ///
    /// - Parameter progress: called before each file.
    public init(folder: String, fileSystem: any FileSystem, progress: @escaping (CareProgress) -> Void = { _ in }) {
        configuration = StoreConfiguration(folder: folder)
        files = fileSystem
        self.progress = progress
    }

    /// Looks at everything; blocks. Damage is found, never thrown.
    ///
    /// - Throws: `FileError` when a folder cannot be listed.
    public mutating func run() throws {
        let parts = configuration.partsFolder
        let names = try files.status(parts) == nil ? [] : try files.list(parts)
        for name in names {
            for file in try files.list(parts + "/" + name) {
                bytesTotal += try files.status(parts + "/" + name + "/" + file)?.size ?? 0
            }
        }
        verify(catalogue: configuration.globalCataloguePath)
        for name in names {
            if DayName.day(of: name) != nil {
                try verify(day: parts + "/" + name)
            } else {
                findings.append(
                    StoreFinding(kind: .setAside, path: parts + "/" + name, reason: "its catalogue was damaged"))
            }
        }
        try verifyWAL()
    }

    private mutating func verify(catalogue path: String) {
        do {
            note(path, bytes: try files.status(path)?.size ?? 0)
            for reason in try CatalogueInspection.damage(path: path) {
                findings.append(StoreFinding(kind: .damaged, path: path, reason: reason))
            }
        } catch {
            findings.append(StoreFinding(kind: .damaged, path: path, reason: "\(error)"))
        }
    }

    private mutating func verify(day folder: String) throws {
        let path = folder + "/catalog.db"
        verify(catalogue: path)
        var listed: Set<String> = []
        // Opening would make one where none is.
        guard try files.status(path) != nil else { return }
        do {
            let catalogue = DayCatalogue(path: path)
            defer { catalogue.close() }
            for row in try catalogue.summary().segments {
                listed.insert(row.fileName)
                verify(row, in: folder)
            }
        } catch {
            // Reported with the catalogue itself.
        }
        for name in try files.list(folder)
        where name.hasSuffix(SegmentRow.unlistedSuffix) || (name.hasSuffix(SegmentRow.suffix) && !listed.contains(name))
        {
            findings.append(
                StoreFinding(kind: .setAside, path: folder + "/" + name, reason: "its catalogue does not list it"))
        }
    }

    private mutating func verify(_ row: SegmentRow, in folder: String) {
        let path = folder + "/" + row.fileName
        note(path, bytes: row.fileBytes)
        do {
            guard try files.status(path) != nil else {
                findings.append(
                    StoreFinding(kind: .missing, path: path, reason: "its catalogue lists \(row.rows) rows"))
                return
            }
            let reader = try Segment.open(row, folder: folder, files: files).reader
            verify(row, against: reader)
            for index in reader.blocks.indices {
                do {
                    try reader.readBlock(index).check()
                    _ = try reader.signature(ofBlock: index)
                } catch let error as CorruptionError {
                    findings.append(StoreFinding(kind: .damaged, path: path, reason: "\(error)"))
                }
            }
        } catch {
            findings.append(StoreFinding(kind: .damaged, path: path, reason: "\(error)"))
        }
    }

    /// Compares what the catalogue says with what the file says about itself.
    private mutating func verify(_ row: SegmentRow, against reader: SegmentReader) {
        do {
            guard let origin = try reader.origin() else { return }
            let isSame =
                origin.level == row.level && origin.generation == row.generation && origin.lsnLow == row.lsnLow
                && origin.lsnHigh == row.lsnHigh && origin.deletes == row.deletes
            if isSame { return }
            let reason = "its catalogue's row differs from what it says of itself: \(origin.facts)"
            findings.append(StoreFinding(kind: .damaged, path: reader.path, reason: reason))
        } catch {
            findings.append(StoreFinding(kind: .damaged, path: reader.path, reason: "\(error)"))
        }
    }

    private mutating func verifyWAL() throws {
        guard try files.status(configuration.walFolder) != nil else { return }
        for name in try files.list(configuration.walFolder) {
            let path = configuration.walFolder + "/" + name
            note(path, bytes: try files.status(path)?.size ?? 0)
        }
        var replay = try WALReplay(folder: configuration.walFolder, fileSystem: files)
        while replay.next() != nil {}
        for error in replay.corruptions {
            findings.append(StoreFinding(kind: .damaged, path: error.path, reason: "\(error)"))
        }
    }

    private mutating func note(_ path: String, bytes: Int) {
        progress(CareProgress(path: path, bytesDone: bytesRead, bytesTotal: bytesTotal))
        filesRead += 1
        bytesRead += bytes
    }
}
