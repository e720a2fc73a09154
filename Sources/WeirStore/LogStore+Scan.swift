internal import Synchronization
public import WeirModel
internal import WeirSystem

extension LogStore: LogSource {
    /// Delivers the rows of a selection; see ``LogSource/scan(_:workers:_:)``.
    ///
    /// It sees all rows acknowledged before the call and none that come later in segments; sealing goes on meanwhile.
    /// A damaged block is reported as an event and left out.
    ///
    /// - Throws: what `visit` throws, `CancellationError`, ``SourceError`` while closing, `FileError` or
    ///   ``CatalogueError`` when the disk refuses.
    public func scan(
        _ selection: Selection, workers: Int,
        _ visit: @escaping @Sendable (_ worker: Int, _ batch: borrowing LineBatch) throws -> Flow
    ) async throws -> ScanSummary {
        precondition(workers > 0, "a scan needs a worker, not \(workers)")
        let snapshots = try snapshots(of: selection.range)
        let plan = try await scanThreads.run { try ScanPlan(selection, of: snapshots) }
        let scan = BlockScan(plan: plan, selection: selection, onDamage: noteDamage, visit: visit)
        return try await withThrowingTaskGroup(of: ScanSummary.self) { group in
            for worker in 0..<min(workers, plan.steps.count) {
                group.addTask(executorPreference: scanThreads) { try scan.work(as: worker) }
            }
            var sum = ScanSummary()
            sum.blocksSkipped = plan.blocksSkipped
            for try await part in group {
                sum.linesRead += part.linesRead
                sum.lineBytesRead += part.lineBytesRead
                sum.blocksRead += part.blocksRead
                sum.blocksSkipped += part.blocksSkipped
            }
            return sum
        }
    }

    /// The names of labels of streams with entries in the range, sorted.
    public func labelNames(tenant: Tenant, matchers: [Matcher], range: TimeRange) async throws -> [String] {
        try await collect(tenant: tenant, matchers: matchers, range: range) { index, streams in
            index.labelNames(of: streams)
        }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The values of one label over streams with entries in the range, sorted.
    public func labelValues(
        of name: String, tenant: Tenant, matchers: [Matcher], range: TimeRange
    ) async throws -> [String] {
        try await collect(tenant: tenant, matchers: matchers, range: range) { index, streams in
            index.labelValues(of: name, tenant: tenant, in: streams)
        }.sorted().map(\.text)
    }

    /// The label sets of streams with entries in the range, sorted.
    public func series(tenant: Tenant, matchers: [Matcher], range: TimeRange) async throws -> [LabelSet] {
        try await collect(tenant: tenant, matchers: matchers, range: range) { index, streams in
            Set(streams.ids.map { index.labels(of: $0) })
        }.sorted()
    }

    /// Unites what `body` says about the streams of each day that have entries in the range.
    private func collect<Element: Hashable & Sendable>(
        tenant: Tenant, matchers: [Matcher], range: TimeRange,
        _ body: @escaping @Sendable (borrowing StreamIndex, StreamSet) -> Set<Element>
    ) async throws -> Set<Element> {
        let snapshots = try snapshots(of: range)
        return try await scanThreads.run {
            var all: Set<Element> = []
            for snapshot in snapshots {
                try Task.checkCancellation()
                let matching = try snapshot.streams(tenant: tenant, matchers: matchers)
                if matching.isEmpty { continue }
                let capacity = snapshot.day.withIndex { $0.count }
                let present = snapshot.present(matching, of: tenant, range: range, capacity: capacity)
                all.formUnion(snapshot.day.withIndex { body($0, present) })
            }
            return all
        }
    }

    /// The days that a range touches, each either as segments or as generations.
    func snapshots(of range: TimeRange) throws(SourceError) -> [DaySnapshot] {
        let now = clock.now()
        return try state.withLock { (state) throws(SourceError) in
            guard state.phase == .open else { throw .unavailable(reason: "the store is closing") }
            guard !range.isEmpty else { return [] }
            let last = Timestamp(nanoseconds: range.end.nanoseconds - 1).utcDay
            let days = state.days.values.filter { $0.number >= range.start.utcDay && $0.number <= last }
            return days.sorted { $0.number < $1.number }.map { day in
                let sealed = state.sealed.filter { !$0.publishedDays.contains(day.number) }.map(\.generation)
                return DaySnapshot(
                    day: day, segments: state.segments[day.number] ?? [], generations: sealed + [state.current],
                    hidden: HiddenRows(retention: configuration.retention, deletes: state.deletes, now: now),
                    onDamage: { [self] in noteUnreadable(day, $0) })
            }
        }
    }

    /// Reports a day whose streams cannot be read, once.
    private func noteUnreadable(_ day: Day, _ error: CatalogueError) {
        let isKnown = state.withLock { !$0.unreadableDays.insert(day.number).inserted }
        if !isKnown { report(.dayUnreadable(folder: day.folder, reason: "\(error)")) }
    }

    func noteDamage(_ error: CorruptionError) {
        counters.noteDamagedBlock()
        report(.blockDamaged(error))
    }
}
