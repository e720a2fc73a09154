internal import WeirModel
public import WeirSystem

/// Mends what can be mended in a data folder that no server uses.
public enum StoreRepair {
    /// Sets segments aside that are damaged beyond use, and takes back those that are whole again; blocks.
    ///
    /// - Returns: what was done, a sentence each.
    /// - Throws: ``StoreOpenError`` when a server uses the folder, `FileError` or ``CatalogueError`` when the disk refuses.
    public static func run(folder: String, fileSystem files: any FileSystem) throws -> [String] {
        let configuration = StoreConfiguration(folder: folder)
        let lock: FolderLock
        do {
            lock = try FolderLock(folder: folder)
        } catch {
            throw StoreOpenError.locked(error)
        }
        defer { lock.release() }
        var done: [String] = []
        for name in try files.list(configuration.partsFolder) {
            guard let number = DayName.day(of: name) else { continue }
            let day = Day(number: number, parts: configuration.partsFolder, isOnDisk: true, files: files)
            defer { day.catalogue.close() }
            do {
                try mendSegments(of: day, files, &done)
            } catch let error as CatalogueError where error.isDamaged {
                done.append("left \(day.folder) as it is: \(error)")
            }
        }
        return done
    }

    /// Compares what the catalogue says about each segment with the file, and corrects the catalogue.
    private static func mendSegments(of day: Day, _ files: any FileSystem, _ done: inout [String]) throws {
        guard try files.status(day.catalogue.path) != nil else { return }
        try day.catalogue.prepare(day: day.number)
        for row in try day.catalogue.summary().segments {
            let path = day.folder + "/" + row.fileName
            do {
                let segment = try Segment.open(row, folder: day.folder, files: files)
                guard row.state == .quarantined else { continue }
                for index in segment.reader.blocks.indices { try segment.reader.readBlock(index).check() }
                try day.catalogue.set(.live, of: row.ulid)
                done.append("took \(path) back: it is whole")
            } catch let error where error is CorruptionError || error is FileError {
                guard row.state == .live else { continue }
                try day.catalogue.set(.quarantined, of: row.ulid)
                done.append("set \(path) aside: \(error)")
            }
        }
    }
}
