internal import WeirModel

/// How a question for counts is answered: from totals where a stream or a block lies inside one range, from the times
/// of a block's rows where it does not, and from the rows themselves where entries may have been sent twice.
///
/// What is compressed holds each entry once, in whatever block; only rows that are not compressed yet may repeat
/// others, so only they, and what they overlap with, are looked at together.
struct CountPlan: Sendable {
    private(set) var days: [Day] = []
    /// For each day what totals tell; streams are ids of the day.
    private(set) var known: [CountTally] = []
    private(set) var work: [Work] = []

    /// A source whose rows have to be counted.
    struct Work: Sendable {
        var step: ScanPlan.Step
        /// The streams whose rows count.
        var wanted: StreamSet
        /// Whether it must be read as a scan reads it.
        var needsRows: Bool
    }

    /// Picks streams and sources; nil when rows have to be told apart by structured metadata. Blocks.
    ///
    /// - Throws: ``CatalogueError`` or `FileError`.
    init?(_ request: CountRequest, _ ranges: CountRanges, of snapshots: [DaySnapshot]) throws {
        for snapshot in snapshots {
            let streams = try snapshot.streams(tenant: request.tenant, matchers: request.matchers)
            if streams.isEmpty { continue }
            let (sources, _) = snapshot.sources(of: streams, of: request.tenant, range: ranges.hull)
            do {
                for source in sources where try source.holdsMetadata(named: request.splittingNames) { return nil }
            } catch is CorruptionError {
                // Whoever scans instead hears of the damage.
                return nil
            }
            days.append(snapshot.day)
            known.append(CountTally())
            add(sources, of: snapshot, streams, day: days.count - 1, ranges)
        }
    }

    private mutating func add(
        _ sources: [BlockSource], of snapshot: DaySnapshot, _ streams: StreamSet, day: Int, _ ranges: CountRanges
    ) {
        let unsettled = sources.filter { !$0.isSettled }
        let steps = ScanPlan.steps(sources, day: day, range: ranges.hull) { !$0.isSettled || !$1.isSettled }
        var wanted: [ObjectIdentifier: StreamSet] = [:]
        for segment in snapshot.segments where ranges.touches(segment.row.minTimestamp, segment.row.maxTimestamp) {
            wanted[ObjectIdentifier(segment)] = countWhole(segment, streams, unsettled, day: day, ranges)
        }
        for step in steps where ranges.touches(step.source.minTimestamp, step.source.maxTimestamp) {
            var step = step
            var left = streams
            if case .segment(let segment, _) = step.source.place, let rest = wanted[ObjectIdentifier(segment)] {
                left = rest
                guard step.source.keepStreams(of: rest) else { continue }
            }
            let needsRows = !step.source.isSettled || !step.guests.isEmpty || !step.owners.isEmpty
            if !needsRows, let total = step.source.total,
                let range = ranges.range(around: step.source.minTimestamp, step.source.maxTimestamp)
            {
                known[day].add(
                    CountTally.Cell(
                        stream: total.stream, range: UInt32(range), entries: total.entries, bytes: total.bytes,
                        blocks: 1))
                continue
            }
            work.append(Work(step: step, wanted: left, needsRows: needsRows))
        }
    }

    /// Counts the streams of a segment that lie inside one range; returns the others.
    private mutating func countWhole(
        _ segment: Segment, _ streams: StreamSet, _ unsettled: [BlockSource], day: Int, _ ranges: CountRanges
    ) -> StreamSet {
        var rest = streams
        for stream in segment.reader.streams where streams.contains(stream.extent.stream) {
            let extent = stream.extent
            guard let range = ranges.range(around: extent.minTimestamp, extent.maxTimestamp) else { continue }
            let isAlone = unsettled.allSatisfy { source in
                guard let span = source.span(of: extent.stream) else { return true }
                return span.maxTimestamp < extent.minTimestamp || span.minTimestamp > extent.maxTimestamp
            }
            guard isAlone else { continue }
            rest.remove(extent.stream)
            known[day].add(
                CountTally.Cell(
                    stream: extent.stream, range: UInt32(range), entries: Int(extent.rows),
                    bytes: Int(clamping: extent.rawBytes), blocks: segment.reader.blocks(of: stream).count))
        }
        return rest
    }
}
