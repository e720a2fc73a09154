internal import WeirModel

/// What a question sees of one day: segments and, for rows that are in none of them yet, generations; each entry in
/// one or the other.
struct DaySnapshot: Sendable {
    let day: Day
    /// In order of arrival of their rows.
    let segments: [Segment]
    /// In order of arrival of their rows, all later than the segments'.
    let generations: [Generation]

    /// Loads the day's streams and picks those that the matchers accept; blocks.
    func streams(tenant: Tenant, matchers: [Matcher]) throws(CatalogueError) -> StreamSet {
        try day.load()
        return day.withIndex { $0.streams(tenant: tenant, matchers: matchers) }
    }

    /// Those of `streams` that have rows in the range.
    func present(_ streams: StreamSet, range: TimeRange, capacity: Int) -> StreamSet {
        var present = StreamSet(capacity: capacity)
        for segment in segments where range.overlaps(segment.row.minTimestamp, segment.row.maxTimestamp) {
            for stream in segment.reader.streams {
                let extent = stream.extent
                if streams.contains(extent.stream) && range.overlaps(extent.minTimestamp, extent.maxTimestamp) {
                    present.insert(extent.stream)
                }
            }
        }
        for generation in generations {
            for rows in generation.rows(ofDay: day.number, in: streams)
            where range.overlaps(rows.minTimestamp, rows.maxTimestamp) {
                present.insert(rows.stream)
            }
        }
        return present
    }

    /// The sources of rows of `streams` in the range, in order of arrival, and how many blocks were ruled out.
    func sources(of streams: StreamSet, range: TimeRange) -> (sources: [BlockSource], skipped: Int) {
        var sources: [BlockSource] = []
        var skipped = 0
        for segment in segments where range.overlaps(segment.row.minTimestamp, segment.row.maxTimestamp) {
            let reader = segment.reader
            var extents = [[StreamExtent]](repeating: [], count: reader.blocks.count)
            for stream in reader.streams where streams.contains(stream.extent.stream) {
                guard range.overlaps(stream.extent.minTimestamp, stream.extent.maxTimestamp) else { continue }
                for block in reader.blocks(of: stream) { extents[Int(block)].append(stream.extent) }
            }
            for (index, block) in reader.blocks.enumerated() {
                if extents[index].isEmpty || !range.overlaps(block.minTimestamp, block.maxTimestamp) {
                    skipped += 1
                } else {
                    sources.append(BlockSource(segment, block: index, extents: extents[index]))
                }
            }
        }
        for generation in generations {
            let rows = generation.rows(ofDay: day.number, in: streams)
                .filter { range.overlaps($0.minTimestamp, $0.maxTimestamp) }
                .sorted { $0.stream < $1.stream }
            for stream in rows {
                for block in stream.blocks where range.overlaps(block.minTimestamp, block.maxTimestamp) {
                    sources.append(BlockSource(block))
                }
            }
            sources.append(contentsOf: DaySnapshot.openSources(rows, range: range))
        }
        return (sources, skipped)
    }

    /// Open rows of many small streams together, so that a visitor gets batches and not single lines.
    private static func openSources(_ rows: [Generation.StreamRows], range: TimeRange) -> [BlockSource] {
        var sources: [BlockSource] = []
        var pack: [(stream: UInt32, run: OpenRun)] = []
        var packBytes = 0
        var packRows = 0
        for stream in rows {
            let run = stream.open
            if run.isEmpty || !range.overlaps(run.minTimestamp, run.maxTimestamp) { continue }
            if !pack.isEmpty
                && (packBytes + run.lineBytes > OpenRun.lineBytesMax || packRows + run.count > OpenRun.rowsMax)
            {
                sources.append(BlockSource(pack))
                pack = []
                packBytes = 0
                packRows = 0
            }
            pack.append((stream.stream, run))
            packBytes += run.lineBytes
            packRows += run.count
        }
        if !pack.isEmpty { sources.append(BlockSource(pack)) }
        return sources
    }
}

extension TimeRange {
    /// Whether any instant of `first...last`, nanoseconds since 1970 UTC, lies inside.
    func overlaps(_ first: Int64, _ last: Int64) -> Bool {
        start.nanoseconds <= last && first < end.nanoseconds
    }

    /// Whether all instants of `first...last` lie inside.
    func covers(_ first: Int64, _ last: Int64) -> Bool {
        start.nanoseconds <= first && last < end.nanoseconds
    }
}
