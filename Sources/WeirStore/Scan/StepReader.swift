internal import WeirModel

/// Reads one step after the other into the same memory: the rows that the selection wants, in its order.
struct StepReader {
    /// The rows of the last step; `streams` holds just the label sets that they refer to.
    private(set) var batch = LineBatch()

    private let selection: Selection
    private let signatures: SignatureQuery
    /// What rows must hold to be worth building a line for.
    private let literals: LiteralSearch
    private let onDamage: @Sendable (CorruptionError) -> Void
    private var guest = LineBatch()
    private var scratch = BlockSource.Scratch()
    private var labels: [LabelKey: LabelSet] = [:]
    // For each stream id of the day its position in `batch.streams`, or `absent`.
    private var positions: [UInt32] = []

    private static let absent = UInt32.max

    private struct LabelKey: Hashable {
        var day: Int
        var stream: UInt32
    }

    init(selection: Selection, onDamage: @escaping @Sendable (CorruptionError) -> Void) {
        self.selection = selection
        signatures = SignatureQuery(selection)
        literals = LiteralSearch(literals: selection.requiredLiterals, requirements: selection.requirements)
        self.onDamage = onDamage
    }

    /// Replaces `batch` by the rows of a step that lie in `range`; none when its block is damaged.
    ///
    /// - Returns: false when neither the source nor a guest can hold a wanted line, and nothing was read.
    /// - Throws: `FileError`.
    mutating func read(_ step: ScanPlan.Step, day: Day, wanted: StreamSet, range: TimeRange) throws -> Bool {
        let isWanted = try mayHold(step.source)
        // A guest's rows that are delivered for a source without wanted lines repeat none of its rows.
        let guests = signatures.isEmpty ? step.guests : try step.guests.filter { try mayHold($0) }
        if isWanted, guests.isEmpty, let reading = selection.fieldReading,
            try readFields(reading, of: step, day: day, wanted: wanted, range: range)
        {
            return true
        }
        if !isWanted && guests.isEmpty { return false }
        var batch = LineBatch()
        swap(&batch, &self.batch)
        defer { swap(&batch, &self.batch) }
        if isWanted {
            try readSource(step.source, isMerging: !guests.isEmpty, into: &batch) {
                StepReader.rowsOfSelection($0, step, wanted: wanted, range: range)
            }
        } else {
            batch.removeAll()
        }
        if !guests.isEmpty { try merge(guests, of: step, wanted: wanted, range: range, into: &batch) }
        nameStreams(day, of: &batch)
        if case .backward = selection.direction { batch.reverseRows() }
        return true
    }

    /// Whether a source may hold a wanted line; a damaged signature rules nothing out.
    private mutating func mayHold(_ source: BlockSource) throws -> Bool {
        do {
            return try signatures.isEmpty || source.mayHold(signatures, scratch: &scratch)
        } catch let error as CorruptionError {
            onDamage(error)
            return true
        }
    }

    /// Whether structured metadata of a source matters.
    private func needsMetadata(of source: BlockSource) throws -> Bool {
        guard selection.needsMetadata else { return false }
        guard let names = selection.metadataNames else { return true }
        return try source.holdsMetadata(named: names)
    }

    /// Replaces `batch` by the wanted rows of the step's source with their fields, and lines only where they are needed;
    /// false, when the source does not keep fields apart, or when literals that nobody else tests cannot be tested.
    private mutating func readFields(
        _ reading: any FieldReading, of step: ScanPlan.Step, day: Day, wanted: StreamSet, range: TimeRange
    ) throws -> Bool {
        guard reading.fieldCount > 0 else { return false }
        var (scratch, batch) = (BlockSource.Scratch(), LineBatch())
        swap(&scratch, &self.scratch)
        swap(&batch, &self.batch)
        defer {
            swap(&scratch, &self.scratch)
            swap(&batch, &self.batch)
        }
        do {
            let needsMetadata = try needsMetadata(of: step.source)
            let isRead = try step.source.withParts(&scratch) { block, parts in
                try block.readShapes(into: &parts)
                let found = try block.rows(of: literals, parts: &parts)
                if selection.skipsTestedLines && !found.areCertain { return false }
                if found.rows?.isEmpty == true {
                    batch.removeAll()
                    return true
                }
                var none: [Int64]?
                try block.decode(into: &batch, arrivals: &none, needsLines: false, needsMetadata: needsMetadata)
                let end = try block.readFields(reading, into: &batch, at: batch.metadataBytesEnd, parts: &parts)
                batch.areLiteralsTested = found.areCertain
                let rows = judgeRows(
                    reading, of: step, day: day, wanted: wanted, range: range, holding: found.rows, in: &batch)
                try buildLines(of: rows, in: block, into: &batch, at: end, parts: &parts)
                return true
            }
            guard isRead == true else { return false }
            if case .backward = selection.direction { batch.reverseRows() }
        } catch let error as CorruptionError {
            onDamage(error)
            batch.removeAll()
        }
        return true
    }

