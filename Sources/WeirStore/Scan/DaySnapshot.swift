internal import WeirModel

/// What a question sees of one day: segments and, for rows that are in none of them yet, generations; each entry in
/// one or the other.
struct DaySnapshot: Sendable {
    let day: Day
    /// In order of arrival of their rows.
    let segments: [Segment]
    /// In order of arrival of their rows, all later than the segments'.
    let generations: [Generation]
    /// What must not be delivered.
    var hidden = HiddenRows()
    /// Told when the day's catalogue is damaged.
    var onDamage: @Sendable (CatalogueError) -> Void = { _ in }

    /// Loads the day's streams and picks those that the matchers accept; blocks. None when the catalogue is damaged:
    /// one day's damage must not cost the answers about the others.
    func streams(tenant: Tenant, matchers: [Matcher]) throws(CatalogueError) -> StreamSet {
        do {
            try day.load()
        } catch  where error.isDamaged {
            onDamage(error)
            return StreamSet(capacity: 0)
        }
        return day.withIndex { $0.streams(tenant: tenant, matchers: matchers) }
    }

    /// Those of `streams` that have rows in the range.
    func present(_ streams: StreamSet, of tenant: Tenant, range: TimeRange, capacity: Int) -> StreamSet {
        var present = StreamSet(capacity: capacity)
        let hidden = hidden.masks(of: day, tenant: tenant)
        for segment in segments where range.overlaps(segment.row.minTimestamp, segment.row.maxTimestamp) {
            let masks = hidden.masks(for: segment.row)
            for stream in segment.reader.streams {
                let extent = stream.extent
                if streams.contains(extent.stream) && range.overlaps(extent.minTimestamp, extent.maxTimestamp),
                    !masks.contains(where: { $0.hidesAll(of: extent.stream, extent.minTimestamp, extent.maxTimestamp) })
                {
                    present.insert(extent.stream)
                }
            }
        }
        for generation in generations {
            for rows in generation.rows(ofDay: day.number, in: streams)
            where range.overlaps(rows.minTimestamp, rows.maxTimestamp) {
                let isHidden = hidden.masks(for: nil).contains {
                    $0.hidesAll(of: rows.stream, rows.minTimestamp, rows.maxTimestamp)
                }
                if !isHidden { present.insert(rows.stream) }
            }
        }
        return present
    }

    /// The sources of rows of `streams` in the range, in order of arrival, and how many blocks were ruled out.
    func sources(
        of streams: StreamSet, of tenant: Tenant, range: TimeRange
    ) -> (sources: [BlockSource], skipped: Int) {
        let hidden = hidden.masks(of: day, tenant: tenant)
        var sources: [BlockSource] = []
        var skipped = 0
        for segment in segments where range.overlaps(segment.row.minTimestamp, segment.row.maxTimestamp) {
            let reader = segment.reader
            let masks = hidden.masks(for: segment.row)
            var extents = [[StreamExtent]](repeating: [], count: reader.blocks.count)
            for stream in reader.streams where streams.contains(stream.extent.stream) {
                guard range.overlaps(stream.extent.minTimestamp, stream.extent.maxTimestamp) else { continue }
                for block in reader.blocks(of: stream) { extents[Int(block)].append(stream.extent) }
            }
            for (index, block) in reader.blocks.enumerated() {
                if extents[index].isEmpty || !range.overlaps(block.minTimestamp, block.maxTimestamp) {
                    skipped += 1
                } else {
                    sources.append(BlockSource(segment, block: index, extents: extents[index]).hiding(masks))
                }
            }
        }
        for generation in generations {
            let rows = generation.rows(ofDay: day.number, in: streams)
                .filter { range.overlaps($0.minTimestamp, $0.maxTimestamp) }
                .sorted { $0.stream < $1.stream }
            for stream in rows {
                for block in stream.blocks where range.overlaps(block.minTimestamp, block.maxTimestamp) {
                    sources.append(BlockSource(block).hiding(hidden.masks(for: nil)))
                }
            }
            for source in DaySnapshot.openSources(rows, range: range) {
                sources.append(source.hiding(hidden.masks(for: nil)))
            }
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
