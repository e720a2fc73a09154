internal import Synchronization
internal import WeirModel
internal import WeirSystem

extension LogStore {
    /// Seals everything that was acknowledged before the call; readable as before, but from segments.
    ///
    /// - Throws: `FileError` or ``CatalogueError`` when the disk or a catalogue refuses; the rows stay readable and in
    ///   the WAL, and sealing is tried again later.
    public func flush() async throws {
        guard state.withLock({ $0.phase }) == .open else {
            throw SourceError.unavailable(reason: "the store is closing")
        }
        try await sealAll()
    }

    /// Cuts the current generation and seals whatever is cut, oldest first.
    func sealAll() async throws {
        try await sealing.pass {
            cut()
            try await sealCutGenerations()
        }
    }

    /// Seals when the head or the WAL is large or old enough, and what an earlier attempt left.
    ///
    /// After `n` failures in a row, each reported, the next `n` calls do nothing, at most a minute's worth.
    func sealIfDue() async {
        await sealing.pass {
            let mustWait = state.withLock { state in
                defer { state.sealAttemptsToSkip = max(0, state.sealAttemptsToSkip - 1) }
                return state.sealAttemptsToSkip > 0
            }
            if mustWait { return }
            if isSealDue { cut() }
            try? await sealCutGenerations()
        }
    }

    private var isSealDue: Bool {
        let size = state.withLock { $0.current.size }
        guard let first = size.firstArrival else { return false }
        let age = Duration.nanoseconds(max(0, clock.now() - first))
        return size.lineBytes >= configuration.headBytesMax || age >= configuration.headAgeMax
            || wal.bytesHeld >= configuration.walBytesMax
    }

    /// Ends the current generation, unless it is untouched.
    private func cut() {
        state.withLock { state in
            guard state.current.isTouched else { return }
            state.sealed.append(SealedGeneration(generation: state.current, boundary: wal.cut()))
            state.current = Generation()
        }
    }

    private func sealCutGenerations() async throws {
        while let next = state.withLock({ $0.sealed.first }) {
            await next.generation.waitUntilDrained()
            do {
                try await seal(next)
                state.withLock { $0.sealFailuresInRow = 0 }
            } catch {
                state.withLock { state in
                    state.sealFailuresInRow += 1
                    state.sealAttemptsToSkip = min(state.sealFailuresInRow, 60)
                }
                counters.noteSealFailure()
                report(.sealFailed(reason: "\(error)"))
                throw error
            }
        }
    }

    /// Turns one drained generation into segments and lets the WAL go.
    private func seal(_ sealed: SealedGeneration) async throws {
        try await sealThreads.run { [configuration] in try configuration.reach(.generationCut) }
        var segmentCount = 0
        for day in sealed.generation.dayNumbers where !sealed.publishedDays.contains(day) {
            segmentCount += try await seal(day: day, of: sealed)
        }
        let size = sealed.generation.size
        _ = state.withLock { $0.sealed.removeFirst() }
        counters.noteSeal()
        report(.sealed(rows: size.rows, lineBytes: size.lineBytes, segments: segmentCount))
        try await sealThreads.run { [self] in
            try configuration.reach(.generationPublished)
            // The records that are about to go are where these numbers were durable so far.
            let unsaved = senders.unsaved()
            try global.save(unsaved, forgettingBefore: clock.now() - SenderLedger.ageMax)
            senders.noteSaved(unsaved)
            // The catalogues know the boundary, so a crash before this replays nothing.
            try wal.release(throughLSN: sealed.boundary)
            try configuration.reach(.walReleased)
            let touched = Set(sealed.generation.dayNumbers)
            let days = state.withLock { Array($0.days.values) }
            for day in days where !touched.contains(day.number) { day.catalogue.close() }
        }
    }

    /// Writes and publishes the segments of one day of a generation; returns how many.
    private func seal(day number: Int, of sealed: SealedGeneration) async throws -> Int {
        guard let rows = sealed.generation.rows(ofDay: number),
            let day = state.withLock({ $0.days[number] })
        else { preconditionFailure("a generation has rows of day \(number), which does not exist") }
        try await sealThreads.run { [self] in try prepare(day) }
        var written: [Segment] = []
        for plan in SealPlan.plans(of: rows, day: day) {
            let blocks = try await encode(plan, sealed: sealed, day: day)
            if blocks.isEmpty { continue }
            let segment = try await sealThreads.run { [self] in
                try SegmentOutput(files: files, configuration: configuration, clock: clock)
                    .write(blocks, tenant: plan.tenant, day: day, boundary: sealed.boundary)
            }
            written.append(segment)
        }
        let segments = written
        try await sealThreads.run { [self] in
            try commit(segments, day: day, boundary: sealed.boundary)
            publish(segments, rows: rows, day: day)
            try configuration.reach(.dayPublished)
        }
        return segments.count
    }

    /// Makes folder and catalogue of a day that only existed in memory.
    private func prepare(_ day: Day) throws {
        guard !day.isPrepared else { return }
        try files.createFolder(day.folder)
        try configuration.reach(.partitionFolderCreated)
        try day.catalogue.prepare(day: day.number)
        try files.syncFolder(day.folder)
        try files.syncFolder(configuration.partsFolder)
        try configuration.reach(.partitionPrepared)
        try global.register(day: day.number)
        day.markPrepared()
    }

    /// Compresses the parts of a plan on all seal threads; parts whose rows are all known elsewhere give no block.
    private func encode(_ plan: SealPlan, sealed: SealedGeneration, day: Day) async throws -> [EncodedBlock] {
        let parts = plan.parts
        let blocks = try await sealThreads.map(parts.count, width: threadCount) { [self] index in
            switch parts[index] {
            case .block(let block):
                try compress(FullBlock(generation: sealed.generation, day: day.number, block: block))
            case .runs(let runs):
                try encode(runs, of: sealed.generation, day: day)
            }
        }
        return blocks.compactMap { $0 }
    }

    private func commit(_ segments: [Segment], day: Day, boundary: UInt64) throws {
        let unpersisted = day.unpersistedLabels()
        let marks = unpersisted.marks
        var addition = unpersisted.addition
        addition.segments = segments.map(\.row)
        addition.appliedLSN = boundary
        try commit(addition, marks, to: day)
        try configuration.reach(.catalogueCommitted)
    }

    /// Commits to the day's catalogue, or makes it anew of the day's segments when it is damaged: the new ones are
    /// durable and tell of themselves as well as the old ones.
    private func commit(_ addition: DayCatalogue.Addition, _ marks: StreamIndex.Marks, to day: Day) throws {
        do throws(CatalogueError) {
            try day.catalogue.commit(addition, since: clock.now())
        } catch {
            guard error.isDamaged else { throw error }
            let made = try DayRebuild.replaceCatalogue(of: day, files: files, now: clock.now())
            let (path, segments) = (day.catalogue.path, made.segments.count)
            report(.catalogueRebuilt(path: path, segments: segments, streams: made.streams, reason: "\(error)"))
            return
        }
        day.notePersisted(marks)
    }

    /// Lets readers see the segments in the place of the generation's rows of the day, at one instant.
    private func publish(_ segments: [Segment], rows: Generation.DayRows, day: Day) {
        day.noteNewest(rows.streams.lazy.map { ($0.stream, $0.maxTimestamp) })
        state.withLock { state in
            state.sealed[0].publishedDays.insert(day.number)
            state.segments[day.number, default: []].append(contentsOf: segments)
        }
    }
}