    /// Leaves the rows of the selection that its fields let through; tells which rows of the block they are.
    ///
    /// - Parameter found: the rows whose lines may be wanted; nil for all.
    private mutating func judgeRows(
        _ reading: any FieldReading, of step: ScanPlan.Step, day: Day, wanted: StreamSet, range: TimeRange,
        holding found: [UInt32]?, in batch: inout LineBatch
    ) -> [UInt32] {
        let selected = StepReader.rowsOfSelection(batch, step, wanted: wanted, range: range)
        var rows = StepReader.common(selected, found) ?? Array(0..<UInt32(batch.count))
        if rows.count < batch.count { batch.takeRows(rows) }
        nameStreams(day, of: &batch)
        if let kept = reading.wantedRows(of: batch) {
            batch.takeRows(kept)
            rows = kept.map { rows[Int($0)] }
        }
        return rows
    }

    /// Adds lines to the rows of `batch` that need one; `rows` are their numbers in the block.
    private func buildLines(
        of rows: [UInt32], in block: BlockReader, into batch: inout LineBatch, at end: Int, parts: inout LineParts
    ) throws(CorruptionError) {
        if selection.needsLines { return try block.buildLines(ofRows: rows, into: &batch, at: end, parts: &parts) }
        let codes = batch.fields[0].codes
        let unread = codes.indices.filter { codes[$0] == FieldColumn.unread }
        guard !unread.isEmpty else { return }
        try block.buildLines(ofRows: unread.map { rows[$0] }, into: &batch, at: end, parts: &parts)
        let (offsets, lengths) = (batch.lineOffsets, batch.lineLengths)
        batch.lineOffsets = [UInt32](repeating: 0, count: rows.count)
        batch.lineLengths = batch.lineOffsets
        for (index, row) in unread.enumerated() {
            batch.lineOffsets[row] = offsets[index]
            batch.lineLengths[row] = lengths[index]
        }
    }

    /// The rows of the step's source that are wanted by stream and time; nil for all.
    private static func rowsOfSelection(
        _ batch: borrowing LineBatch, _ step: ScanPlan.Step, wanted: StreamSet, range: TimeRange
    ) -> [UInt32]? {
        let source = step.source
        let isWhole =
            !source.hasOtherStreams && step.owners.isEmpty
            && range.covers(source.minTimestamp, source.maxTimestamp)
        if isWhole { return nil }
        return StepReader.rows(of: batch, wanted: source.hasOtherStreams ? wanted : nil, range: range) {
            stream, timestamp in !step.owners.contains { $0.covers(stream, timestamp) }
        }
    }

    /// Replaces `batch` by those rows of a source that `select` names, nil for all, without those that cannot be wanted.
    ///
    /// - Parameter isMerging: rows will be told apart from repeated ones by what they say.
    private mutating func readSource(
        _ source: BlockSource, isMerging: Bool, into batch: inout LineBatch,
        _ select: (borrowing LineBatch) -> [UInt32]?
    ) throws {
        batch.fields.removeAll()
        batch.areLiteralsTested = false
        do {
            if try readRowsHoldingLiterals(source, isMerging: isMerging, into: &batch, select) { return }
            try source.read(
                into: &batch, needsLines: selection.needsUnreadLines || isMerging,
                needsMetadata: isMerging || needsMetadata(of: source), scratch: &scratch)
        } catch let error as CorruptionError {
            onDamage(error)
            batch.removeAll()
            return
        }
        if let rows = select(batch) { batch.takeRows(rows) }
    }

