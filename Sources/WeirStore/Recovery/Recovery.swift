internal import WeirModel
internal import WeirSystem

/// Brings a store back from what is on disk: whole segments that a catalogue lists, and everything later from the WAL.
///
/// Runs before anybody can append or scan, on one thread.
struct Recovery {
    let configuration: StoreConfiguration
    let files: any FileSystem
    let clock: any WallClock
    let decodeBody: @Sendable (EncodedBody) throws -> LineBatch
    let report: @Sendable (StoreEvent) -> Void

    private var days: [Int: Day] = [:]
    private var segments: [Int: [Segment]] = [:]
    private var appliedLSNs: [Int: UInt64] = [:]
    private var quarantined = 0

    init(
        configuration: StoreConfiguration, files: any FileSystem, clock: any WallClock,
        decodeBody: @escaping @Sendable (EncodedBody) throws -> LineBatch,
        report: @escaping @Sendable (StoreEvent) -> Void
    ) {
        self.configuration = configuration
        self.files = files
        self.clock = clock
        self.decodeBody = decodeBody
        self.report = report
    }

    /// Locks the folder, reads the catalogues, clears what a crash left, replays the WAL and opens it behind that.
    mutating func run(
        scanThreads: WorkExecutor, sealThreads: WorkExecutor, threadCount: Int
    ) throws -> LogStore.Opened {
        try files.createFolder(configuration.partsFolder)
        let lock = try lockFolder()
        let global = try openGlobal()
        try finishDropping(global)
        for name in try files.list(configuration.partsFolder) {
            guard let number = DayName.day(of: name) else { continue }
            let day = Day(number: number, parts: configuration.partsFolder, isOnDisk: true, files: files)
            try openOrMend(day, global: global)
        }
        // Pushes will need today's streams, and damage there must show while the day can still be set aside.
        let today = Timestamp(nanoseconds: clock.now()).utcDay
        if days[today] != nil { _ = try loadedDay(today) }
        try configuration.reach(.leftoversRemoved)
        let generation = Generation()
        try forgetDropped(global)
        let senders = SenderLedger(try global.senders(since: clock.now() - SenderLedger.ageMax))
        let (fullBlocks, nextLSN, nextFileSequence) = try replay(into: generation, senders)
        try configuration.reach(.walReplayed)
        let wal = try WriteAheadLog(
            folder: configuration.walFolder, fileSystem: files, configuration: walConfiguration,
            nextLSN: max(nextLSN, (appliedLSNs.values.max() ?? 0) + 1), fileSequence: nextFileSequence)
        var state = LogStore.State(
            current: generation, days: days, segments: segments, segmentsQuarantined: quarantined)
        state.deletes = try activeDeletes(global)
        return LogStore.Opened(
            global: global, wal: wal, lock: lock, scanThreads: scanThreads, sealThreads: sealThreads,
            threadCount: threadCount,
            state: state, fullBlocks: fullBlocks, senders: senders)
    }

    private var walConfiguration: WALConfiguration {
        var wal = WALConfiguration()
        wal.sync = configuration.walSync
        wal.syncInterval = configuration.walSyncInterval
        wal.growBytes = configuration.walGrowBytes
        return wal
    }

    private func lockFolder() throws(StoreOpenError) -> FolderLock {
        do {
            return try FolderLock(folder: configuration.folder)
        } catch {
            throw .locked(error)
        }
    }

    // MARK: - Days

    /// Removes the folders of days that were being dropped, and remembers which records went with dropped days.
    private mutating func finishDropping(_ global: GlobalCatalogue) throws {
        for partition in try global.partitions() {
            appliedLSNs[partition.day] = partition.appliedLSN
            guard partition.state == .dropping else { continue }
            try files.removeFolder(configuration.partsFolder + "/" + DayName.text(of: partition.day))
            try files.syncFolder(configuration.partsFolder)
            try global.endDropping(day: partition.day)
        }
        try files.removeFolder(configuration.trashFolder)
    }

