/// Where the reader of one file stands, and what it should do next: facts in, actions out, no file in sight.
///
/// ```
///            bytes read               path leads elsewhere,          quiet for rotationGrace
/// following ─────────────► following ─────────────────────► detached ───────────────────────► .close
///     │                                  all bytes read        │ new bytes: .read
///     └── smaller than what was read, or another head: .restart
/// ```
package struct TailerState: Sendable {
    /// Which file it is.
    package let identity: FileIdentity
    /// The first byte that does not belong to a line handed on yet; always the start of a line.
    package private(set) var offset: Int
    /// Up to where bytes were looked at; what lies between `offset` and here is a line without its end.
    package private(set) var examined: Int
    /// The fingerprint of the head, as far as it was known when last read.
    package private(set) var head: HeadFingerprint
    /// Whether the path leads to another file, or nowhere, by now.
    package private(set) var isDetached = false
    /// Whether the start of an over-long line was handed on, and the rest is to be thrown away.
    package private(set) var isSkipping = false
    /// When the file last grew, in nanoseconds.
    package private(set) var lastGrowth: Int64
    /// The instant at which the path was last seen to lead to this file; its last known time of writing.
    package private(set) var lastModified: Int64 = 0

    /// What the state machine needs to know about time.
    package struct Timing: Sendable {
        /// How long a file that lost its name is watched for late writers, in nanoseconds.
        package var rotationGrace: Int64 = 5_000_000_000
        /// How long a last line without a newline waits, in nanoseconds.
        package var partialLineTimeout: Int64 = 5_000_000_000

        /// Creates the defaults.
        package init() {}
    }

    /// What the reader should do.
    package enum Action: Hashable, Sendable {
        /// Read from `offset` on and tell the result to ``read(upTo:consumedUpTo:now:)``.
        case read(from: Int)
        /// Look where the path leads, and tell ``observePath(_:now:timing:)``.
        case lookAtPath
        /// Nothing until the next look.
        case wait
        /// Hand on the last line although its newline is missing.
        case emitPartial(Range<Int>)
        /// The contents are not the ones that were read: begin anew at 0, as another file.
        case restart
        /// All bytes are read; another file has taken the path. It may be followed from its start.
        case detach
        /// Nothing will come any more.
        case close
    }

    /// Where a path leads.
    package enum PathTarget: Hashable, Sendable {
        /// To this very file, last written at the instant given.
        case same(modified: Int64)
        /// To another file.
        case another
        /// To nothing.
        case nothing
    }

    /// Starts at a saved offset, or 0.
    package init(identity: FileIdentity, offset: Int, head: HeadFingerprint, now: Int64) {
        self.identity = identity
        self.offset = offset
        self.head = head
        examined = offset
        lastGrowth = now
    }

    /// Compares the size with what was read. The head is compared by the caller, which has the bytes, before it reads.
    package mutating func observeSize(_ size: Int, now: Int64) -> Action {
        if size < examined { return .restart }
        if size > examined { return .read(from: isSkipping ? examined : offset) }
        return .lookAtPath
    }

    /// Records a read that ended at `end`; lines up to `consumed` were handed on.
    package mutating func read(upTo end: Int, consumedUpTo consumed: Int, now: Int64) {
        precondition(consumed >= offset)
        precondition(end >= consumed)
        if end > examined { lastGrowth = now }
        offset = consumed
        examined = end
        isSkipping = false
    }

    /// Records a read that found no end of an over-long line; `offset` stays at its start, so that a restart in the
    /// middle cannot take the rest for a line of its own.
    package mutating func skipped(upTo end: Int, now: Int64) {
        if end > examined { lastGrowth = now }
        examined = max(examined, end)
        isSkipping = true
    }

    /// Takes a longer fingerprint of the same head.
    package mutating func extend(_ longer: HeadFingerprint) {
        head = longer
    }

    /// Decides, all bytes being read, from where the path leads.
    package mutating func observePath(_ target: PathTarget, now: Int64, timing: Timing) -> Action {
        let isQuiet = now - lastGrowth >= timing.partialLineTimeout
        let hasPartial = examined > offset && !isSkipping
        if case .same(let modified) = target, !isDetached {
            lastModified = modified
            return hasPartial && isQuiet ? .emitPartial(offset..<examined) : .wait
        }
        if !isDetached {
            isDetached = true
            // The grace begins when the file loses its name, however long it was quiet before.
            lastGrowth = max(lastGrowth, now)
            return .detach
        }
        guard now - lastGrowth >= timing.rotationGrace else { return .wait }
        return hasPartial ? .emitPartial(offset..<examined) : .close
    }

    /// Records that the file was opened under another name than the path.
    package mutating func detach() {
        isDetached = true
    }

    /// Records that the last line was handed on without its newline.
    package mutating func emittedPartial() {
        offset = examined
    }
}
