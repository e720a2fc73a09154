internal import Synchronization
internal import WeirBytes
internal import WeirModel
internal import WeirSystem

// Merging segments in the background. One merge at a time, on a thread that makes way for all others; it reads files
// that never change, so pushes, seals and scans go on, and takes the state's lock only to swap.
extension LogStore {
    /// A merge that is due, and what it reads.
    struct MergeJob: Sendable {
        let day: Day
        let tenant: UInt32
        /// In order of arrival.
        let inputs: [SegmentMerge.Input]
        let level: Int
        /// The newest request to delete that the masks take into account.
        let deletes: Int64
    }

    /// A file that a merge made superfluous, kept until the last reader is done with it.
    struct Retired: Sendable {
        var segment: Segment
        let day: Day
    }

    /// Merges whatever is due, until nothing is; also removes files that merges left.
    ///
    /// `run()` does so in the background; this is for whoever cannot wait, tests among them.
    ///
    /// - Returns: how many merges were made.
    /// - Throws: what ended the first merge that failed; the segments are then as before.
    @discardableResult
    public func compact() async throws -> Int {
        var count = 0
        state.withLock { $0.nextRewriteCheck = .min }
        while try await lifecycle.pass({ try await mergeOnce() }) { count += 1 }
        try await removeRetired()
        return count
    }

    /// One merge if one is due, unless earlier failures say to wait; what fails is reported.
    ///
    /// - Returns: whether there may be more to do.
    func compactIfDue() async -> Bool {
        guard configuration.compaction.isEnabled else { return false }
        let mustWait = state.withLock { state in
            defer { state.mergeAttemptsToSkip = max(0, state.mergeAttemptsToSkip - 1) }
            return state.mergeAttemptsToSkip > 0
        }
        if mustWait { return false }
        do {
            let isMerged = try await lifecycle.pass { try await mergeOnce() }
            state.withLock { $0.mergeFailuresInRow = 0 }
            try await removeRetired()
            return isMerged
        } catch UnwantedSegment.superseded {
            return true
        } catch {
            state.withLock { state in
                state.mergeFailuresInRow += 1
                state.mergeAttemptsToSkip = min(60 * state.mergeFailuresInRow, 3600)
            }
            counters.noteMergeFailure()
            report(.mergeFailed(reason: "\(error)"))
            return false
        }
    }

    /// Makes the merge that is due first, if any. Only inside `lifecycle`.
    private func mergeOnce() async throws -> Bool {
        while state.withLock({ $0.phase }) == .open {
            guard let job = try await background.run({ [self] in try nextMerge() }) else { return false }
            do {
                try await background.run { [self] in try merge(job) }
                return true
            } catch let error as CorruptionError {
                let stuck = job.inputs.first { error.path.hasSuffix($0.segment.row.fileName) }
                guard let stuck else { throw error }
                state.withLock { _ = $0.stuckSegments.insert(stuck.segment.row.ulid) }
                counters.noteDamagedBlock()
                report(.mergeRefused(error))
            }
        }
        return false
    }

    // MARK: - Choosing

