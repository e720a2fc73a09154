internal import WeirModel
internal import WeirSystem

/// Reads what appears under one path: the file there, and files that were there before and are not read to their end.
///
/// The shell around ``TailerState``: it has the open files. Belongs to the follower's thread.
final class Tailer {
    /// The path.
    let path: String
    /// The labels of its streams before any stage.
    let labels: LabelSet
    /// Bytes and lines read since the start.
    private(set) var bytesRead = 0
    private(set) var linesRead = 0

    private var files: [FollowedFile] = []
    private var reader: LineReader
    private let system: any FileSystem
    private let limits: AgentLimits
    private let timing: TailerState.Timing

    init(
        path: String, labels: LabelSet, reader: LineReader, system: any FileSystem, limits: AgentLimits
    ) {
        self.path = path
        self.labels = labels
        self.reader = reader
        self.system = system
        self.limits = limits
        var timing = TailerState.Timing()
        timing.partialLineTimeout = limits.partialLineTimeout.wholeNanoseconds
        self.timing = timing
    }

    /// Whether no file is open any more.
    var isFinished: Bool { files.isEmpty }
    /// Whether the file at the path, if there is one, is not among the open ones.
    var needsSuccessor: Bool { files.last?.state.isDetached ?? true }
    /// The newest file's identity, read offset and size, for the list of targets.
    var front: (identity: FileIdentity, offset: Int, size: Int)? {
        files.last.map { ($0.state.identity, $0.state.offset, $0.size) }
    }
    /// Bytes that are there and not read yet, as far as sizes are known.
    var lag: Int { files.reduce(0) { $0 + max(0, $1.size - $1.state.offset) } }

    /// Reads at most one buffer.
    ///
    /// - Returns: whether there may be more to read at once.
    func advance(_ context: inout FollowContext) -> Bool {
        if reader.runner.pausedUntil > context.now {
            watchPath(&context)
            return false
        }
        var index = 0
        while index < files.count {
            switch poll(index, &context) {
            case .hasMore:
                report(&context)
                return true
            case .removed: continue
            case .quiet: index += 1
            }
        }
        reader.flush(
            now: context.now, olderThan: timing.partialLineTimeout, all: false, &context.scratch, &context.batch)
        report(&context)
        return false
    }

    /// Hands on everything held back and closes all files; what is not delivered is read again by the next run.
    func close(_ context: inout FollowContext) {
        for followed in files {
            followed.file.close()
            context.followed.remove(followed.state.identity)
        }
        files = []
    }

    /// Lets the next files of the path be read behind those that are open: what was renamed away meanwhile, and what
    /// is at the path now.
    ///
    /// Files are opened in their order. One that moved between the look and the opening ends this, as later ones would
    /// otherwise hide it; the next look goes on there.
    func followSuccessors(_ context: inout FollowContext) {
        let after = files.last.map { (identity: $0.state.identity, modified: $0.state.lastModified) }
        let lineage = Lineage(path: path, on: system)
        for sibling in lineage.rotated(after: after, besides: context.followed) {
            guard files.count < Tailer.openFilesMax else { return }
            guard open(sibling.path, sibling.status, isDetached: true, &context) else { return }
        }
        if let status = lineage.current, !context.followed.contains(FileIdentity(status)),
            files.count < Tailer.openFilesMax
        {
            _ = open(path, status, isDetached: false, &context)
        }
    }

    /// Notices that the path leads elsewhere although nothing is read now, and keeps the new file open: it may be
    /// rotated away, and deleted, before there is room for its lines.
    func watchPath(_ context: inout FollowContext) {
        guard files.count < Tailer.openFilesMax, let last = files.indices.last else { return }
        if !files[last].state.isDetached {
            guard let status = try? system.status(path), FileIdentity(status) != files[last].state.identity else {
                return
            }
            context.counts.rotations += 1
            files[last].state.detach()
            updatePosition(last, &context)
        }
        followSuccessors(&context)
    }

    /// How many files of one path may be open at once. Each holds disk space that its deletion would free; more than
    /// this many rotations behind, the oldest unread ones are left to their fate.
    private static let openFilesMax = 64

