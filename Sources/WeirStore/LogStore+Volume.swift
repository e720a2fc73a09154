public import WeirModel
internal import WeirSystem

extension LogStore {
    /// How much there is of each stream in each of some ranges; see ``LogSource/volumes(tenant:matchers:ranges:)``.
    ///
    /// - Throws: ``SourceError`` while closing, `FileError` or ``CatalogueError`` when the disk refuses.
    /// - Complexity: one look at the stream table of each segment; blocks are read only where a stream reaches beyond
    ///   a range.
    public func volumes(
        tenant: Tenant, matchers: [Matcher], ranges: [TimeRange]
    ) async throws -> [[StreamVolume]] {
        let request = CountRequest(
            tenant: tenant, matchers: matchers, ranges: ranges, needsBytes: true, splittingNames: [])
        var volumes = [[StreamVolume]](repeating: [], count: ranges.count)
        for stream in try await count(request) ?? [] {
            for cell in stream.cells {
                volumes[Int(cell.range)].append(
                    StreamVolume(
                        labels: stream.labels, entries: cell.entries, bytes: cell.bytes, blocks: cell.blocks))
            }
        }
        return volumes.map { $0.sorted { $0.labels < $1.labels } }
    }

    /// How much there is of each stream in each of some ranges; see ``LogSource/counts(_:)``.
    ///
    /// - Throws: ``SourceError`` while closing, `CancellationError`, `FileError` or ``CatalogueError`` when the disk
    ///   refuses.
    /// - Complexity: as ``volumes(tenant:matchers:ranges:)``; of blocks that are read, only the times of rows unless
    ///   bytes are asked for.
    public func counts(_ request: CountRequest) async throws -> [StreamCounts]? {
        try await count(request)?.map { stream in
            StreamCounts(
                labels: stream.labels,
                cells: stream.cells.map { cell in
                    StreamCounts.Cell(
                        range: Int(cell.range), entries: cell.entries, bytes: request.needsBytes ? cell.bytes : 0)
                })
        }
    }

    private typealias Counted = (labels: LabelSet, cells: [CountTally.Cell])

    /// Counts on all scan threads.
    private func count(_ request: CountRequest) async throws -> [Counted]? {
        let ranges = CountRanges(ranges: request.ranges)
        if ranges.hull.isEmpty { return [] }
        let snapshots = try snapshots(of: ranges.hull)
        guard let plan = try await scanThreads.run({ try CountPlan(request, ranges, of: snapshots) }) else {
            return nil
        }
        let scan = CountScan(plan, request, ranges, onDamage: noteDamage)
        let readers = try await withThrowingTaskGroup(of: CountReader.self) { group in
            for _ in 0..<min(threadCount, plan.work.count) {
                group.addTask(executorPreference: scanThreads) { try scan.work() }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        return LogStore.sum(plan, readers)
    }

    /// Joins what totals and readers say, stream by stream over all days.
    private static func sum(_ plan: CountPlan, _ readers: [CountReader]) -> [Counted] {
        var sums: [LabelSet: CountTally] = [:]
        for (number, day) in plan.days.enumerated() {
            var tally = plan.known[number]
            for reader in readers { tally.add(reader.counted[number]) }
            tally.compact()
            tally.forEachStream { stream, cells in
                let labels = day.withIndex { $0.labels(of: stream) }
                sums[labels, default: CountTally()].add(cells, as: 0)
            }
        }
        for reader in readers {
            var tally = reader.labelled
            tally.compact()
            tally.forEachStream { position, cells in
                sums[reader.labels[Int(position)], default: CountTally()].add(cells, as: 0)
            }
        }
        return sums.map { labels, tally in
            var tally = tally
            tally.compact()
            return (labels, tally.cells.filter { $0.entries > 0 })
        }
    }
}
