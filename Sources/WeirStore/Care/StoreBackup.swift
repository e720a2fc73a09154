internal import Synchronization
internal import WeirModel
public import WeirSystem

/// The files of a store as they are at one instant, to be copied while pushes, merges and questions go on.
///
/// Segments never change and can be read here even after a merge or retention has removed them; catalogues are copies,
/// which go with the last reference to the backup. Copied under their paths the files are a data folder.
public final class StoreBackup: Sendable {
    /// One file.
    public struct File: Sendable, Hashable {
        /// Where it belongs below the data folder: `parts/20261121/01J….wseg`.
        public var path: String
        /// Its size.
        public var bytes: Int
    }

    /// The files: each day's segments before its catalogue, and `weir.db` last, so that a copy that was cut off is no
    /// store yet.
    public let files: [File]

    private let sources: [Source]
    /// Holds the copies of catalogues.
    private let drafts: DraftFolder

    /// Where the bytes of a file are.
    fileprivate enum Source: Sendable {
        case segment(Segment)
        case file(any WeirSystem.File)
    }

    fileprivate init(_ collection: Collection) {
        files = collection.files
        sources = collection.sources
        drafts = collection.drafts
    }

    /// All bytes.
    public var bytes: Int { files.reduce(0) { $0 + $1.bytes } }

    /// Reads bytes of a file of ``files``; blocks.
    ///
    /// - Returns: how many were read, fewer than wanted only at the file's end.
    public func read(_ index: Int, into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) -> Int
    {
        switch sources[index] {
        case .segment(let segment): try segment.reader.readBytes(into: buffer, at: offset)
        case .file(let file): try file.read(into: buffer, at: offset)
        }
    }
}

/// A folder of copies, removed with its last reference.
private final class DraftFolder: Sendable {
    let path: String
    private let files: any FileSystem

    init(_ path: String, _ files: any FileSystem) throws(FileError) {
        self.path = path
        self.files = files
        try files.createFolder(path)
    }

    deinit {
        // What stays goes with the rest of the trash at the next start.
        try? files.removeFolder(path)
    }
}

extension StoreBackup {
    /// Gathers the files of a backup.
    fileprivate struct Collection {
        let disk: any FileSystem
        let drafts: DraftFolder
        var files: [File] = []
        var sources: [Source] = []

        init(_ disk: any FileSystem, drafts: DraftFolder) {
            self.disk = disk
            self.drafts = drafts
        }

        mutating func add(_ segment: Segment, at path: String) {
            files.append(File(path: path, bytes: segment.row.fileBytes))
            sources.append(.segment(segment))
        }

        mutating func add(_ source: String, at path: String) throws {
            let file = try disk.open(source, .read)
            files.append(File(path: path, bytes: try file.size()))
            sources.append(.file(file))
        }
    }
}

extension LogStore {
    /// Holds on to everything that was acknowledged before the call, to be copied at leisure.
    ///
    /// Seals the head first, so that no WAL is needed; what is merged or dropped afterwards stays readable for the
    /// backup, and takes disk space for as long.
    ///
    /// - Throws: ``SourceError`` while closing, `FileError` or ``CatalogueError`` when the disk refuses.
    public func makeBackup() async throws -> StoreBackup {
        interruptMerge()
        return try await lifecycle.pass {
            guard state.withLock({ $0.phase }) == .open else {
                throw SourceError.unavailable(reason: "the store is closing")
            }
            try await sealAll()
            return try await background.run { [self] in try collectBackup() }
        }
    }

    private func collectBackup() throws -> StoreBackup {
        let (days, open) = state.withLock { state in
            (state.days.values.filter(\.isPrepared).sorted { $0.number < $1.number }, state.segments)
        }
        // SQLite writes where the machine's own files are, whatever the segments lie on.
        let machine = PosixFileSystem()
        let drafts = try DraftFolder(configuration.trashFolder + "/" + ULID(at: clock.now()).text, machine)
        var collection = StoreBackup.Collection(machine, drafts: drafts)
        for day in days {
            let name = DayName.text(of: day.number)
            let draft = drafts.path + "/" + name + ".db"
            // Sealing may add segments behind the copied catalogue's back, but takes none away.
            try day.catalogue.backup(to: draft)
            day.catalogue.close()
            let copied = DayCatalogue(path: draft)
            let rows = try copied.summary().segments
            copied.close()
            let known = Dictionary(uniqueKeysWithValues: (open[day.number] ?? []).map { ($0.row.ulid, $0) })
            for row in rows {
                let path = "parts/" + name + "/" + row.fileName
                if let segment = known[row.ulid] {
                    collection.add(segment, at: path)
                } else if row.state == .live {
                    // Sealed since the list was taken.
                    let segment = try Segment.open(row, folder: day.folder, files: files)
                    collection.add(segment, at: path)
                }
                // One that was set aside is no part of a sound copy; the catalogue says that it was there.
            }
            try collection.add(draft, at: "parts/" + name + "/catalog.db")
        }
        try global.backup(to: drafts.path + "/weir.db")
        try collection.add(drafts.path + "/weir.db", at: "weir.db")
        return StoreBackup(collection)
    }

    /// Copies the store to a folder that opens as a store, while pushes and questions go on; see ``makeBackup()``.
    ///
    /// - Parameters:
    ///   - folder: must not exist, or be empty.
    ///   - progress: called before each file, from a thread of the store.
    /// - Throws: also `FileError` when `folder` is not empty; what is copied by then stays.
    /// - Returns: how many files, and their bytes.
    @discardableResult
    public func backup(
        to folder: String, progress: @escaping @Sendable (CareProgress) -> Void = { _ in }
    ) async throws -> (files: Int, bytes: Int) {
        let backup = try await makeBackup()
        try await background.run { [files] in
            var copy = try FolderCopy(to: folder, on: files, bytesTotal: backup.bytes, progress: progress)
            for (index, file) in backup.files.enumerated() {
                try copy.add(file.path) { buffer, offset in try backup.read(index, into: buffer, at: offset) }
            }
            try copy.finish()
        }
        return (backup.files.count, backup.bytes)
    }
}