    /// Forgets days that were dropped once no record of the WAL can have rows of them; the newest stays, because LSNs go
    /// on from there.
    private func forgetDropped(_ global: GlobalCatalogue) throws {
        let dropped = try global.partitions().filter { $0.state == .dropped }
        guard dropped.count > 1 else { return }
        let replay = try WALReplay(folder: configuration.walFolder, fileSystem: files)
        guard let oldest = replay.oldestLSN else { return }
        // A file that was released must not come back with a power cut.
        try files.syncFolder(configuration.walFolder)
        try global.forgetDropped(before: oldest)
    }

    /// The requests whose lines are still to be hidden. One whose filter cannot be read hides nothing, so that no line
    /// is lost that nobody asked to delete.
    private func activeDeletes(_ global: GlobalCatalogue) throws -> [ActiveDelete] {
        try global.deleteRequests().filter { $0.state == .received }.map { request in
            do {
                return ActiveDelete(request: request, predicate: try configuration.lineFilter(request.query))
            } catch {
                report(.deleteUnreadable(id: request.id, query: request.query, reason: "\(error)"))
                return ActiveDelete(request: request, predicate: nil, isReadable: false)
            }
        }
    }

    /// Opens a day, with a catalogue made anew of its segments when that is damaged, or else sets it aside.
    private mutating func openOrMend(_ day: Day, global: GlobalCatalogue) throws {
        let quarantinedBefore = quarantined
        guard let damage = try openSayingDamage(day, global: global) else { return }
        quarantined = quarantinedBefore
        segments[day.number] = nil
        guard try isRebuilt(day, because: damage) else { return try setAside(day, because: damage) }
        guard let remaining = try openSayingDamage(day, global: global) else { return }
        quarantined = quarantinedBefore
        segments[day.number] = nil
        try setAside(day, because: remaining)
    }

    private mutating func openSayingDamage(_ day: Day, global: GlobalCatalogue) throws -> CatalogueError? {
        if try isCatalogueMissing(of: day) {
            return CatalogueError(path: day.catalogue.path, reason: "is missing", isDamaged: true)
        }
        do {
            try open(day, global: global)
            return nil
        } catch let error as CatalogueError {
            guard error.isDamaged, error.path.hasPrefix(day.folder + "/") else { throw error }
            return error
        }
    }

    /// Makes the catalogue anew; false when the segments do not say enough.
    private func isRebuilt(_ day: Day, because error: CatalogueError) throws -> Bool {
        do {
            try rebuild(day, because: error)
            return true
        } catch is DayRebuild.Impossible {
            return false
        }
    }

    /// Whether there are segments, but nothing that lists them: a catalogue is always there before its segments.
    private func isCatalogueMissing(of day: Day) throws -> Bool {
        guard try PosixFileSystem().status(day.catalogue.path)?.size ?? 0 == 0 else { return false }
        return try files.list(day.folder).contains { $0.hasSuffix(SegmentRow.suffix) }
    }

    private func rebuild(_ day: Day, because error: CatalogueError) throws {
        day.catalogue.close()
        let (segments, streams) = try DayRebuild.replaceCatalogue(of: day, files: files, now: clock.now())
        report(
            .catalogueRebuilt(
                path: day.catalogue.path, segments: segments.count, streams: streams, reason: "\(error)"))
    }

    /// Opens the store's own database, or the copy of it when it is damaged, or begins a new one.
    private func openGlobal() throws -> GlobalCatalogue {
        let path = configuration.globalCataloguePath
        let damage: CatalogueError
        do throws(CatalogueError) {
            return try GlobalCatalogue(checked: path)
        } catch {
            guard error.isDamaged else { throw error }
            damage = error
        }
        let machine = PosixFileSystem()
        for suffix in ["-wal", "-shm", ""] {
            guard try machine.status(path + suffix) != nil else { continue }
            try machine.rename(path + suffix, to: path + ".damaged" + suffix)
        }
        let usesCopy = try isRestoredFromCopy(path)
        report(.settingsSetAside(path: path, kept: path + ".damaged", usesCopy: usesCopy, reason: "\(damage)"))
        return try GlobalCatalogue(checked: path)
    }