    /// Begins with the path for the first time in this run: what the last run left unread comes first.
    ///
    /// - Parameter includingRotated: whether files that were at the path before belong to it although no run has ever
    ///   followed the path.
    func start(_ status: FileStatus, includingRotated: Bool, _ context: inout FollowContext) {
        let identity = FileIdentity(status)
        let known = context.positions.known(path: path)
        let lineage = Lineage(path: path, on: system)
        var present: Set<FileIdentity> = []
        // What was read before rotation packed it has another number now, and goes on where its head is found.
        var packed: [FileIdentity: PositionRecord] = [:]
        for sibling in lineage.siblings {
            if isKnown(sibling.path, sibling.status, known, on: files(of: sibling)) {
                present.insert(FileIdentity(sibling.status))
            } else if sibling.isArchive, let record = packedRecord(sibling, known) {
                packed[FileIdentity(sibling.status)] = record
                present.insert(FileIdentity(sibling.status))
            }
        }
        // Behind a file that was followed once, everything newer is unread as well. When none of them is left, what is
        // there is newer, as the oldest are deleted first.
        let wasFollowed = known.contains { $0.identity != nil }
        let isCurrentKnown = isKnown(path, status, known, on: system)
        var isBehindKnown = (includingRotated || wasFollowed) && present.isEmpty && !isCurrentKnown
        for sibling in lineage.siblings where !context.followed.contains(FileIdentity(sibling.status)) {
            if present.contains(FileIdentity(sibling.status)) { isBehindKnown = true }
            guard isBehindKnown else { continue }
            let record = packed[FileIdentity(sibling.status)]
            guard open(sibling.path, sibling.status, packedFrom: record, isDetached: true, &context, files(of: sibling))
            else { return }
        }
        if isCurrentKnown { present.insert(identity) }
        for record in context.positions.inherited where record.path == path {
            guard let lost = record.identity, !present.contains(lost) else { continue }
            if packed.values.contains(record) {
                context.positions.forget(record)
                continue
            }
            context.messages.append(
                AgentMessage(.warning, "\(path): the file read up to byte \(record.offset) by the last run is gone"))
            context.positions.forget(record)
        }
        guard !context.followed.contains(identity) else { return }
        let imported = known.first { $0.identity == nil && $0.offset <= status.size }
        _ = open(path, status, importedOffset: imported?.offset ?? 0, isDetached: false, &context)
    }

    /// Where a sibling is read: what rotation has packed is unpacked on the way.
    private func files(of sibling: Lineage.Sibling) -> any FileSystem {
        sibling.isArchive && !(system is UnpackingFileSystem) ? UnpackingFileSystem(system) : system
    }

    /// Whether a file is one of those recorded. Numbers of deleted files are given to new ones, so its head decides.
    private func isKnown(
        _ place: String, _ status: FileStatus, _ known: [PositionRecord], on files: any FileSystem
    ) -> Bool {
        let identity = FileIdentity(status)
        let records = known.filter { $0.identity == identity }
        // The size is asked for again, because only `files` knows whether the file is an archive.
        guard !records.isEmpty, let size = try? files.status(place)?.size, let file = try? files.open(place, .read)
        else { return false }
        defer { file.close() }
        return records.contains { record in
            (try? Tailer.matches(file, record.head)) == true && record.offset <= size
        }
    }

    /// The record of the file that an archive was made of, by its head.
    private func packedRecord(_ archive: Lineage.Sibling, _ known: [PositionRecord]) -> PositionRecord? {
        guard let file = try? files(of: archive).open(archive.path, .read) else { return nil }
        defer { file.close() }
        return known.first { $0.head.length > 0 && (try? Tailer.matches(file, $0.head)) == true }
    }

    // MARK: One file

    private enum PollResult {
        case hasMore, quiet, removed
    }

    private func poll(_ index: Int, _ context: inout FollowContext) -> PollResult {
        do throws(FileError) {
            let size = try files[index].file.size()
            files[index].size = size == UnpackingFile.unknownSize ? files[index].state.examined + 1 : size
            switch files[index].state.observeSize(size, now: context.now) {
            case .restart: return restart(index, &context)
            case .read(let start):
                if !files[index].isHeadChecked, try !headMatches(index, &context) { return restart(index, &context) }
                try read(index, from: start, &context)
                return .hasMore
            default: break
            }
            files[index].isHeadChecked = false
            return try settle(index, &context)
        } catch {
            context.counts.readErrors += 1
            context.messages.append(AgentMessage(.warning, "\(error); will try again"))
            return .quiet
        }
    }

