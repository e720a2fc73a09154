internal import WeirModel

/// Counts the rows of one source after the other, with the same memory.
struct CountReader {
    /// For each day what was counted; streams are ids of the day.
    private(set) var counted: [CountTally]
    /// What was counted of rows that came with their labels; streams are positions in `labels`.
    private(set) var labelled = CountTally()
    private(set) var labels: [LabelSet] = []

    private let plan: CountPlan
    private let ranges: CountRanges
    private let needsBytes: Bool
    private let onDamage: @Sendable (CorruptionError) -> Void
    private var rows: StepReader
    private var scratch = BlockSource.Scratch()
    private var batch = LineBatch()
    private var numbers: [LabelSet: UInt32] = [:]
    /// For each stream of the source at hand what the range at hand has of it, and which streams those are.
    private var tally: [(entries: Int, bytes: Int)] = []
    private var tallied: [UInt32] = []

    init(
        _ plan: CountPlan, _ request: CountRequest, _ ranges: CountRanges,
        onDamage: @escaping @Sendable (CorruptionError) -> Void
    ) {
        self.plan = plan
        self.ranges = ranges
        self.onDamage = onDamage
        needsBytes = request.needsBytes
        counted = Array(repeating: CountTally(), count: plan.days.count)
        rows = StepReader(
            selection: Selection(
                tenant: request.tenant, matchers: request.matchers, range: ranges.hull,
                needsLines: request.needsBytes, needsMetadata: false),
            onDamage: onDamage)
    }

    /// Counts one source; a damaged block is reported and left out.
    ///
    /// - Throws: `FileError`.
    mutating func count(_ work: CountPlan.Work) throws {
        let day = work.step.day
        if work.needsRows {
            _ = try rows.read(work.step, day: plan.days[day], wanted: work.wanted, range: ranges.hull)
            countLabelledRows()
            return
        }
        do {
            try work.step.source.readCountables(into: &batch, needsBytes: needsBytes, scratch: &scratch)
        } catch let error as CorruptionError {
            onDamage(error)
            return
        }
        let streams = work.step.source.streams
        if !work.step.source.hasOtherStreams && streams.count == 1 {
            countRuns(of: streams[0].stream, day: day)
        } else {
            countRows(of: work.wanted, day: day)
        }
    }

    /// Sums up, so that whoever joins what several readers counted has sorted lists to merge.
    mutating func compact() {
        for day in counted.indices { counted[day].compact() }
        labelled.compact()
    }

    /// Counts rows of one stream: only the ends of ranges are looked for.
    private mutating func countRuns(of stream: UInt32, day: Int) {
        let timestamps = batch.timestamps
        var row = 0
        while row < timestamps.count {
            let index = ranges.firstRange(endingAfter: timestamps[row])
            guard index < ranges.ranges.count else { return }
            let range = ranges.ranges[index]
            row = timestamps.position(of: range.start.nanoseconds, from: row)
            let end = timestamps.position(of: range.end.nanoseconds, from: row)
            guard end > row else { continue }
            var bytes = 0
            if needsBytes {
                for row in row..<end { bytes += Int(batch.lineLengths[row]) }
            }
            counted[day].add(
                CountTally.Cell(
                    stream: stream, range: UInt32(index), entries: end - row, bytes: bytes, blocks: 1))
            row = end
        }
    }

    private mutating func countRows(of wanted: StreamSet, day: Int) {
        tallyRows(isWanted: { wanted.contains($0) }) { reader, cell in reader.counted[day].add(cell) }
    }

    private mutating func countLabelledRows() {
        let rowLabels = rows.batch.streams
        batch.timestamps = rows.batch.timestamps
        batch.lineLengths = rows.batch.lineLengths
        let positions = rowLabels.map { set in
            if let number = numbers[set] { return number }
            let number = UInt32(labels.count)
            labels.append(set)
            numbers[set] = number
            return number
        }
        batch.streamIndexes = rows.batch.streamIndexes.map { positions[Int($0)] }
        tallyRows(isWanted: { _ in true }) { reader, cell in reader.labelled.add(cell) }
    }

    /// Counts the rows of `batch`, which stand in order of time, range by range.
    private mutating func tallyRows(
        isWanted: (UInt32) -> Bool, _ add: (inout CountReader, CountTally.Cell) -> Void
    ) {
        let timestamps = batch.timestamps
        let streams = batch.streamIndexes
        let lengths = batch.lineLengths
        guard let first = timestamps.first else { return }
        var index = ranges.firstRange(endingAfter: first)
        func close(_ reader: inout CountReader) {
            for stream in reader.tallied {
                let total = reader.tally[Int(stream)]
                add(
                    &reader,
                    CountTally.Cell(
                        stream: stream, range: UInt32(index), entries: total.entries, bytes: total.bytes, blocks: 1))
                reader.tally[Int(stream)] = (0, 0)
            }
            reader.tallied.removeAll(keepingCapacity: true)
        }
        for row in timestamps.indices {
            while index < ranges.ranges.count, timestamps[row] >= ranges.ranges[index].end.nanoseconds {
                close(&self)
                index += 1
            }
            guard index < ranges.ranges.count else { break }
            let stream = streams[row]
            guard timestamps[row] >= ranges.ranges[index].start.nanoseconds, isWanted(stream) else { continue }
            while tally.count <= Int(stream) { tally.append((0, 0)) }
            if tally[Int(stream)].entries == 0 { tallied.append(stream) }
            tally[Int(stream)].entries += 1
            if needsBytes { tally[Int(stream)].bytes += Int(lengths[row]) }
        }
        close(&self)
    }
}

extension [Int64] {
    /// The first position from `start` on whose value, and so every later one's, is not below `value`.
    fileprivate func position(of value: Int64, from start: Int) -> Int {
        // Ranges mostly hold few of the rows, so the end is near.
        var step = 1
        var low = start
        while low + step < count, self[low + step] < value {
            low += step
            step *= 2
        }
        var high = Swift.min(low + step, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
