/// Where the store keeps its files and how it behaves.
public struct StoreConfiguration: Sendable {
    /// When a push is acknowledged.
    public enum WALSync: String, Sendable, CaseIterable {
        /// After its bytes are synced to disk; concurrent pushes share a sync.
        case commit
        /// At once; bytes are synced every `walSyncInterval`, so a power cut may lose that much.
        case interval
        /// At once; the kernel decides, so a power cut may lose what it had not written.
        case off
    }

    /// The data folder; created when missing, locked while in use.
    public var folder: String
    /// When a push is acknowledged.
    public var walSync = WALSync.commit
    /// The time between syncs with `WALSync.interval`.
    public var walSyncInterval = Duration.milliseconds(100)
    /// The head is sealed when it holds this many bytes of lines. Smaller makes many small segments that compaction
    /// must merge; larger makes a longer replay after a crash.
    public var headBytesMax = 64 << 20
    /// The head is sealed when its oldest row has been in it this long.
    public var headAgeMax = Duration.seconds(600)
    /// The head is sealed when the WAL holds this many bytes.
    public var walBytesMax = 512 << 20
    /// With less free disk than this the store turns read-only, so that sealing still finds room.
    public var freeDiskBytesMin = 512 << 20
    /// How segments are merged.
    public var compaction = CompactionConfiguration()
    /// How long lines are kept.
    public var retention = RetentionConfiguration()
    /// Reads the line filters of a request to delete from its text; nil means that all lines of the selector are meant.
    public var lineFilter: @Sendable (_ query: String) throws -> LinePredicate? = { _ in nil }
    /// Threads that scan, and as many that compress and seal; 0 means one per processor.
    public var threads = 0

    /// Called at every step of sealing and recovery; what it throws ends the step as a crash would. For tests.
    package var failpoint: (@Sendable (Failpoint) throws -> Void)?

    /// The step in which the WAL fills new files with zeros. Tests on simulated disks make it small, to be quick.
    package var walGrowBytes = 1 << 20

    /// Creates the defaults for a data folder.
    public init(folder: String) {
        self.folder = folder
    }

    /// Pushes are refused while this many times `headBytesMax` waits in memory, because sealing cannot keep up.
    static let headBacklogMax = 4

    var partsFolder: String { folder + "/parts" }
    var trashFolder: String { folder + "/trash" }
    var walFolder: String { folder + "/wal" }
    var globalCataloguePath: String { folder + "/weir.db" }

    func reach(_ failpoint: Failpoint) throws {
        try self.failpoint?(failpoint)
    }
}