    private func nextMerge() throws -> MergeJob? {
        let now = clock.now()
        let (segments, days, stuck, free, deletes, looksAtStreams) = state.withLock { state in
            let looksAtStreams = now >= state.nextRewriteCheck
            return (
                state.segments, state.days, state.stuckSegments, state.freeDiskBytes, state.deletes, looksAtStreams
            )
        }
        let hidden = HiddenRows(retention: configuration.retention, deletes: deletes, now: now)
        for number in segments.keys.sorted() {
            guard let day = days[number] else { continue }
            let byTenant = Dictionary(grouping: segments[number] ?? [], by: \.row.tenant)
            for tenant in byTenant.keys.sorted() {
                let candidates = byTenant[tenant, default: []]
                var masks = HiddenRows.OfDay()
                if looksAtStreams, hidden.mayHide(ofDay: number) {
                    try day.load()
                    masks = hidden.masks(of: day, tenant: day.tenant(numbered: tenant))
                }
                let plan = CompactionPlan.next(
                    of: candidates.map { candidate($0, stuck: stuck, masks: masks) }, day: number, now: now,
                    configuration: configuration.compaction)
                guard let plan else { continue }
                let inputs = candidates[plan.inputs]
                let bytes = inputs.reduce(0) { $0 + $1.row.fileBytes }
                // Sealing goes first when there is little room.
                guard free == 0 || free - bytes >= configuration.freeDiskBytesMin else { continue }
                if hidden.mayHide(ofDay: number) {
                    try day.load()
                    masks = hidden.masks(of: day, tenant: day.tenant(numbered: tenant))
                }
                return MergeJob(
                    day: day, tenant: tenant,
                    inputs: inputs.map { SegmentMerge.Input(segment: $0, masks: masks.masks(for: $0.row)) },
                    level: plan.level, deletes: (deletes.map(\.request.id) + inputs.map(\.row.deletes)).max() ?? 0)
            }
        }
        if looksAtStreams {
            try finishDeletes()
            state.withLock { $0.nextRewriteCheck = now + 60_000_000_000 }
        }
        return nil
    }

    private func candidate(
        _ segment: Segment, stuck: Set<String>, masks: HiddenRows.OfDay
    ) -> CompactionPlan.Candidate {
        let row = segment.row
        let isToBeDeleted = segment.hidesRows(masks.masksOfDeletes(for: row))
        // A segment is written again when it gets a quarter smaller.
        let isOutdated = segment.rowsHidden(by: masks.masks(for: row)) >= max(1, row.rows / 4)
        var candidate = CompactionPlan.Candidate(
            level: row.level, rawBytes: row.rawBytes, maxTimestamp: row.maxTimestamp, created: row.created)
        candidate.mustRewrite = isToBeDeleted || isOutdated
        candidate.isStuck = stuck.contains(row.ulid)
        return candidate
    }

    // MARK: - Merging

    /// Writes the output, commits it and lets readers see it in the place of the inputs.
    private func merge(_ job: MergeJob) throws {
        let ulid = ULID(at: clock.now())
        let day = job.day
        try day.catalogue.noteGarbage([ulid.text], since: clock.now())
        try configuration.reach(.mergeNoted)
        let output: Segment?
        let outcome: SegmentMerge.Outcome
        do {
            (output, outcome) = try write(job, as: ulid)
        } catch {
            // The draft is gone; a whole file goes at the next start, which the note is for.
            if error is UnwantedSegment || error is CorruptionError { try? day.catalogue.forgetGarbage([ulid.text]) }
            throw error
        }
        try commit(job, output)
        try configuration.reach(.mergeCommitted)
        publish(job, output)
        try configuration.reach(.mergePublished)
        counters.noteMerge(
            inputs: job.inputs.count, fileBytes: output?.row.fileBytes ?? 0, rowsDeleted: outcome.masked)
        report(
            .merged(
                day: DayName.text(of: day.number), segments: job.inputs.count, level: job.level,
                fileBytes: output?.row.fileBytes ?? 0, rowsDeleted: outcome.masked))
    }

    /// Merges into a file; nil when no row is left.
    private func write(_ job: MergeJob, as ulid: ULID) throws -> (Segment?, SegmentMerge.Outcome) {
        let order = try streamOrder(of: job)
        var merge = SegmentMerge(job.inputs)
        let version = state.withLock { $0.lifecycleVersion }
        var isEmpty = true
        var blocks = BlockWriter(effort: .high)
        let rows = job.inputs.map(\.segment.row)
        let facts = SegmentFacts(
            tenant: job.tenant, level: job.level, generation: rows.map(\.generation).max() ?? 0,
            lsnLow: rows.map(\.lsnLow).min() ?? 0, deletes: job.deletes)
        do {
            let (segment, _) = try SegmentOutput(files: files, configuration: configuration, clock: clock).write(
                ulid, day: job.day, facts: facts, steps: .merge
            ) { writer in
                try merge.forEachBlock(order) { rows in
                    if state.withLock({ $0.lifecycleVersion }) != version { throw UnwantedSegment.superseded }
                    isEmpty = false
                    try writer.append(blocks.encode(rows))
                }
                // Before the writer must have had a block.
                if isEmpty { throw UnwantedSegment.empty }
            }
            counters.noteDuplicates(merge.outcome.duplicates)
            return (segment, merge.outcome)
        } catch UnwantedSegment.empty {
            return (nil, merge.outcome)
        }
    }

