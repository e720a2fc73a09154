/// How the log syncs and how much it may hold.
public struct WALConfiguration: Sendable {
    /// When a push is acknowledged.
    public var sync = StoreConfiguration.WALSync.commit
    /// The time between syncs with `WALSync.interval`.
    public var syncInterval = Duration.milliseconds(100)
    /// The size at which a file ends. Smaller costs more folder syncs; larger keeps records that could be released.
    public var fileBytesMax = 64 << 20
    /// The step in which a new file is filled with zeros ahead of its end. Smaller makes more syncs that must change the
    /// file system's books (3 ms instead of 0.5); larger makes those few slower and small installations larger.
    public var growBytes = 1 << 20
    /// Pushes are added to a group while it is below this. Larger groups sync no faster per byte; the delay grows.
    public var groupBytesMax = 1 << 20
    /// Bytes of pushes that may wait for the disk; more are refused.
    public var queueBytesMax = 64 << 20
    /// Files kept for reuse; more are removed.
    public var poolFilesMax = 4
    /// The time between attempts to write again after a failure.
    public var recoveryInterval = Duration.seconds(1)

    /// Creates the defaults.
    public init() {}

    /// Creates the defaults with what the operator chose for the store.
    public init(_ store: StoreConfiguration) {
        sync = store.walSync
        syncInterval = store.walSyncInterval
    }
}