    /// Puts the copy of the store's own database in its place; false when there is none that is sound.
    private func isRestoredFromCopy(_ path: String) throws -> Bool {
        let copy = path + GlobalCatalogue.copySuffix
        guard try PosixFileSystem().status(copy) != nil, let sound = try? GlobalCatalogue(checked: copy) else {
            return false
        }
        defer { sound.close() }
        try sound.backup(to: path)
        return true
    }

    /// Opens a day: completes its making if a crash interrupted that, and compares files with the catalogue.
    private mutating func open(_ day: Day, global: GlobalCatalogue) throws {
        try day.catalogue.prepare(day: day.number)
        try global.register(day: day.number)
        let summary = try day.catalogue.summary()
        days[day.number] = day
        appliedLSNs[day.number] = max(summary.appliedLSN, appliedLSNs[day.number] ?? 0)
        let quarantinedBefore = quarantined + summary.segments.count { $0.state != .live }
        var opened: [Segment] = []
        for row in summary.segments {
            guard row.state == .live else {
                quarantined += 1
                continue
            }
            do {
                opened.append(try Segment.open(row, folder: day.folder, files: files))
            } catch {
                if error is CorruptionError, origin(of: day.folder + "/" + row.fileName) != nil {
                    throw CatalogueError(
                        path: day.catalogue.path, reason: "what it says of \(row.fileName) is not so", isDamaged: true)
                }
                // Whatever is wrong with one file must not keep the others from serving.
                quarantined += 1
                try day.catalogue.set(.quarantined, of: row.ulid)
                report(.segmentQuarantined(path: day.folder + "/" + row.fileName, reason: "\(error)"))
            }
        }
        try clearGarbage(summary.garbage, of: day, isSound: quarantined == quarantinedBefore)
        let listed = Set(summary.segments.map(\.fileName))
        try clearLeftovers(of: day, listed: listed)
        // Within a day segments come in the order in which their rows arrived.
        segments[day.number] = opened
        for segment in opened {
            day.noteNewest(segment.reader.streams.lazy.map { ($0.extent.stream, $0.extent.maxTimestamp) })
        }
        day.catalogue.close()
    }

    /// What a file says about itself; nil when it is damaged or says nothing.
    private func origin(of path: String) -> SegmentOrigin? {
        guard let file = try? files.open(path, .read) else { return nil }
        defer { file.close() }
        return try? SegmentReader.open(file: file).origin()
    }

    /// Renames the folder of a day whose catalogue is damaged, so that the other days serve and nothing of it is lost.
    private mutating func setAside(_ day: Day, because error: CatalogueError) throws {
        day.catalogue.close()
        days[day.number] = nil
        appliedLSNs[day.number] = nil
        var kept = day.folder + ".damaged"
        var attempt = 1
        while try files.status(kept) != nil {
            attempt += 1
            kept = day.folder + ".damaged-\(attempt)"
        }
        try files.rename(day.folder, to: kept)
        try files.syncFolder(configuration.partsFolder)
        quarantined += 1
        report(.daySetAside(folder: day.folder, kept: kept, reason: "\(error)"))
    }

    /// Removes files that merges left, inputs and unfinished outputs.
    ///
    /// When a listed segment is missing or damaged, the catalogue may have lost its last commits, and what it calls
    /// garbage may be all there is of some rows; then they become files that no catalogue lists.
    private func clearGarbage(_ garbage: [String], of day: Day, isSound: Bool) throws {
        guard !garbage.isEmpty else { return }
        if isSound {
            for ulid in garbage { try files.remove(day.folder + "/" + ulid + SegmentRow.suffix) }
            // One that a power cut brought back would be a file that nobody knows, with lines that were deleted.
            try files.syncFolder(day.folder)
        }
        try day.catalogue.forgetGarbage(garbage)
    }

