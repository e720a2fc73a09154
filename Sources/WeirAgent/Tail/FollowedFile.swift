internal import WeirSystem

/// One open file and where its reader stands.
struct FollowedFile {
    /// The number by which batches and positions know it.
    let key: FileKey
    /// What the reader should do.
    var state: TailerState
    /// The open file; it stays readable when its name is gone.
    let file: any File
    /// The offset last reported to a batch.
    var marked: Int
    /// The size when last looked at.
    var size = 0
    /// Whether the head was compared since the file was last seen quiet.
    var isHeadChecked = false
}

/// What a reader works with: memory and tables that all files share.
struct FollowContext: ~Copyable {
    /// Where bytes are read to.
    var buffer: ReadBuffer
    /// Memory for the values of one entry.
    var scratch = ScratchArena()
    /// The open batch.
    var batch: PushBatch
    /// How far files were delivered.
    var positions: Positions
    /// Which files are followed.
    var followed: Set<FileIdentity> = []
    /// Counters.
    var counts = FollowCounts()
    /// What is wrong, for the log; emptied by the agent.
    var messages: [AgentMessage] = []
    /// The present instant, nanoseconds since 1970 UTC.
    var now: Int64 = 0

    private var lastKey = 0

    init(buffer: consuming ReadBuffer, batch: PushBatch, positions: Positions) {
        self.buffer = buffer
        self.batch = batch
        self.positions = positions
    }

    /// A number for a file that begins to be followed.
    mutating func nextKey() -> FileKey {
        lastKey += 1
        return FileKey(lastKey)
    }
}

/// The buffer that files are read to, one for all of them; it grows for over-long lines and shrinks again.
struct ReadBuffer: ~Copyable {
    // Owned by this value: allocated in `init` and `resize`, freed in `deinit`; ranges of it never outlive a read.
    private(set) var bytes: UnsafeMutableRawBufferPointer
    /// The usual size.
    let usualBytes: Int

    init(byteCount: Int) {
        usualBytes = byteCount
        bytes = .allocate(byteCount: byteCount, alignment: 64)
    }

    deinit {
        bytes.deallocate()
    }

    /// Makes the buffer larger, or brings it back to its usual size; contents are lost.
    mutating func resize(_ byteCount: Int) {
        guard byteCount != bytes.count else { return }
        bytes.deallocate()
        bytes = .allocate(byteCount: byteCount, alignment: 64)
    }
}

/// Something a person should know.
public struct AgentMessage: Sendable, Hashable {
    /// How bad it is.
    public enum Severity: Sendable, Hashable {
        /// Worth knowing.
        case notice
        /// Something did not work, and nothing is lost by it yet.
        case warning
        /// Lines are lost or cannot be delivered.
        case error
    }

    /// How bad it is.
    public let severity: Severity
    /// What happened, where, and what to do.
    public let text: String

    /// Creates a message.
    public init(_ severity: Severity, _ text: String) {
        self.severity = severity
        self.text = text
    }
}

/// What the follower has counted since its start.
struct FollowCounts: Sendable {
    var linesDropped: [String: Int] = [:]
    var linesEmitted = 0
    var linesCut = 0
    var parsingErrors = 0
    var truncations = 0
    var rotations = 0
    var readErrors = 0
    var filesRefused = 0
}
