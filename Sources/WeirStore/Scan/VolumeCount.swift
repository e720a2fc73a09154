internal import WeirModel

/// Adds up how much one day has of each stream in each of some ranges, from totals where they will do.
///
/// The stream table of a segment answers for streams that lie wholly inside a range, the block directory for such
/// blocks of one stream; of other blocks the times, streams and lengths of lines are decoded.
struct VolumeCount {
    /// How much of one stream lies in one range.
    struct Total: Sendable {
        var entries = 0
        var bytes = 0
        var blocks = 0
    }

    /// For each range its streams with rows.
    private(set) var totals: [[UInt32: Total]]

    private let snapshot: DaySnapshot
    private let streams: StreamSet
    private let capacity: Int
    private let ranges: [TimeRange]
    private let onDamage: (CorruptionError) -> Void

    // Memory for one block after the other.
    private var block: BlockReader?
    private var batch = LineBatch()
    private var scratch = BlockSource.Scratch()
    /// For each stream of the day what the block at hand has of it in the range at hand, and which streams those are.
    private var tally: [Total]
    private var tallied: [UInt32] = []

    /// - Parameter ranges: in order of time and without overlap.
    init(
        _ snapshot: DaySnapshot, of streams: StreamSet, in ranges: [TimeRange],
        onDamage: @escaping (CorruptionError) -> Void
    ) {
        self.snapshot = snapshot
        self.streams = streams
        self.ranges = ranges
        self.onDamage = onDamage
        capacity = snapshot.day.withIndex { $0.count }
        totals = Array(repeating: [:], count: ranges.count)
        tally = Array(repeating: Total(), count: capacity)
    }

    /// Counts everything; blocks. A damaged block is reported and left out.
    ///
    /// - Throws: `FileError`.
    mutating func run() throws {
        for segment in snapshot.segments where touches(segment.row.minTimestamp, segment.row.maxTimestamp) {
            try add(segment)
        }
        for generation in snapshot.generations {
            for rows in generation.rows(ofDay: snapshot.day.number, in: streams)
            where touches(rows.minTimestamp, rows.maxTimestamp) {
                for block in rows.blocks { try add(block) }
                if !rows.open.isEmpty { try add(BlockSource([(rows.stream, rows.open)])) }
            }
        }
    }

    // MARK: - Parts of a day

    private mutating func add(_ segment: Segment) throws {
        let reader = segment.reader
        var isRead = [Bool](repeating: false, count: reader.blocks.count)
        var partial = StreamSet(capacity: capacity)
        for stream in reader.streams where streams.contains(stream.extent.stream) {
            let extent = stream.extent
            if let range = range(around: extent.minTimestamp, extent.maxTimestamp) {
                let total = Total(
                    entries: Int(extent.rows), bytes: Int(clamping: extent.rawBytes),
                    blocks: reader.blocks(of: stream).count)
                totals[range][extent.stream, default: Total()].add(total)
            } else if touches(extent.minTimestamp, extent.maxTimestamp), Int(extent.stream) < capacity {
                partial.insert(extent.stream)
                for block in reader.blocks(of: stream) { isRead[Int(block)] = true }
            }
        }
        for (index, entry) in reader.blocks.enumerated()
        where isRead[index] && touches(entry.minTimestamp, entry.maxTimestamp) {
            if entry.flags.contains(.singleStream), let range = range(around: entry.minTimestamp, entry.maxTimestamp) {
                totals[range][entry.streamFirst, default: Total()].add(
                    Total(entries: Int(entry.rows), bytes: Int(entry.rawBytes), blocks: 1))
            } else {
                try count(partial) { count in try count.read(index, of: segment) }
            }
        }
    }

    private mutating func add(_ block: HeadBlock) throws {
        guard touches(block.minTimestamp, block.maxTimestamp) else { return }
        guard case .encoded(let encoded) = block.contents else { return try add(BlockSource(block)) }
        guard let encoded else { return }
        if let range = range(around: encoded.entry.minTimestamp, encoded.entry.maxTimestamp) {
            totals[range][block.stream, default: Total()].add(
                Total(entries: Int(encoded.entry.rows), bytes: Int(encoded.entry.rawBytes), blocks: 1))
        } else {
            try count(streams) { count in try count.decode(BlockReader(encoded)) }
        }
    }

    /// Adds rows in memory, which may repeat until they are settled.
    private mutating func add(_ source: BlockSource) throws {
        guard touches(source.minTimestamp, source.maxTimestamp) else { return }
        try count(streams) { count in
            try source.read(into: &count.batch, needsLines: true, needsMetadata: true, scratch: &count.scratch)
        }
    }

    // MARK: - Ranges

    /// Whether an instant of `first...last` lies in a range.
    private func touches(_ first: Int64, _ last: Int64) -> Bool {
        let next = firstRange(endingAfter: first)
        return next < ranges.count && ranges[next].start.nanoseconds <= last
    }

    /// The range in which all of `first...last` lies.
    private func range(around first: Int64, _ last: Int64) -> Int? {
        let next = firstRange(endingAfter: first)
        return next < ranges.count && ranges[next].covers(first, last) ? next : nil
    }

    private func firstRange(endingAfter instant: Int64) -> Int {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].end.nanoseconds > instant { high = middle } else { low = middle + 1 }
        }
        return low
    }

    // MARK: - Rows

    /// Lets `read` fill `batch` and counts its rows of `wanted` streams.
    private mutating func count(_ wanted: StreamSet, reading read: (inout VolumeCount) throws -> Void) throws {
        do {
            try read(&self)
        } catch let error as CorruptionError {
            onDamage(error)
            return
        }
        countRows(wanted)
    }

    private mutating func read(_ index: Int, of segment: Segment) throws {
        if block == nil {
            block = try segment.reader.readBlock(index)
        } else {
            try segment.reader.readBlock(index, needsLines: true, into: &block!)
        }
        try decode(block!)
    }

    private mutating func decode(_ reader: BlockReader) throws(CorruptionError) {
        try reader.readTimestamps(into: &batch.timestamps)
        try reader.readStreams(into: &batch.streamIndexes)
        try reader.readLineLengths(into: &batch.lineLengths)
    }

    /// Counts the rows of `batch`, which stand in order of time.
    private mutating func countRows(_ wanted: StreamSet) {
        let timestamps = batch.timestamps
        let ids = batch.streamIndexes
        let lengths = batch.lineLengths
        guard let first = timestamps.first else { return }
        var range = firstRange(endingAfter: first)
        for row in timestamps.indices {
            while range < ranges.count, timestamps[row] >= ranges[range].end.nanoseconds {
                closeTally(of: range)
                range += 1
            }
            guard range < ranges.count else { return }
            let id = Int(ids[row])
            guard timestamps[row] >= ranges[range].start.nanoseconds, wanted.contains(ids[row]), id < tally.count else {
                continue
            }
            if tally[id].entries == 0 { tallied.append(ids[row]) }
            tally[id].entries += 1
            tally[id].bytes += Int(lengths[row])
        }
        closeTally(of: range)
    }

    private mutating func closeTally(of range: Int) {
        for stream in tallied {
            var total = tally[Int(stream)]
            total.blocks = 1
            totals[range][stream, default: Total()].add(total)
            tally[Int(stream)] = Total()
        }
        tallied.removeAll(keepingCapacity: true)
    }
}

extension VolumeCount.Total {
    fileprivate mutating func add(_ other: Self) {
        entries += other.entries
        bytes += other.bytes
        blocks += other.blocks
    }
}