    /// Everything is read: looks where the path leads.
    private func settle(_ index: Int, _ context: inout FollowContext) throws(FileError) -> PollResult {
        let target: TailerState.PathTarget
        if files[index].state.isDetached {
            target = .another
        } else if let status = try system.status(path) {
            target = FileIdentity(status) == files[index].state.identity ? .same(modified: status.modified) : .another
        } else {
            target = .nothing
        }
        switch files[index].state.observePath(target, now: context.now, timing: timing) {
        case .emitPartial(let range):
            try emitPartial(index, range, &context)
            return .quiet
        case .detach:
            context.counts.rotations += target == .another ? 1 : 0
            updatePosition(index, &context)
            followSuccessors(&context)
            return .quiet
        case .close:
            return closeFile(index, &context)
        default:
            // A successor that could not be opened at once is looked for until it is there.
            if index == files.count - 1, files[index].state.isDetached { followSuccessors(&context) }
            return .quiet
        }
    }

    private func closeFile(_ index: Int, _ context: inout FollowContext) -> PollResult {
        // Nothing will complete what is held since this file, unless a newer one goes on where it ended.
        if let held = reader.earliestHeld, held.file == files[index].key {
            guard files.count == 1 else { return .quiet }
            reader.flush(now: context.now, olderThan: 0, all: true, &context.scratch, &context.batch)
        }
        report(&context)
        let closed = files.remove(at: index)
        closed.file.close()
        context.followed.remove(closed.state.identity)
        context.positions.finish(closed.key, end: closed.state.offset)
        return .removed
    }

    /// The contents are others than those that were read: the same file begins anew under another key.
    private func restart(_ index: Int, _ context: inout FollowContext) -> PollResult {
        reader.flush(now: context.now, olderThan: 0, all: true, &context.scratch, &context.batch)
        report(&context)
        let old = files[index]
        context.counts.truncations += 1
        context.positions.abandon(old.key)
        let key = context.nextKey()
        let state = TailerState(identity: old.state.identity, offset: 0, head: .empty, now: context.now)
        files[index] = FollowedFile(key: key, state: state, file: old.file, marked: 0)
        context.positions.begin(key, PositionRecord(path: path, identity: old.state.identity, offset: 0))
        return .hasMore
    }

    /// Whether the file still begins as it did; takes a longer fingerprint where the old one was short.
    private func headMatches(_ index: Int, _ context: inout FollowContext) throws(FileError) -> Bool {
        let file = files[index].file
        var failure: FileError?
        let matches = withUnsafeTemporaryAllocation(byteCount: HeadFingerprint.bytesMax, alignment: 8) { room in
            do throws(FileError) {
                let count = try file.read(into: room, at: 0)
                let bytes = UnsafeRawBufferPointer(rebasing: room[..<count])
                guard files[index].state.head.matches(bytes) else { return false }
                if files[index].state.head.length < count { files[index].state.extend(HeadFingerprint(of: bytes)) }
            } catch {
                failure = error
            }
            return true
        }
        if let failure { throw failure }
        files[index].isHeadChecked = true
        updatePosition(index, &context)
        return matches
    }

    private func read(_ index: Int, from start: Int, _ context: inout FollowContext) throws(FileError) {
        let key = files[index].key
        while true {
            let room = context.buffer.bytes
            let count = try files[index].file.read(into: room, at: start)
            let bytes = UnsafeRawBufferPointer(rebasing: room[..<count])
            bytesRead += max(0, start + count - files[index].state.examined)
            if files[index].state.isSkipping { return skip(index, bytes, from: start, context.now) }
            let point = FilePoint(file: key, offset: start)
            let taken = reader.take(bytes, start: point, now: context.now, &context.scratch, &context.batch)
            guard taken == 0, count == room.count else {
                files[index].state.read(upTo: start + count, consumedUpTo: start + taken, now: context.now)
                return context.buffer.resize(context.buffer.usualBytes)
            }
            // Not one whole line in a full buffer: a larger one, up to the limit, or else only the line's start.
            guard count >= limits.lineBytesMax else {
                context.buffer.resize(min(limits.lineBytesMax, count * 2))
                continue
            }
            reader.takeLine(bytes.part(0..<limits.lineBytesMax), point, context.now, &context.scratch, &context.batch)
            reader.countCut()
            files[index].state.skipped(upTo: start + count, now: context.now)
            return context.buffer.resize(context.buffer.usualBytes)
        }
    }

    /// Throws the rest of an over-long line away.
    private func skip(_ index: Int, _ bytes: UnsafeRawBufferPointer, from start: Int, _ now: Int64) {
        guard let end = LineSplitter.newline(bytes, from: 0) else {
            return files[index].state.skipped(upTo: start + bytes.count, now: now)
        }
        files[index].state.read(upTo: start + end + 1, consumedUpTo: start + end + 1, now: now)
    }