    /// The streams of all inputs as sealing orders them.
    private func streamOrder(of job: MergeJob) throws -> [UInt32] {
        var streams = StreamSet(capacity: 0)
        for input in job.inputs {
            let ids = input.segment.reader.streams.map(\.extent.stream)
            streams.formUnion(StreamSet(ids, capacity: Int(ids.last ?? 0) + 1))
        }
        try job.day.load()
        // A copy, so that pushes do not wait while a million streams are sorted.
        let index = job.day.withIndex { copy $0 }
        return streams.ids.map { (key: SealPlan.SortKey(index.labels(of: $0)), id: $0) }
            .sorted { $0.key < $1.key }.map(\.id)
    }

    private func commit(_ job: MergeJob, _ output: Segment?) throws {
        let inputs = job.inputs.map(\.segment.row.ulid)
        do {
            try job.day.catalogue.replace(inputs, by: output?.row, since: clock.now())
        } catch {
            // A commit may fail after it was written. Whatever stands there now is what a restart would find.
            if let output, (try? job.day.catalogue.lists(output.row.ulid)) == true { return }
            if let output, error.isDiskFull {
                try? files.remove(job.day.folder + "/" + output.row.fileName)
                try? job.day.catalogue.forgetGarbage([output.row.ulid])
            }
            throw error
        }
    }

    /// Lets readers see the output in the place of the inputs, at one instant.
    private func publish(_ job: MergeJob, _ output: Segment?) {
        let inputs = Set(job.inputs.map(\.segment.row.ulid))
        state.withLock { state in
            var segments = state.segments[job.day.number] ?? []
            let place = segments.firstIndex { inputs.contains($0.row.ulid) } ?? segments.count
            segments.removeAll { inputs.contains($0.row.ulid) }
            if let output { segments.insert(output, at: place) }
            state.segments[job.day.number] = segments
            state.retired += job.inputs.map { Retired(segment: $0.segment, day: job.day) }
        }
    }

    // MARK: - Removing

    /// Removes the files of merged segments that nobody reads any more.
    func removeRetired() async throws {
        try await lifecycle.pass {
            guard state.withLock({ $0.phase == .open && !$0.retired.isEmpty }) else { return }
            try await background.run { [self] in try removeUnused() }
        }
    }

    private func removeUnused() throws {
        let unused = state.withLock { state in
            var unused: [Retired] = []
            var rest: [Retired] = []
            // Taken out one by one, because an array that still has it is a reader, too.
            while var retired = state.retired.popLast() {
                if isKnownUniquelyReferenced(&retired.segment) {
                    unused.append(retired)
                } else {
                    rest.append(retired)
                }
            }
            state.retired = rest
            return unused
        }
        for (number, group) in Dictionary(grouping: unused, by: \.day.number) {
            guard let day = state.withLock({ $0.days[number] }) else { continue }
            do {
                for retired in group { try files.remove(day.folder + "/" + retired.segment.row.fileName) }
                // One that a power cut brought back would be a file that nobody knows, with lines that were deleted.
                try files.syncFolder(day.folder)
                try configuration.reach(.garbageRemoved)
                try day.catalogue.forgetGarbage(group.map(\.segment.row.ulid))
            } catch {
                // Tried again; a file that is gone already is fine.
                state.withLock { $0.retired += group }
                throw error
            }
        }
    }
}