    /// Replaces `batch` by the wanted rows of a source that may hold all literals, building no other lines, and none at
    /// all where finding them is enough; false, when nothing can be told before lines are read.
    private mutating func readRowsHoldingLiterals(
        _ source: BlockSource, isMerging: Bool, into batch: inout LineBatch,
        _ select: (borrowing LineBatch) -> [UInt32]?
    ) throws -> Bool {
        guard selection.needsUnreadLines, !literals.isEmpty else { return false }
        let needsMetadata = try isMerging || needsMetadata(of: source)
        let skipsTestedLines = selection.skipsTestedLines && selection.fieldReading == nil && !isMerging
        var scratch = BlockSource.Scratch()
        swap(&scratch, &self.scratch)
        defer { swap(&scratch, &self.scratch) }
        let isRead = try source.withParts(&scratch) { block, parts in
            try block.readShapes(into: &parts)
            let found = try block.rows(of: literals, parts: &parts)
            let needsLines = !skipsTestedLines || !found.areCertain
            if found.rows == nil && needsLines { return false }
            if found.rows?.isEmpty == true {
                batch.removeAll()
                return true
            }
            var none: [Int64]?
            try block.decode(into: &batch, arrivals: &none, needsLines: false, needsMetadata: needsMetadata)
            let rows = StepReader.common(select(batch), found.rows)
            if let rows { batch.takeRows(rows) }
            batch.areLiteralsTested = found.areCertain && !isMerging
            guard needsLines, let rows else { return true }
            let end = batch.metadataBytesEnd
            try block.buildLines(ofRows: rows, into: &batch, at: end, parts: &parts)
            return true
        }
        return isRead ?? false
    }

    /// What two ascending lists have in common; nil is a list of all rows.
    private static func common(_ rows: [UInt32]?, _ others: [UInt32]?) -> [UInt32]? {
        guard let rows, let others else { return rows ?? others }
        var common: [UInt32] = []
        var position = 0
        for row in rows {
            while position < others.count && others[position] < row { position += 1 }
            if position == others.count { break }
            if others[position] == row { common.append(row) }
        }
        return common
    }

    /// Adds the guests' rows of the instants that the step owns, to `batch`.
    private mutating func merge(
        _ guests: [BlockSource], of step: ScanPlan.Step, wanted: StreamSet, range: TimeRange,
        into batch: inout LineBatch
    ) throws {
        var guest = LineBatch()
        swap(&guest, &self.guest)
        defer { swap(&guest, &self.guest) }
        var isChanged = false
        for source in guests {
            try readSource(source, isMerging: true, into: &guest) { guest in
                StepReader.rows(of: guest, wanted: source.hasOtherStreams ? wanted : nil, range: range) {
                    stream, timestamp in
                    step.source.covers(stream, timestamp) && !step.owners.contains { $0.covers(stream, timestamp) }
                }
            }
            if guest.isEmpty { continue }
            batch.append(guest)
            isChanged = true
        }
        // Guests stand in order of arrival behind the owner's rows, so settling keeps the first of equal entries.
        if isChanged { batch.settle() }
    }

    /// The rows, in order, that lie in the range, belong to a wanted stream (nil: all do) and pass `isAccepted`.
    private static func rows(
        of batch: borrowing LineBatch, wanted: StreamSet?, range: TimeRange,
        where isAccepted: (_ stream: UInt32, _ timestamp: Int64) -> Bool
    ) -> [UInt32] {
        let timestamps = batch.timestamps
        let streams = batch.streamIndexes
        var rows: [UInt32] = []
        // Rows are in order of time, so what is too early or too late lies at the ends.
        var row = timestamps.partitionIndex { $0 >= range.start.nanoseconds }
        let end = timestamps.partitionIndex { $0 >= range.end.nanoseconds }
        while row < end {
            if wanted?.contains(streams[row]) ?? true, isAccepted(streams[row], timestamps[row]) {
                rows.append(UInt32(row))
            }
            row += 1
        }
        return rows
    }

    /// Puts the label sets of the rows into `batch.streams` and their positions there into `streamIndexes`.
    private mutating func nameStreams(_ day: Day, of batch: inout LineBatch) {
        var found: [UInt32] = []
        batch.streamIndexes.withUnsafeMutableBufferPointer { indexes in
            for row in indexes.indices {
                let stream = indexes[row]
                while positions.count <= Int(stream) { positions.append(StepReader.absent) }
                if positions[Int(stream)] == StepReader.absent {
                    positions[Int(stream)] = UInt32(found.count)
                    found.append(stream)
                }
                indexes[row] = positions[Int(stream)]
            }
        }
        for stream in found { positions[Int(stream)] = StepReader.absent }
        let unknown = found.filter { labels[LabelKey(day: day.number, stream: $0)] == nil }
        if !unknown.isEmpty {
            let sets = day.withIndex { index in unknown.map { index.labels(of: $0) } }
            for (stream, set) in zip(unknown, sets) { labels[LabelKey(day: day.number, stream: stream)] = set }
        }
        batch.streams = found.map { labels[LabelKey(day: day.number, stream: $0), default: .empty] }
    }
}

extension [Int64] {
    /// The first position whose element, and so every later one's, fulfils the condition.
    fileprivate func partitionIndex(where isBehind: (Int64) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