    /// Hands on a last line that has no newline.
    private func emitPartial(_ index: Int, _ range: Range<Int>, _ context: inout FollowContext) throws(FileError) {
        context.buffer.resize(max(context.buffer.usualBytes, range.count))
        let room = UnsafeMutableRawBufferPointer(rebasing: context.buffer.bytes[..<range.count])
        let count = try files[index].file.read(into: room, at: range.lowerBound)
        // Something was cut off meanwhile; the next look sees the new size.
        guard count == range.count else { return }
        let point = FilePoint(file: files[index].key, offset: range.lowerBound)
        context.scratch.reset()
        reader.takeLine(UnsafeRawBufferPointer(room), point, context.now, &context.scratch, &context.batch)
        files[index].state.emittedPartial()
    }

    /// Opens a file and puts it behind the others; one with another name that was read to its end already is left.
    ///
    /// - Parameters:
    ///   - importedOffset: where to start when nothing better is known.
    ///   - packedFrom: how far it was read before it was packed.
    ///   - files: where it is read when not where the path is.
    /// - Returns: false when something else is at the place by now, or it cannot be opened.
    private func open(
        _ place: String, _ status: FileStatus, importedOffset: Int = 0, packedFrom: PositionRecord? = nil,
        isDetached: Bool, _ context: inout FollowContext, _ files: (any FileSystem)? = nil
    ) -> Bool {
        let identity = FileIdentity(status)
        let files = files ?? system
        do throws(FileError) {
            let file = try files.open(place, .read)
            // The name may have gone to another file between the look and the opening.
            guard let present = try files.status(place), FileIdentity(present) == identity else {
                file.close()
                return false
            }
            var start = importedOffset
            var saved = importedOffset
            var head = HeadFingerprint.empty
            let finished = context.positions.finished(identity: identity)
            if let record = finished?.record ?? context.positions.inherited(identity: identity) ?? packedFrom {
                let end = finished?.end ?? record.offset
                // The number may have been given to another file since.
                let isSame = try Tailer.matches(file, record.head) && end <= present.size
                if isSame, isDetached, end == present.size {
                    file.close()
                    return true
                }
                head = isSame ? record.head : .empty
                // What this run has read may not be delivered yet, and is not read twice for that.
                start = isSame ? end : 0
                saved = isSame ? record.offset : 0
            }
            let key = context.nextKey()
            var state = TailerState(identity: identity, offset: start, head: head, now: context.now)
            if isDetached { state.detach() }
            self.files.append(FollowedFile(key: key, state: state, file: file, marked: start))
            context.followed.insert(identity)
            context.positions.begin(
                key, PositionRecord(path: path, identity: identity, head: head, offset: saved, isDetached: isDetached))
            return true
        } catch {
            context.counts.readErrors += 1
            context.messages.append(AgentMessage(.warning, "\(error); will try again"))
            return false
        }
    }

    private static func matches(_ file: any File, _ head: HeadFingerprint) throws(FileError) -> Bool {
        var failure: FileError?
        let matches = withUnsafeTemporaryAllocation(byteCount: HeadFingerprint.bytesMax, alignment: 8) { room in
            do throws(FileError) {
                let count = try file.read(into: room, at: 0)
                return head.matches(UnsafeRawBufferPointer(rebasing: room[..<count]))
            } catch {
                failure = error
                return false
            }
        }
        if let failure { throw failure }
        return matches
    }

    private func updatePosition(_ index: Int, _ context: inout FollowContext) {
        let state = files[index].state
        context.positions.update(files[index].key, head: state.head, isDetached: state.isDetached)
    }

    // MARK: Reports

    /// Tells the batch how far each file may be forgotten, and moves counters.
    private func report(_ context: inout FollowContext) {
        let held = reader.earliestHeld
        for index in files.indices {
            let key = files[index].key
            var safe = files[index].state.offset
            if let held {
                if held.file < key { break }
                if held.file == key { safe = held.offset }
            }
            guard safe != files[index].marked else { continue }
            context.batch.advance(key, to: safe, now: context.now)
            files[index].marked = safe
        }
        let counts = reader.takeCounts()
        linesRead += counts.linesRead
        context.counts.parsingErrors += counts.parsingErrors
        let tally = reader.runner.takeTally()
        context.counts.linesCut += counts.linesCut + tally.linesCut
        context.counts.linesEmitted += tally.linesEmitted
        for (reason, count) in tally.dropped { context.counts.linesDropped[reason, default: 0] += count }
    }
}
