internal import Synchronization
internal import WeirModel
internal import WeirSystem

extension LogStore {
    /// Copies the store to a folder that opens as a store, while pushes and questions go on.
    ///
    /// The copy holds what was acknowledged before the call: the head is sealed first, so no WAL is needed. Nothing is
    /// merged or dropped meanwhile.
    ///
    /// - Parameters:
    ///   - folder: must not exist, or be empty.
    ///   - progress: called before each file, from a thread of the store.
    /// - Throws: ``SourceError`` while closing, `FileError` or ``CatalogueError`` when a disk refuses or `folder` is not
    ///   empty; what is copied by then stays.
    public func backup(
        to folder: String, progress: @escaping @Sendable (CareProgress) -> Void = { _ in }
    ) async throws {
        interruptMerge()
        try await lifecycle.pass {
            guard state.withLock({ $0.phase }) == .open else {
                throw SourceError.unavailable(reason: "the store is closing")
            }
            try await sealAll()
            try await background.run { [self] in
                let target = StoreConfiguration(folder: folder)
                try files.createFolder(folder)
                guard try files.list(folder).isEmpty else {
                    throw FileError(operation: "back up to", path: folder, code: FileError.notEmpty)
                }
                try files.createFolder(target.partsFolder)
                let (days, total) = state.withLock { state in
                    (
                        state.days.values.filter(\.isPrepared).sorted { $0.number < $1.number },
                        state.segments.values.joined().reduce(0) { $0 + $1.row.fileBytes }
                    )
                }
                var copy = FolderCopy(files: files, bytesTotal: total, progress: progress)
                for day in days { try copy.copy(day, to: target.partsFolder + "/" + DayName.text(of: day.number)) }
                try files.syncFolder(target.partsFolder)
                // Last, so that a copy that was cut off is no store yet.
                try global.backup(to: target.globalCataloguePath)
                try files.syncFolder(folder)
            }
        }
    }
}

/// Copies days, one file after the other.
private struct FolderCopy {
    let files: any FileSystem
    let bytesTotal: Int
    let progress: (CareProgress) -> Void
    private var bytesDone = 0
    private var buffer = [UInt8](repeating: 0, count: 1 << 20)

    init(files: any FileSystem, bytesTotal: Int, progress: @escaping (CareProgress) -> Void) {
        self.files = files
        self.bytesTotal = bytesTotal
        self.progress = progress
    }

    mutating func copy(_ day: Day, to folder: String) throws {
        try files.createFolder(folder)
        // Sealing may add segments behind the copied catalogue's back, but takes none away.
        try day.catalogue.backup(to: folder + "/catalog.db")
        let copied = DayCatalogue(path: folder + "/catalog.db")
        defer { copied.close() }
        for row in try copied.summary().segments {
            let source = day.folder + "/" + row.fileName
            // One that was set aside may be missing; the copy's catalogue says so, too.
            guard try row.state == .live || files.status(source) != nil else { continue }
            progress(CareProgress(path: source, bytesDone: bytesDone, bytesTotal: bytesTotal))
            try copy(source, to: folder + "/" + row.fileName)
            bytesDone += row.fileBytes
        }
        try files.syncFolder(folder)
    }

    private mutating func copy(_ source: String, to target: String) throws {
        let input = try files.open(source, .read)
        defer { input.close() }
        let output = try files.open(target, .create)
        defer { output.close() }
        var offset = 0
        while true {
            let count = try buffer.withUnsafeMutableBytes { try input.read(into: $0, at: offset) }
            if count == 0 { break }
            try buffer.withUnsafeBytes { try output.write(UnsafeRawBufferPointer(rebasing: $0[..<count]), at: offset) }
            offset += count
        }
        try output.sync()
    }
}
