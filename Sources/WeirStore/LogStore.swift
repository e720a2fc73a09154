internal import Synchronization
public import WeirModel
public import WeirSystem

/// The store: takes pushes durably, keeps them in memory until they are worth a segment, and answers selections.
///
/// A push is written to the WAL and synced, then its rows are put into the current ``Generation`` of the head and the
/// push is acknowledged. Sealing turns a generation into segments, one a tenant and day, and releases the WAL. A scan
/// sees, for every day, either a generation or the segments made of it.
///
/// One process at a time: the folder is locked. Blocking work runs on threads of the store's own.
public final class LogStore: Sendable {
    let configuration: StoreConfiguration
    let files: any FileSystem
    let clock: any WallClock
    let wal: WriteAheadLog
    let global: GlobalCatalogue
    let report: @Sendable (StoreEvent) -> Void
    let scanThreads: WorkExecutor
    let sealThreads: WorkExecutor
    /// One thread that makes way for all others: merging and removing.
    let background: WorkExecutor
    let threadCount: Int
    let counters = StoreCounters()
    let senders: SenderLedger
    /// Sealing is one at a time, in the order of generations.
    let sealing = Turnstile()
    /// So is everything else that changes which segments there are; whoever takes both takes this one first.
    let lifecycle = Turnstile()
    /// Full blocks on their way to being compressed, and requests to seal; `run` takes them.
    let chores: ChoreQueue
    let state: Mutex<State>

    private let lock: FolderLock

    /// What a scan needs to see as one.
    struct State {
        var phase = Phase.open
        var readOnlyReason: String?
        var current: Generation
        /// Generations that take no more rows and are not all in segments yet, oldest first.
        var sealed: [SealedGeneration] = []
        var days: [Int: Day]
        /// The segments of each day, in order of arrival.
        var segments: [Int: [Segment]]
        var segmentsQuarantined: Int
        var freeDiskBytes = 0
        var sealFailuresInRow = 0
        var sealAttemptsToSkip = 0
        /// Days whose catalogue is damaged, as was reported.
        var unreadableDays: Set<Int> = []
        /// Requests to delete whose lines are not all gone.
        var deletes: [ActiveDelete] = []
        /// When to look next for segments worth a rewriting; looking at all their streams takes time.
        var nextRewriteCheck = Int64.min
        /// Files of merged segments that somebody may still be reading.
        var retired: [Retired] = []
        /// Days without segments that serve queries which stay all the same: they have some that were set aside.
        var daysKeptEmpty: Set<Int> = []
        /// Segments that are not merged because they are damaged.
        var stuckSegments: Set<String> = []
        /// Rises when a merge under way has to give up.
        var lifecycleVersion = 0
        var mergeFailuresInRow = 0
        var mergeAttemptsToSkip = 0
    }

    enum Phase {
        case open
        case closing
    }

    /// A generation on its way into segments.
    struct SealedGeneration: Sendable {
        let generation: Generation
        /// The highest LSN inside.
        let boundary: UInt64
        /// Days that are in segments already; readers take them from there.
        var publishedDays: Set<Int> = []
    }

    /// Everything that opening found out; `Recovery` makes it.
    struct Opened {
        var global: GlobalCatalogue
        var wal: WriteAheadLog
        var lock: FolderLock
        var scanThreads: WorkExecutor
        var sealThreads: WorkExecutor
        var threadCount: Int
        var state: State
        var fullBlocks: [FullBlock]
        var senders: SenderLedger
    }

    init(
        _ opened: consuming Opened, configuration: StoreConfiguration, files: any FileSystem, clock: any WallClock,
        report: @escaping @Sendable (StoreEvent) -> Void
    ) {
        self.configuration = configuration
        self.files = files
        self.clock = clock
        self.report = report
        wal = opened.wal
        global = opened.global
        senders = opened.senders
        lock = opened.lock
        scanThreads = opened.scanThreads
        sealThreads = opened.sealThreads
        background = WorkExecutor(name: "weir-merge", threads: 1, isBackground: true)
        threadCount = opened.threadCount
        state = Mutex(opened.state)
        chores = ChoreQueue()
        for block in opened.fullBlocks { chores.add(.compress(block)) }
    }

    /// Opens the store in `configuration.folder`: locks it, clears what a crash left behind, replays the WAL.
    ///
    /// - Parameters:
    ///   - fileSystem: where WAL and segments lie; the catalogues are SQLite's and always on the machine's disk.
    ///   - clock: dates segments and measures the age of the head.
    ///   - decodeBody: reads a push body that the WAL kept as it came; must give the rows that were appended.
    ///   - onEvent: called from any thread with what an operator may want to know; must be quick.
    /// - Throws: ``StoreOpenError`` when the folder is in use or the disk refuses, ``CatalogueError`` when a database
    ///   cannot be read.
    public static func open(
        configuration: StoreConfiguration, fileSystem: any FileSystem, clock: any WallClock,
        decodeBody: @escaping @Sendable (EncodedBody) throws -> LineBatch,
        onEvent: @escaping @Sendable (StoreEvent) -> Void = { _ in }
    ) async throws -> LogStore {
        let threadCount = configuration.threads > 0 ? configuration.threads : ProcessorCount.online
        let scanThreads = WorkExecutor(name: "weir-scan", threads: threadCount)
        let sealThreads = WorkExecutor(name: "weir-seal", threads: threadCount)
        do {
            let store = try await sealThreads.run {
                var recovery = Recovery(
                    configuration: configuration, files: fileSystem, clock: clock, decodeBody: decodeBody,
                    report: onEvent)
                let opened = try recovery.run(
                    scanThreads: scanThreads, sealThreads: sealThreads, threadCount: threadCount)
                return LogStore(
                    opened, configuration: configuration, files: fileSystem, clock: clock, report: onEvent)
            }
            // Before the first push: a disk that was full when the last process ended still is.
            await store.checkDisk()
            return store
        } catch {
            scanThreads.shutdown()
            sealThreads.shutdown()
            throw error
        }
    }

    /// Seals what is in memory, releases the WAL and the folder. Appends and scans throw `.unavailable` from now on.
    ///
    /// When sealing fails, which an event reports, the rows stay in the WAL for the next opening. Calling it again
    /// does nothing.
    public func close() async {
        let wasOpen = state.withLock { state in
            defer { state.phase = .closing }
            state.lifecycleVersion += 1
            return state.phase == .open
        }
        guard wasOpen else { return }
        // A merge under way gives up at its next block.
        await lifecycle.pass {}
        // What fails here is reported and stays in the WAL.
        try? await sealAll()
        await release()
    }

    /// Ends the store as a crash would, except that this process gives its locks and threads back. For tests.
    package func abandon() async {
        state.withLock { state in
            state.phase = .closing
            state.lifecycleVersion += 1
        }
        await lifecycle.pass {}
        await release()
    }

    private func release() async {
        chores.finish()
        let days = state.withLock { Array($0.days.values) }
        // Closing waits for the disk and for threads, neither of which may hold up the cooperative pool.
        _ = try? await sealThreads.run { [wal, global] in
            wal.close()
            for day in days { day.catalogue.close() }
            global.close()
        }
        lock.release()
        background.shutdown()
        scanThreads.shutdown()
        sealThreads.shutdown()
    }
}