    /// Removes drafts of segments, whose rows the WAL still has, and sets whole ones aside that no catalogue lists.
    ///
    /// The latter are mostly what a crash before the catalogue's commit left, but a catalogue that lost its last
    /// commits to damage looks the same, and then they alone have rows that were acknowledged.
    private func clearLeftovers(of day: Day, listed: Set<String>) throws {
        for name in try files.list(day.folder) {
            let path = day.folder + "/" + name
            if name.hasSuffix(SegmentRow.temporarySuffix) {
                try files.remove(path)
                report(.leftoverRemoved(path: path))
            } else if name.hasSuffix(SegmentRow.suffix), !listed.contains(name) {
                let kept = String(path.dropLast(SegmentRow.suffix.utf8.count)) + SegmentRow.unlistedSuffix
                try files.rename(path, to: kept)
                report(.segmentUnlisted(path: path, kept: kept))
            }
        }
    }

    // MARK: - WAL

    /// Puts the rows of the WAL that are in no segment into the head.
    ///
    /// A row is passed over exactly when its day's catalogue committed its record: a crash between the commits of two
    /// days brings back the rows of one of them.
    ///
    /// A push that failed may be in the WAL all the same, and then again when it was sent again: of one number the first
    /// record counts. Numbers in `weir.db` say nothing here, as their rows may be in no segment yet.
    private mutating func replay(
        into generation: Generation, _ senders: SenderLedger
    ) throws -> (fullBlocks: [FullBlock], nextLSN: UInt64, nextFileSequence: UInt64) {
        var replay = try WALReplay(folder: configuration.walFolder, fileSystem: files)
        var fullBlocks: [FullBlock] = []
        var records = 0
        var replayed: [SenderLedger.Key: UInt64] = [:]
        while let record = replay.next() {
            guard let batch = decode(record) else { continue }
            if let origin = record.origin {
                let key = SenderLedger.Key(tenant: record.tenant, sender: origin.sender)
                guard origin.sequence > replayed[key] ?? 0 else { continue }
                replayed[key] = origin.sequence
                senders.commit(origin, tenant: record.tenant, now: record.arrival.nanoseconds)
            }
            let groups = try unapplied(RowGroup.groups(of: batch), of: record, batch: batch)
            for (day, block) in generation.insert(groups, of: batch, arrival: record.arrival.nanoseconds) {
                fullBlocks.append(FullBlock(generation: generation, day: day, block: block))
            }
            records += 1
            try configuration.reach(.recordReplayed)
        }
        for error in replay.corruptions { report(.recordsDamaged(error)) }
        report(.replayed(records: records, rows: generation.size.rows))
        return (fullBlocks, replay.nextLSN, replay.nextFileSequence)
    }

    private func decode(_ record: WALRecord) -> LineBatch? {
        switch record.content {
        case .rows(let batch):
            return batch
        case .encoded(let body):
            do {
                return try decodeBody(body)
            } catch {
                report(.recordUnreadable(lsn: record.lsn, reason: "\(error)"))
                return nil
            }
        }
    }

    /// A day whose streams are in memory. Damage that shows only now costs the day's folder, not the start.
    private mutating func loadedDay(_ number: Int) throws -> Day {
        if let day = days[number] {
            guard let damage = try loadOrMend(day) else { return day }
            try setAside(day, because: damage)
            segments[number] = nil
        }
        let day = Day(number: number, parts: configuration.partsFolder, isOnDisk: false, files: files)
        days[number] = day
        return day
    }

    /// Loads a day's streams, from its segments if need be; then the catalogue is made anew, because it will be written to.
    ///
    /// - Returns: the damage when neither helps.
    private func loadOrMend(_ day: Day) throws -> CatalogueError? {
        let damage: CatalogueError?
        do throws(CatalogueError) {
            damage = try day.loadSayingDamage()
        } catch {
            guard error.isDamaged else { throw error }
            return error
        }
        guard let damage, try !isRebuilt(day, because: damage) else { return nil }
        return damage
    }

    private mutating func unapplied(
        _ groups: [RowGroup], of record: WALRecord, batch: borrowing LineBatch
    ) throws -> [RowGroup] {
        var kept: [RowGroup] = []
        for group in groups where record.lsn > appliedLSNs[group.day] ?? 0 {
            let day = try loadedDay(group.day)
            var resolved = group
            let labels = batch.streams[Int(group.stream)]
            resolved.stream = day.withIndex { $0.register(labels, tenant: record.tenant) }
            kept.append(resolved)
        }
        return kept
    }
}
