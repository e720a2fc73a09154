public import WeirModel
internal import WeirSystem

extension LogStore {
    /// How much there is of each stream in each of some ranges; see ``LogSource/volumes(tenant:matchers:ranges:)``.
    ///
    /// - Throws: ``SourceError`` while closing, `FileError` or ``CatalogueError`` when the disk refuses.
    /// - Complexity: one look at the stream table of each segment; blocks are read only where a stream reaches beyond
    ///   a range, and of those not the lines.
    public func volumes(
        tenant: Tenant, matchers: [Matcher], ranges: [TimeRange]
    ) async throws -> [[StreamVolume]] {
        guard let first = ranges.first, let last = ranges.last else { return [] }
        let snapshots = try snapshots(of: TimeRange(start: first.start, end: last.end))
        return try await scanThreads.run { [self] in
            var sums = [[LabelSet: StreamVolume]](repeating: [:], count: ranges.count)
            for snapshot in snapshots {
                let streams = try snapshot.streams(tenant: tenant, matchers: matchers)
                if streams.isEmpty { continue }
                var count = VolumeCount(snapshot, of: streams, in: ranges, onDamage: noteDamage)
                try count.run()
                for (range, totals) in count.totals.enumerated() where !totals.isEmpty {
                    let named = snapshot.day.withIndex { index in
                        totals.map { (labels: index.labels(of: $0.key), total: $0.value) }
                    }
                    for (labels, total) in named {
                        let none = StreamVolume(labels: labels, entries: 0, bytes: 0, blocks: 0)
                        sums[range][labels, default: none].add(total)
                    }
                }
            }
            return sums.map { $0.values.sorted { $0.labels < $1.labels } }
        }
    }
}

extension StreamVolume {
    fileprivate mutating func add(_ total: VolumeCount.Total) {
        entries += total.entries
        bytes += total.bytes
        blocks += total.blocks
    }
}
