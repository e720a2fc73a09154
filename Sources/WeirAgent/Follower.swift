package import WeirSystem

/// Finds files, reads them and fills batches: everything an agent does but wait and send.
///
/// Belongs to one thread, which calls ``step()`` again and again. Tests call it themselves and need no clock to pass.
package final class Follower {
    private let configuration: AgentConfiguration
    private let system: any FileSystem
    private let clock: any WallClock
    private let targets: FileTargets
    private let destinations: [any PushDestination]
    private let queue: DeliveryQueue

    private let inbox: Inbox?
    private var context: FollowContext
    private var inboxReader: InboxReader?
    private var tailers: [String: Tailer] = [:]
    private var order: [String] = []
    private var nextDiscovery = Int64.min
    private var nextSave = Int64.min
    private var isFirstDiscovery = true
    /// How many batches were done with when that last changed, and when it was.
    private var settled = (count: 0, since: Int64.min)

    /// Whether the last batch could not be spooled, as was reported.
    private var isSpoolBroken = false

    /// How long the server may take for a batch before it counts as away, and the spool takes over from memory.
    private static let awayAfter: Int64 = 5_000_000_000

    /// What a step has done.
    package struct Step: Sendable {
        /// Whether there is more to read at once.
        package var hasMore = false
        /// How long nothing needs to be done unless something changes, in nanoseconds.
        package var idleNanoseconds: Int64 = 0
        /// The folders in which new files may appear; nil when they are the same as after the step before.
        package var folders: Set<String>?
    }

    /// Loads positions and checks the stages.
    package init(
        _ configuration: AgentConfiguration, system: any FileSystem, clock: any WallClock,
        destinations: [any PushDestination], queue: DeliveryQueue, inbox: Inbox? = nil
    ) throws(AgentError) {
        self.inbox = inbox
        self.configuration = configuration
        self.system = system
        self.clock = clock
        self.destinations = destinations
        self.queue = queue
        do throws(StageError) {
            targets = try FileTargets(configuration)
        } catch {
            throw .stage(error)
        }
        let bytesMax = configuration.clients.map(\.batchBytes).min() ?? 1 << 20
        let ageMax = configuration.clients.map(\.batchWait).min() ?? .seconds(1)
        // A read adds at most about its own size to the batch, so small batches need small reads.
        let readBytes = max(16 << 10, min(256 << 10, bytesMax / 4))
        let saved = try Follower.load(configuration.positions, system)
        context = FollowContext(
            buffer: ReadBuffer(byteCount: readBytes),
            batch: PushBatch(bytesMax: max(1, bytesMax), ageMax: ageMax.wholeNanoseconds),
            positions: Positions(saved?.records, spool: saved?.spool ?? SpoolProgress()))
        if configuration.spool.isEnabled, destinations.count == 1 { try openSpool() }
        guard let inbox else { return }
        do throws(StageError) {
            inboxReader = try InboxReader(inbox, configuration, key: context.nextKey())
        } catch {
            throw .stage(error)
        }
    }

    private func openSpool() throws(AgentError) {
        let folder = configuration.positions.filename + ".spool"
        do throws(FileError) {
            let (spool, remains) = try Spool.open(
                folder, on: system, progress: context.positions.spool, random: SystemRandomSource())
            context.positions.apply(remains.marks)
            queue.attach(spool, remains.places)
            if !remains.places.isEmpty {
                let lines = remains.places.reduce(0) { $0 + $1.lineCount }
                context.messages.append(AgentMessage(.notice, "\(lines) lines of the last run are in \(folder)"))
            }
            for problem in remains.problems { context.messages.append(AgentMessage(.warning, problem)) }
        } catch {
            throw .positions(path: folder, reason: error.description)
        }
    }

    /// Looks for files if it is time, reads what is there, and puts full or old batches in the queue.
    ///
    /// - Parameter mayHaveNewFiles: whether to look for files although it is not time.
    package func step(mayHaveNewFiles: Bool = false) -> Step {
        var step = Step()
        context.now = clock.now()
        collectAcknowledged()
        watchServer()
        if mayHaveNewFiles || context.now >= nextDiscovery { step.folders = discover() }
        step.hasMore = readOnce()
        if readInbox() { step.hasMore = true }
        if context.batch.isDue(now: context.now) { seal() }
        saveIfDue()
        step.idleNanoseconds = idleTime()
        return step
    }

    /// Closes all files and puts what was read in the queue. Lines held back for their ends are read again next time.
    package func stop() {
        context.now = clock.now()
        while inboxReader?.advance(&context) == true {
            if context.batch.isDue(now: context.now) { seal() }
        }
        inboxReader?.flush(&context, all: true)
        if !context.batch.isEmpty { seal() }
        for tailer in tailers.values { tailer.close(&context) }
        tailers = [:]
        order = []
    }

    /// Saves what was delivered so far.
    package func savePositions() {
        collectAcknowledged()
        save()
    }

    /// Closes the spool's files, once nothing is delivered any more.
    package func closeSpool() {
        queue.closeSpool()
    }

    /// What should be said to a person since the last call.
    package func takeMessages() -> [AgentMessage] {
        defer { context.messages.removeAll() }
        return context.messages
    }

    /// A picture of counters and files.
    package func snapshot() -> AgentStatistics {
        var statistics = AgentStatistics()
        statistics.follow = context.counts
        statistics.custom = targets.metrics + (inboxReader?.metrics ?? [])
        statistics.received.lines = inboxReader?.linesRead ?? 0
        statistics.received.unwanted = inboxReader?.linesDropped ?? 0
        statistics.received.dropped = inbox?.dropped ?? 0
        statistics.taken = context.now
        statistics.targets = order.compactMap { path in
            guard let tailer = tailers[path] else { return nil }
            let front = tailer.front
            return AgentTarget(
                path: path, labels: tailer.labels, position: front?.offset ?? 0, size: front?.size ?? 0,
                lag: tailer.lag, bytesRead: tailer.bytesRead, linesRead: tailer.linesRead)
        }
        return statistics
    }

    // MARK: Reading

    /// One turn for every path: a buffer each, so that a busy file cannot starve the others.
    private func readOnce() -> Bool {
        var hasMore = false
        for path in order {
            guard let tailer = tailers[path] else { continue }
            guard hasRoom else {
                tailer.watchPath(&context)
                continue
            }
            if tailer.advance(&context) { hasMore = true }
            if tailer.isFinished { remove(path) }
            if context.batch.isDue(now: context.now, room: context.buffer.usualBytes) { seal() }
        }
        return hasMore
    }

    /// One turn for what was received; what finds no room waits where it is, and whoever sends it learns that.
    private func readInbox() -> Bool {
        guard inboxReader != nil, hasRoom else { return false }
        let hasMore = inboxReader?.advance(&context) == true
        if context.batch.isDue(now: context.now, room: context.buffer.usualBytes) { seal() }
        return hasMore
    }

    /// Whether more may be read now.
    private var hasRoom: Bool {
        if queue.outstandingBytes + context.batch.bytes < configuration.limits.bufferBytesMax { return true }
        guard isServerAway, queue.isSpooling else { return false }
        return configuration.spool.overflow != .wait || queue.spooledBytes < configuration.spool.bytesMax
    }

    private var isServerAway: Bool {
        settled.since != .min && context.now - settled.since >= Follower.awayAfter
    }

    /// Notices how long nothing was taken, and drops what the spool may not hold any longer.
    private func watchServer() {
        let count = queue.settledCount
        if queue.isSettled {
            settled = (count, .min)
        } else if count != settled.count || settled.since == .min {
            settled = (count, context.now)
        }
        if let age = configuration.spool.ageMax { queue.drop(createdBefore: context.now - age.wholeNanoseconds) }
    }

    private func remove(_ path: String) {
        tailers[path] = nil
        order.removeAll { $0 == path }
    }

    private func seal() {
        let sealed = context.batch.seal()
        var parts = sealed.parts
        if isSpoolFull {
            switch configuration.spool.overflow {
            case .wait: break
            case .dropOldest: queue.dropOldest(downTo: configuration.spool.bytesMax)
            case .dropNewest:
                queue.drop(sealed.lineCount, reason: "spool_full")
                parts = []
            }
        }
        let parcels = destinations.map { destination in
            parts.map { destination.prepare($0.lines, tenant: $0.tenant) }
        }
        let positions = sealed.marks.compactMap { context.positions.record($0.key, at: $0.value) }
        let lineBytes = parts.isEmpty ? 0 : sealed.lineBytes
        do throws(FileError) {
            try queue.put(
                parcels, marks: sealed.marks, lineBytes: lineBytes, positions: positions, now: context.now)
            isSpoolBroken = false
        } catch {
            guard !isSpoolBroken else { return }
            isSpoolBroken = true
            context.messages.append(
                AgentMessage(
                    .warning, "\(error); lines wait in memory and in their files, and come twice after a crash"))
        }
    }

    private var isSpoolFull: Bool {
        isServerAway && queue.spooledBytes >= configuration.spool.bytesMax
    }

    // MARK: Discovery

    private func discover() -> Set<String> {
        let isPeriodic = context.now >= nextDiscovery
        nextDiscovery = context.now + configuration.limits.discoveryInterval.wholeNanoseconds
        let discovery = targets.discover(on: system)
        var identities: Set<FileIdentity> = []
        for found in discovery.files {
            let identity = FileIdentity(found.status)
            identities.insert(identity)
            if let tailer = tailers[found.path] {
                // The tailer itself notices when its path leads elsewhere; only one that found nothing there waits.
                if tailer.needsSuccessor { tailer.followSuccessors(&context) }
                continue
            }
            guard !context.followed.contains(identity) else { continue }
            guard tailers.count < configuration.limits.filesMax else {
                context.counts.filesRefused += 1
                context.messages.append(
                    AgentMessage(.error, "more than \(configuration.limits.filesMax) files; \(found.path) waits"))
                break
            }
            begin(found)
        }
        if isPeriodic { prunePositions(identities) }
        if isFirstDiscovery { forgetLostFiles() }
        isFirstDiscovery = false
        return discovery.folders
    }

    private func begin(_ found: FileTargets.Found) {
        guard let made = targets.reader(for: found, limits: configuration.limits, on: system) else { return }
        let tailer = Tailer(
            path: found.path, labels: made.labels, reader: made.reader, system: targets.system(for: found, system),
            limits: configuration.limits)
        // What a container wrote since the last run belongs to one log, however many files Docker has made of it. On
        // the very first run only the newest file is read, as with Promtail.
        let wantsRotated = made.reader.isDockerLog && !(isFirstDiscovery && context.positions.isFirstRun)
        tailer.start(found.status, includingRotated: wantsRotated, &context)
        guard !tailer.isFinished else { return }
        tailers[found.path] = tailer
        order.append(found.path)
    }

    /// A finished file keeps its record for as long as it exists, so that it is not taken for an unread one.
    private func prunePositions(_ found: Set<FileIdentity>) {
        var existing = found
        for path in context.positions.finishedPaths {
            for sibling in Lineage(path: path, on: system).siblings { existing.insert(FileIdentity(sibling.status)) }
        }
        context.positions.prune(existing: existing)
    }

    /// Records of files that are gone, in folders that are still there, will not be needed again.
    private func forgetLostFiles() {
        for record in context.positions.inherited {
            guard let folder = FolderPath.parent(of: record.path), let status = try? system.status(folder),
                status.isFolder, (try? system.status(record.path)) == .some(nil)
            else { continue }
            let siblings = Lineage(path: record.path, on: system).siblings
            guard !siblings.contains(where: { FileIdentity($0.status) == record.identity }) else { continue }
            context.positions.forget(record)
        }
    }

    // MARK: Positions

    private func collectAcknowledged() {
        let progress = queue.takeProgress()
        for (key, offset) in progress.acknowledged {
            if key == inboxReader?.key {
                inbox?.acknowledge(offset)
            } else {
                context.positions.acknowledge(key, offset: offset)
            }
        }
        context.positions.note(applied: progress.applied, delivered: progress.delivered)
    }

    private func saveIfDue() {
        guard context.positions.needsSaveNow || (context.positions.needsSave && context.now >= nextSave) else { return }
        nextSave = context.now + configuration.positions.syncPeriod.wholeNanoseconds
        save()
    }

    private func save() {
        guard context.positions.needsSave else { return }
        do throws(FileError) {
            let text = PositionsText.encode(context.positions.records, spool: context.positions.spool)
            try AtomicReplace.write(text, to: configuration.positions.filename, on: system)
            context.positions.saved()
        } catch {
            context.messages.append(
                AgentMessage(.error, "positions are not saved: \(error); a restart would send lines again"))
        }
    }

    /// Reads the positions of the last run; nil when there was none.
    static func load(
        _ configuration: PositionsConfiguration, _ system: any FileSystem
    ) throws(AgentError) -> (records: [PositionRecord], spool: SpoolProgress)? {
        var path = configuration.filename
        var isOwn = true
        do throws(FileError) {
            if try system.status(path) == nil {
                guard let other = configuration.importedFrom, try system.status(other) != nil else { return nil }
                path = other
                isOwn = false
            }
        } catch {
            throw .positions(path: path, reason: error.description)
        }
        let bytes: [UInt8]
        do throws(FileError) { bytes = try system.contents(of: path) } catch {
            throw .positions(path: path, reason: error.description)
        }
        do throws(PositionsError) {
            // A common file speaks of another spool.
            return (
                try PositionsText.decode(bytes), isOwn ? PositionsText.spoolProgress(bytes) : SpoolProgress()
            )
        } catch {
            // A crash of the machine can leave a file of zeros behind; refusing to start would help nobody.
            guard configuration.ignoresInvalidFile || bytes.allSatisfy({ $0 == 0 }) else {
                throw .positions(path: path, reason: error.description)
            }
            try? system.rename(path, to: path + ".invalid")
            return ([], SpoolProgress())
        }
    }

    private func idleTime() -> Int64 {
        var wait = configuration.limits.pollInterval.wholeNanoseconds
        if let deadline = context.batch.deadline { wait = min(wait, deadline - context.now) }
        return max(0, wait)
    }
}
