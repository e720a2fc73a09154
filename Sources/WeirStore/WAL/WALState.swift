internal import WeirModel

/// What the callers of the log and its committer share; lives in a `Monitor`.
struct WALState: Sendable {
    /// A push that waits to be written.
    struct Entry: Sendable {
        var push: Push
        var ticket: WALTicket
        var bytes: Int
    }

    /// A file that takes no more records.
    struct ClosedFile: Sendable {
        var name: String
        /// No acknowledged record in it has a higher number.
        var lastLSN: UInt64
        /// What it holds, header included.
        var bytes: Int
    }

    enum Phase: Sendable {
        case open
        case readOnly(reason: String)
        case closing
    }

    var phase = Phase.open
    var isClosing: Bool {
        if case .closing = phase { true } else { false }
    }
    var nextLSN: UInt64
    var queue: [Entry] = []
    /// Bytes of the pushes that are queued or being written.
    var queueBytes = 0
    /// Files end behind these records; rising.
    var cuts: [UInt64] = []
    var closedFiles: [ClosedFile] = []
    var pool: [String]
    /// What the file in use holds.
    var currentBytes = 0
}
