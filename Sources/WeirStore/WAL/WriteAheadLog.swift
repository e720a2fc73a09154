public import WeirModel
public import WeirSystem

/// Keeps pushes durably, in order, until the segments made of them are: what makes an acknowledgement a promise.
///
/// One thread of its own writes: whatever was queued while the last sync ran becomes the next group, with one write and
/// one sync, so the rate of syncs bounds the delay and not the throughput. Bytes: docs/formats/wal.md.
public final class WriteAheadLog: Sendable {
    private let state: Monitor<WALState>
    private let folder: WALFolder
    private let configuration: WALConfiguration
    private let committer: WorkThread

    /// Opens the log behind what a ``WALReplay`` of the same folder has read. No file is started before the first push.
    ///
    /// - Parameters:
    ///   - folder: where the files lie; created when missing.
    ///   - nextLSN: one after the highest LSN ever used, at least 1.
    ///   - fileSequence: above the sequence number of every file in the folder, as ``WALReplay/nextFileSequence``.
    ///   - random: for the epoch, which must differ from those of all earlier starts.
    /// - Throws: `FileError` when the folder cannot be created or listed.
    public init(
        folder: String, fileSystem: any FileSystem, configuration: WALConfiguration = WALConfiguration(),
        nextLSN: UInt64, fileSequence: UInt64, random: any RandomSource = SystemRandomSource()
    ) throws(FileError) {
        precondition(nextLSN > 0, "LSNs start at 1: 0 means that nothing was written yet")
        let folder = WALFolder(path: folder, files: fileSystem)
        try folder.create()
        var first = WALState(nextLSN: nextLSN, pool: try folder.poolNames())
        for name in try folder.fileNames() {
            let size = try fileSystem.status(folder.filePath(name))?.size ?? 0
            first.closedFiles.append(.init(name: name, lastLSN: nextLSN - 1, bytes: size))
        }
        self.folder = folder
        self.configuration = configuration
        let state = Monitor(first)
        self.state = state
        let epoch = random.next()
        committer = WorkThread(name: "weir-wal") {
            var committer = WALCommitter(
                state: state, folder: folder, configuration: configuration, epoch: epoch, nextLSN: nextLSN,
                fileSequence: fileSequence)
            committer.run()
        }
    }

    deinit { close() }

    /// Takes the next LSN for a push and queues its record; quick, never touches the disk.
    ///
    /// - Throws: `.overloaded` when too many bytes wait for the disk, `.readOnly` after a failed write until the disk takes
    ///   writes again, `.unavailable` after ``close()``. No LSN is used up then.
    public func enqueue(_ push: Push) throws(AppendError) -> WALTicket {
        let bytes = WriteAheadLog.estimatedBytes(push)
        let ticket = try state.withLock { (state) throws(AppendError) in
            switch state.phase {
            case .open: break
            case .readOnly(let reason): throw AppendError.readOnly(reason: reason)
            case .closing: throw AppendError.unavailable(reason: "the log is closed")
            }
            // A push larger than the whole queue passes when it is alone.
            let fits = state.queueBytes == 0 || state.queueBytes + bytes <= configuration.queueBytesMax
            guard fits, bytes < WALLayout.payloadBytesMax else {
                throw AppendError.overloaded(reason: "\(state.queueBytes) bytes wait for the disk; send again later")
            }
            let ticket = WALTicket(lsn: state.nextLSN)
            state.nextLSN += 1
            state.queue.append(.init(push: push, ticket: ticket, bytes: bytes))
            state.queueBytes += bytes
            return ticket
        }
        state.wakeAll()
        return ticket
    }

    /// Returns when the ticket's record is as durable as the configuration promises.
    ///
    /// - Throws: `.readOnly` when it could not be written: then no row of it may be shown, and a replay may or may not
    ///   find it.
    public func waitUntilDurable(_ ticket: WALTicket) async throws(AppendError) {
        if let error = await ticket.outcome() { throw error }
    }

    /// Ends the current file behind the records queued so far; later ones go to a new file.
    ///
    /// - Returns: the highest LSN given so far; 0 when there was none ever.
    public func cut() -> UInt64 {
        let last = state.withLock { state in
            let last = state.nextLSN - 1
            // A closed log has no thread that would come to the cut.
            if !state.isClosing && state.cuts.last != last { state.cuts.append(last) }
            return last
        }
        state.wakeAll()
        return last
    }

    /// Returns files that hold only records up to `lsn` to the pool. Blocks; waits for the committer when a cut at or
    /// below `lsn` is still on its way. Callers take turns.
    public func release(throughLSN lsn: UInt64) throws(FileError) {
        _ = state.wait { state in state.cuts.first.map { $0 > lsn } ?? true ? true : nil }
        while let file = state.withLock({ state in state.closedFiles.first { $0.lastLSN <= lsn } }) {
            let isPooled = state.withLock { $0.pool.count < configuration.poolFilesMax }
            if isPooled && file.bytes <= configuration.fileBytesMax + WALLayout.headerBytes {
                try folder.recycle(file.name)
                state.withLock { $0.pool.append(file.name) }
            } else {
                try folder.files.remove(folder.filePath(file.name))
            }
            state.withLock { state in state.closedFiles.removeAll { $0.name == file.name } }
        }
    }

    /// Bytes of all records that are not released, and of the headers of their files.
    public var bytesHeld: Int {
        state.withLock { state in state.closedFiles.reduce(state.currentBytes) { $0 + $1.bytes } }
    }

    /// Writes what is queued, syncs and ends the thread. Later pushes are refused; calling it again does nothing.
    public func close() {
        state.withLock { $0.phase = .closing }
        state.wakeAll()
        committer.join()
    }

    private static func estimatedBytes(_ push: Push) -> Int {
        let overhead = WALLayout.recordHeaderBytes + 64
        if let body = push.body { return body.bytes.count + overhead }
        return push.batch.bytes.count + 16 * push.batch.count + overhead
    }
}
