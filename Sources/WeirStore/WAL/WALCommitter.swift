internal import WeirModel
internal import WeirSystem

/// The loop that writes: lives on the log's own thread and owns the file in use.
struct WALCommitter {
    private let state: Monitor<WALState>
    private let folder: WALFolder
    private let configuration: WALConfiguration
    private let epoch: UInt64
    private var group: WALRecordWriter
    private var current: WALFileWriter?
    /// The sequence number of the next file.
    private var fileSequence: UInt64
    /// One after the last record that was written (and, with `commit`, synced); failed records do not count.
    private var writtenEnd: UInt64
    /// One after the last record that is known to be synced.
    private var syncedEnd: UInt64
    /// When the next sync of `WALSync.interval` is due.
    private var syncDue: ContinuousClock.Instant?

    private enum Work {
        case write([WALState.Entry])
        case endFile
        case sync
        case recover
        case stop
    }

    init(
        state: Monitor<WALState>, folder: WALFolder, configuration: WALConfiguration, epoch: UInt64, nextLSN: UInt64,
        fileSequence: UInt64
    ) {
        self.state = state
        self.folder = folder
        self.configuration = configuration
        self.epoch = epoch
        self.fileSequence = fileSequence
        writtenEnd = nextLSN
        syncedEnd = nextLSN
        group = WALRecordWriter(epoch: epoch)
    }

    mutating func run() {
        while true {
            switch nextWork() {
            case .write(let entries): write(entries)
            case .endFile: endFile(because: state.withLock { $0.cuts.first })
            case .sync: syncByInterval()
            case .recover: recover()
            case .stop:
                try? current?.sync()
                endFile(because: nil)
                return
            }
        }
    }

    // MARK: What to do next

    private func nextWork() -> Work {
        var timeout = syncDue.map { $0 - ContinuousClock.now }
        if case .readOnly = state.withLock({ $0.phase }) { timeout = configuration.recoveryInterval }
        let work = state.wait(upTo: timeout) { state in
            if let cut = state.cuts.first, state.queue.first.map({ $0.ticket.lsn > cut }) ?? true {
                return Work.endFile
            }
            if !state.queue.isEmpty { return .write(takeGroups(&state)) }
            if case .closing = state.phase { return .stop }
            return nil
        }
        if let work { return work }
        return syncDue == nil ? .recover : .sync
    }

    /// The queue up to the next cut.
    private func takeGroups(_ state: inout WALState) -> [WALState.Entry] {
        let end = state.cuts.first.flatMap { cut in state.queue.firstIndex { $0.ticket.lsn > cut } }
        guard let end else {
            defer { state.queue = [] }
            return state.queue
        }
        defer { state.queue.removeFirst(end) }
        return Array(state.queue[..<end])
    }

    // MARK: Writing

    private mutating func write(_ entries: [WALState.Entry]) {
        var index = 0
        while index < entries.count {
            var end = index
            group.removeAll()
            repeat {
                let lsn = entries[end].ticket.lsn
                group.append(entries[end].push, lsn: lsn, unsynced: lsn - syncedEnd)
                end += 1
            } while end < entries.count && group.bytes.count + entries[end].bytes <= configuration.groupBytesMax
            group.appendEndMark()
            let entriesOfGroup = entries[index..<end]
            let error = commit(entriesOfGroup)
            let bytes = entriesOfGroup.reduce(0) { $0 + $1.bytes }
            let held = current?.offset ?? 0
            state.withLock { state in
                state.queueBytes -= bytes
                state.currentBytes = held
            }
            for entry in entriesOfGroup { entry.ticket.resolve(error) }
            index = end
            // Whatever waits behind a failed group fails too, as later pushes will until the disk takes writes again.
            if let error { return fail(entries[index...], error) }
        }
    }

    /// Writes the group and makes it as durable as promised, in a new file when the current one fails.
    private mutating func commit(_ entries: ArraySlice<WALState.Entry>) -> AppendError? {
        guard let first = entries.first?.ticket.lsn, let last = entries.last?.ticket.lsn else { return nil }
        do throws(FileError) {
            try append(firstLSN: first)
        } catch {
            // After a failed sync the kernel may have dropped what the file should hold: it is not asked again.
            abandonFile()
            do throws(FileError) {
                try append(firstLSN: first)
            } catch {
                abandonFile()
                return becomeReadOnly(error)
            }
        }
        writtenEnd = last + 1
        if current?.isDirty == false { syncedEnd = writtenEnd }
        return nil
    }

