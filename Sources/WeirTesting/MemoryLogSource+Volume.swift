public import WeirModel

extension MemoryLogSource {
    /// How much there is of each stream in each of some ranges; every stream is one block.
    public func volumes(
        tenant: Tenant, matchers: [Matcher], ranges: [TimeRange]
    ) async throws -> [[StreamVolume]] {
        let wanted = streams.filter { labels, _ in matchers.allSatisfy { $0.accepts(labels) } }
            .sorted { $0.key < $1.key }
        return ranges.map { range in
            wanted.compactMap { labels, entries in
                let inside = entries.filter { range.contains(Timestamp(nanoseconds: $0.timestamp)) }
                guard !inside.isEmpty else { return nil }
                return StreamVolume(
                    labels: labels, entries: inside.count, bytes: inside.reduce(0) { $0 + $1.line.count }, blocks: 1)
            }
        }
    }
}
