internal import WeirModel

/// The sources of a selection in the order of the question, and which of them must be looked at together.
///
/// Two sources of one stream whose times overlap may hold rows of one instant, which must come in one batch, and, as
/// long as they are in memory, entries that were sent twice. Every instant of every stream is therefore owned by the
/// source that arrived first among those that may hold it: the owner delivers the later ones' rows of that instant in
/// its batch, the later ones leave them out. Sources stay independent, so any worker may take any of them.
struct ScanPlan: Sendable {
    let days: [Day]
    /// The streams wanted of each day.
    let wanted: [StreamSet]
    let steps: [Step]
    /// Blocks in range that hold none of the streams.
    let blocksSkipped: Int

    struct Step: Sendable {
        /// A position in `days`.
        let day: Int
        var source: BlockSource
        /// Sources that own some instants of this one.
        var owners: [BlockSource] = []
        /// Sources of which this one owns some instants, in order of arrival.
        var guests: [BlockSource] = []
    }

    /// Picks streams and sources; blocks when a day's streams must be read first.
    ///
    /// - Throws: ``CatalogueError``.
    init(_ selection: Selection, of snapshots: [DaySnapshot]) throws(CatalogueError) {
        var days: [Day] = []
        var wanted: [StreamSet] = []
        var steps: [Step] = []
        var skipped = 0
        for snapshot in snapshots {
            let streams = try snapshot.streams(tenant: selection.tenant, matchers: selection.matchers)
            if streams.isEmpty { continue }
            let (sources, skippedHere) = snapshot.sources(
                of: streams, of: selection.tenant, range: selection.range)
            skipped += skippedHere
            // Settled sources have no entry in common, so only instants could bring them together.
            let areTogether = selection.keepsInstantsTogether
            steps.append(
                contentsOf: ScanPlan.steps(sources, day: days.count, range: selection.range) { one, other in
                    areTogether || !one.isSettled || !other.isSettled
                })
            days.append(snapshot.day)
            wanted.append(streams)
        }
        switch selection.direction {
        case .forward: steps.sort { $0.source.minTimestamp < $1.source.minTimestamp }
        case .backward: steps.sort { $0.source.maxTimestamp > $1.source.maxTimestamp }
        }
        self.days = days
        self.wanted = wanted
        self.steps = steps
        blocksSkipped = skipped
    }

    /// One step a source, with owners and guests found by a sweep over the times of each stream.
    ///
    /// - Parameter mustMeet: whether two sources that overlap must be looked at together.
    static func steps(
        _ sources: [BlockSource], day: Int, range: TimeRange, where mustMeet: (BlockSource, BlockSource) -> Bool
    ) -> [Step] {
        var steps = sources.map { Step(day: day, source: $0) }
        var spans: [(stream: UInt32, minTimestamp: Int64, maxTimestamp: Int64, source: Int)] = []
        for (index, source) in sources.enumerated() {
            for span in source.streams where range.overlaps(span.minTimestamp, span.maxTimestamp) {
                spans.append((span.stream, span.minTimestamp, span.maxTimestamp, index))
            }
        }
        spans.sort { ($0.stream, $0.minTimestamp, $0.source) < ($1.stream, $1.minTimestamp, $1.source) }
        // Pairs of one step with many others are found once per stream that they share.
        var pairs: Set<SIMD2<Int>> = []
        for left in spans.indices {
            for right in spans[(left + 1)...].indices {
                guard spans[right].stream == spans[left].stream,
                    spans[right].minTimestamp <= spans[left].maxTimestamp
                else { break }
                let (one, other) = (spans[left].source, spans[right].source)
                guard mustMeet(sources[one], sources[other]) else { continue }
                pairs.insert(SIMD2(min(one, other), max(one, other)))
            }
        }
        for pair in pairs.sorted(by: { ($0.x, $0.y) < ($1.x, $1.y) }) {
            steps[pair.x].guests.append(sources[pair.y])
            steps[pair.y].owners.append(sources[pair.x])
        }
        return steps
    }
}