    private mutating func append(firstLSN: UInt64) throws(FileError) {
        if let file = current, file.offset + group.bytes.count > configuration.fileBytesMax {
            if file.offset > WALLayout.headerBytes { try rotate() }
        }
        if current == nil { current = try startFile(firstLSN: firstLSN) }
        guard var file = current else { return }
        defer { current = file }
        let isCommit = configuration.sync == .commit
        try file.append(
            group.bytes, growBytes: isCommit ? configuration.growBytes : 0, fileBytesMax: configuration.fileBytesMax)
        switch configuration.sync {
        case .commit: try file.sync()
        case .interval: syncDue = syncDue ?? ContinuousClock.now + configuration.syncInterval
        case .off: break
        }
    }

    private func fail(_ entries: ArraySlice<WALState.Entry>, _ error: AppendError) {
        let bytes = entries.reduce(0) { $0 + $1.bytes }
        state.withLock { $0.queueBytes -= bytes }
        for entry in entries { entry.ticket.resolve(error) }
    }

    private mutating func syncByInterval() {
        syncDue = nil
        do throws(FileError) {
            try current?.sync()
            syncedEnd = writtenEnd
        } catch {
            // Acknowledged already, as `interval` allows. The next file's header will say that they were written, so
            // that a replay which misses them reports it.
            abandonFile()
        }
    }

    // MARK: Files

    private mutating func startFile(firstLSN: UInt64) throws(FileError) -> WALFileWriter {
        let header = WALFileHeader(
            sequence: fileSequence, epoch: epoch, firstLSN: firstLSN, previousEnd: writtenEnd)
        // Never the same number twice, whatever becomes of the attempt.
        fileSequence += 1
        let pooled = state.withLock { $0.pool.popLast() }
        return try WALFileWriter(header, pooled: pooled, in: folder)
    }

    /// Ends a full file. Its records are synced whatever the mode, so that the next header can vouch for them.
    private mutating func rotate() throws(FileError) {
        try current?.sync()
        syncedEnd = writtenEnd
        endFile(because: nil)
    }

    /// Ends the current file, if any, and with it the cut that asked for it.
    private mutating func endFile(because cut: UInt64?) {
        if cut != nil, current?.isDirty == true {
            if (try? current?.sync()) != nil { syncedEnd = writtenEnd }
        }
        syncDue = nil
        let closed = current.map { file in
            WALState.ClosedFile(name: file.name, lastLSN: writtenEnd - 1, bytes: file.offset)
        }
        current?.close()
        current = nil
        state.withLock { state in
            if let closed { state.closedFiles.append(closed) }
            state.currentBytes = 0
            if let cut, state.cuts.first == cut { state.cuts.removeFirst() }
        }
        state.wakeAll()
    }

    private mutating func abandonFile() {
        endFile(because: nil)
    }

    // MARK: Failure and recovery

    private func becomeReadOnly(_ error: FileError) -> AppendError {
        let advice = error.isDiskFull ? "free some space" : "check the disk"
        let reason = "\(error); \(advice), the log tries again every \(configuration.recoveryInterval)"
        let waiting = state.withLock { state in
            // While closing there is no later: the queue still drains, and fails entry by entry.
            if case .open = state.phase { state.phase = .readOnly(reason: reason) }
            defer { state.queue = [] }
            return state.queue
        }
        fail(waiting[...], .readOnly(reason: reason))
        return .readOnly(reason: reason)
    }

    /// Tries to start a file; the log is open again when that works.
    private mutating func recover() {
        let isPoolEmpty = state.withLock { $0.pool.isEmpty }
        let free = (try? folder.files.freeBytes(folder.path)) ?? 0
        // With less room the first pushes would fail again at once, and each attempt would leave a file.
        guard !isPoolEmpty || free > 2 * configuration.growBytes else { return }
        let next = state.withLock { $0.nextLSN }
        do throws(FileError) {
            var file = try startFile(firstLSN: next)
            defer { current = file }
            try file.sync()
        } catch {
            return abandonFile()
        }
        state.withLock { state in
            if case .readOnly = state.phase { state.phase = .open }
        }
    }
}
