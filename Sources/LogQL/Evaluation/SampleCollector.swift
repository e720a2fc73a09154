import WeirModel

/// What a range aggregation takes from an entry.
enum SampleValue: Sendable {
    /// 1 for each.
    case one
    /// The length of its line.
    case lineBytes
    /// The number that an unwrap finds.
    case unwrapped(UnwrapStage)
    /// The number of the value of a label.
    case distinct(LabelName, ValueNumbers)
}

/// What happens to an entry with an error.
enum SampleErrors: Sendable {
    /// The query fails.
    case refused
    /// It is left out, and counted as such.
    case skipped
    /// It counts like any other.
    case counted
}

/// One worker's part of a range aggregation: folds the entries of its batches per series and span of instants.
///
/// No line is kept. The fold of the span that a series is in stays at hand; one that is done goes into a list that
/// is merged now and then, so memory follows the number of series and steps that hold anything.
struct SampleCollector<Fold: SampleFold>: BatchCollector, ~Copyable {
    /// The fold of one series over one span.
    struct Part {
        var series: UInt32
        var span: WindowSpans.Span
        var fold: Fold
    }

    private(set) var table: SeriesTable
    private(set) var linesMatched = 0

    private var run: PipelineRun
    private let value: SampleValue
    private let errors: SampleErrors
    private var valueNumbers: WorkerValueNumbers?
    private let hasStages: Bool
    /// Whether entries that are left out because of an error have to be counted, each of them.
    private let countsSkipped: Bool
    private let usesMetadata: Bool
    private let spans: WindowSpans
    private let partsMax: Int
    private var stretch = WindowSpans.Stretch.none
    /// The part of each series that its latest sample went to.
    private var open: [Part?] = []
    private var closed: [Part] = []
    private var compactAt = 1 << 14
    /// What the folds of `closed` hold besides their own size.
    private var closedBytes = 0
    /// The series of each stream of the batch plus one; 0 is not known yet, and the largest number is none.
    private var seriesOfStream: [UInt32] = []
    private let fields: FieldPlan?
    private var tuples = FieldTuples()
    /// The samples that combinations of field values give, from outcome ``FieldOutcome/firstSample`` on.
    private var samplesOfTuples: [FieldSample] = []
    /// The numbers of the values of the field that is unwrapped.
    private var fieldNumbers: [Double] = []

    init(
        _ plan: SelectionPlan, projection: LabelProjection, value: SampleValue, errors: SampleErrors,
        spans: WindowSpans, partsMax: Int
    ) {
        usesMetadata = plan.selection.needsMetadata
        run = PipelineRun(plan.pipeline, usesMetadata: usesMetadata)
        fields = plan.fields
        table = SeriesTable(projection, names: plan.pipeline.names)
        self.value = value
        self.spans = spans
        self.partsMax = partsMax
        self.errors = errors
        countsSkipped = if case .skipped = errors { true } else { false }
        switch value {
        case .unwrapped: hasStages = true
        case .distinct(_, let numbers):
            hasStages = true
            valueNumbers = WorkerValueNumbers(numbers)
        case .one, .lineBytes:
            hasStages = countsSkipped ? !plan.pipeline.stages.isEmpty : !plan.testsStreamsOnly
        }
    }

    mutating func take(_ batch: borrowing LineBatch) throws(QueryError) -> Flow {
        let batch = copy batch
        do {
            try batch.bytes.withUnsafeBytes { bytes in
                if run.begin(batch, bytes: bytes) { table.forgetNames() }
                if let fields, fields.isRead(in: batch) {
                    try takeFields(fields, of: batch, bytes: bytes)
                } else {
                    let hasMetadata = usesMetadata && !batch.metadataEnds.isEmpty
                    if hasStages || (hasMetadata && countsSkipped) {
                        try takeEntries(of: batch, bytes: bytes)
                    } else if hasMetadata {
                        try takeLabelledRows(of: batch, bytes: bytes)
                    } else {
                        try takeRows(of: batch, bytes: bytes)
                    }
                }
            }
        } catch let error as QueryError {
            throw error
        } catch {
            throw .failed(message: "\(error)")
        }
        return .proceed
    }

    /// Series, and what is folded for them.
    var heldBytes: Int {
        var bytes = table.heldBytes + (open.count + closed.capacity) * MemoryLayout<Part?>.stride + closedBytes
        if Fold.grows { for part in open { bytes += part?.fold.heldBytes ?? 0 } }
        return bytes + (valueNumbers?.byteCount ?? 0)
    }

    /// The entries that were left out because of an error.
    var linesSkipped: Int { run.entry.skippedCount }

    /// All parts; the collector takes no batch afterwards.
    mutating func finish() -> [Part] {
        for part in open { if let part { closed.append(part) } }
        open.removeAll()
        Part.compact(&closed)
        return closed
    }

    /// Rows whose series depends on their stream alone: no entry is looked at.
    private mutating func takeRows(of batch: LineBatch, bytes: UnsafeRawBufferPointer) throws {
        seriesOfStream.removeAll(keepingCapacity: true)
        seriesOfStream.append(contentsOf: repeatElement(0, count: batch.streams.count))
        let timestamps = batch.timestamps
        let streams = batch.streamIndexes
        let lengths = batch.lineLengths
        let countsBytes = if case .lineBytes = value { true } else { false }
        for index in 0..<run.rows.count {
            let row = run.rows[index]
            let stream = Int(streams[row])
            var series = seriesOfStream[stream]
            if series == 0 {
                series = try seriesOfEntry(row, of: batch, bytes: bytes).map { $0 + 1 } ?? .max
                seriesOfStream[stream] = series
            }
            guard series < .max else { continue }
            linesMatched += 1
            let value = countsBytes ? Double(lengths[row]) : 1
            try fold(FoldedSample(timestamp: timestamps[row], value: value), into: series - 1)
        }
    }

    /// Rows whose series depends on their stream and structured metadata: one entry of each combination is looked at.
    private mutating func takeLabelledRows(of batch: LineBatch, bytes: UnsafeRawBufferPointer) throws {
        var tuples = FieldTuples()
        swap(&tuples, &self.tuples)
        defer { swap(&tuples, &self.tuples) }
        guard tuples.begin(batch, usesMetadata: true) else { return try takeEntries(of: batch, bytes: bytes) }
        let timestamps = batch.timestamps
        let lengths = batch.lineLengths
        let countsBytes = if case .lineBytes = value { true } else { false }
        for index in 0..<run.rows.count {
            let row = run.rows[index]
            let slot = tuples.slot(of: row)
            if tuples[slot] == 0 {
                tuples[slot] = try seriesOfEntry(row, of: batch, bytes: bytes).map { $0 + 1 } ?? .max
            }
            guard tuples[slot] < .max else { continue }
            linesMatched += 1
            let value = countsBytes ? Double(lengths[row]) : 1
            try fold(FoldedSample(timestamp: timestamps[row], value: value), into: tuples[slot] - 1)
        }
    }

    /// The series of a row; nil when the stages drop it.
    private mutating func seriesOfEntry(
        _ row: Int, of batch: LineBatch, bytes: UnsafeRawBufferPointer
    ) throws -> UInt32? {
        guard run.enter(row, of: batch, bytes: bytes) else { return nil }
        return try sampleOfEntry()?.series
    }

    private mutating func takeEntries(of batch: LineBatch, bytes: UnsafeRawBufferPointer) throws {
        for index in 0..<run.rows.count {
            let row = run.rows[index]
            guard run.enter(row, of: batch, bytes: bytes) else { continue }
            try takeEntry(at: batch.timestamps[row])
        }
    }

    /// Folds the entry that has passed the stages.
    private mutating func takeEntry(at timestamp: Int64) throws {
        guard let sample = try sampleOfEntry() else { return }
        linesMatched += 1
        try fold(FoldedSample(timestamp: timestamp, value: sample.number), into: sample.series)
    }

    /// What the entry that has passed the stages counts for; nil when it has nothing to unwrap.
    private mutating func sampleOfEntry() throws -> FieldSample? {
        let number: Double
        switch value {
        case .one: number = 1
        case .lineBytes: number = Double(run.entry.line.count)
        case .unwrapped(let unwrap):
            guard let found = run.withEntry({ unwrap.value(of: &$0) }) else { return nil }
            number = found
        case .distinct(let label, _):
            guard let text = run.entry.labels.value(of: label), !text.isEmpty else { return nil }
            number = Double(valueNumbers!.number(of: text))
        }
        switch errors {
        case .refused: if run.entry.labels.hasError { throw QueryError.pipelineFault(run.entry.labels) }
        case .skipped: guard run.withEntry({ $0.passesErrorCheck() }) else { return nil }
        case .counted: break
        }
        return FieldSample(series: table.series(of: run.entry.labels), number: number)
    }

    @inline(__always)
    private mutating func fold(_ sample: FoldedSample, into series: UInt32) throws {
        // Times rise within a batch, so most samples share the span of the one before.
        if !stretch.contains(sample.timestamp) { stretch = spans.stretch(around: sample.timestamp) }
        guard let span = stretch.span else { return }
        let index = Int(series)
        if index < open.count, open[index]?.span == span {
            open[index]!.fold.add(sample)
        } else {
            try openPart(of: series, span, sample)
        }
    }

    private mutating func openPart(of series: UInt32, _ span: WindowSpans.Span, _ sample: FoldedSample) throws {
        let index = Int(series)
        while open.count <= index { open.append(nil) }
        if let done = open[index] {
            closed.append(done)
            if Fold.grows { closedBytes += done.fold.heldBytes }
        }
        open[index] = Part(series: series, span: span, fold: Fold(sample))
        guard closed.count >= compactAt else { return }
        Part.compact(&closed)
        if Fold.grows { closedBytes = closed.reduce(0) { $0 + $1.fold.heldBytes } }
        guard closed.count <= partsMax else {
            throw QueryError.tooManyParts(partsMax)
        }
        compactAt = max(compactAt, closed.count * 2)
    }
}

/// The series and number that an entry counts for.
private struct FieldSample {
    var series: UInt32
    var number: Double
}

/// What becomes of the rows of a combination of field values.
private enum FieldOutcome {
    static let unknown: UInt32 = 0
    static let isDropped: UInt32 = 1
    /// Each row has to be looked at.
    static let isSingle: UInt32 = 2
    /// From here on, positions in the list of samples.
    static let firstSample: UInt32 = 3
}

/// Marks in the list of numbers; no text converts to them.
private enum FieldNumber {
    /// The value is empty: the entry has nothing to unwrap.
    static let none = Double(nan: 1, signaling: false)
    /// The value is no number.
    static let faulty = Double(nan: 2, signaling: false)
}

extension SampleCollector {
    /// Rows whose fields were read: stages run once for each combination of stream, structured metadata and values.
    private mutating func takeFields(
        _ fields: FieldPlan, of batch: LineBatch, bytes: UnsafeRawBufferPointer
    ) throws {
        samplesOfTuples.removeAll(keepingCapacity: true)
        // Their arrays are quick to reach in a variable, slow behind the collector.
        var tuples = FieldTuples()
        swap(&tuples, &self.tuples)
        defer { swap(&tuples, &self.tuples) }
        let isNumbered = tuples.begin(batch, usesMetadata: usesMetadata, ignoring: fields.valueField)
        readNumbers(fields, of: batch, bytes: bytes)
        let valueCodes = fields.valueField.map { batch.fields[$0].codes }
        let timestamps = batch.timestamps
        for row in 0..<timestamps.count {
            guard isNumbered else {
                try takeSingle(row, fields, of: batch, bytes: bytes)
                continue
            }
            let number = valueCodes.map { fieldNumber($0[row]) }
            let slot = tuples.slot(of: row)
            var outcome = tuples[slot]
            if outcome == FieldOutcome.unknown {
                // Only an entry with a number shows what becomes of others.
                let isOdd = number?.isNaN ?? false
                outcome = isOdd ? FieldOutcome.isSingle : try judge(row, fields, of: batch, bytes: bytes)
                if !isOdd { tuples[slot] = outcome }
            }
            guard outcome != FieldOutcome.isDropped else { continue }
            if outcome == FieldOutcome.isSingle || number?.bitPattern == FieldNumber.faulty.bitPattern {
                try takeSingle(row, fields, of: batch, bytes: bytes)
                continue
            }
            guard number?.bitPattern != FieldNumber.none.bitPattern else { continue }
            let sample = samplesOfTuples[Int(outcome - FieldOutcome.firstSample)]
            linesMatched += 1
            try fold(FoldedSample(timestamp: timestamps[row], value: number ?? sample.number), into: sample.series)
        }
    }

    /// Runs the stages for a row to learn what becomes of all rows of its combination.
    private mutating func judge(
        _ row: Int, _ fields: FieldPlan, of batch: LineBatch, bytes: UnsafeRawBufferPointer
    ) throws -> UInt32 {
        let skipped = run.entry.skippedCount
        let outcome = try outcome(row, fields, of: batch, bytes: bytes)
        guard run.entry.skippedCount != skipped else { return outcome }
        // Rows that are left out because of an error are counted one by one.
        run.withEntry { $0.skippedCount = skipped }
        return FieldOutcome.isSingle
    }

    private mutating func outcome(
        _ row: Int, _ fields: FieldPlan, of batch: LineBatch, bytes: UnsafeRawBufferPointer
    ) throws -> UInt32 {
        guard batch.fields[0].codes[row] != FieldColumn.unread else { return FieldOutcome.isSingle }
        guard run.enter(row, of: batch, bytes: bytes, fields: fields) else { return FieldOutcome.isDropped }
        // Faulty entries are refused or counted one by one.
        if run.entry.labels.hasError { return FieldOutcome.isSingle }
        if fields.valueField != nil, case .unwrapped(let unwrap) = value, run.entry.labels.isOriginal(unwrap.name) {
            return FieldOutcome.isSingle
        }
        guard let sample = try sampleOfEntry() else { return FieldOutcome.isDropped }
        samplesOfTuples.append(sample)
        return FieldOutcome.firstSample + UInt32(samplesOfTuples.count - 1)
    }

    /// Runs the stages for one row, over its line if the fields were not read.
    private mutating func takeSingle(
        _ row: Int, _ fields: FieldPlan, of batch: LineBatch, bytes: UnsafeRawBufferPointer
    ) throws {
        let passes =
            batch.fields[0].codes[row] == FieldColumn.unread
            ? run.enter(row, of: batch, bytes: bytes)
            : run.enter(row, of: batch, bytes: bytes, fields: fields)
        if passes { try takeEntry(at: batch.timestamps[row]) }
    }

    /// Converts the values of the field that is unwrapped, each once.
    private mutating func readNumbers(_ fields: FieldPlan, of batch: LineBatch, bytes: UnsafeRawBufferPointer) {
        fieldNumbers.removeAll(keepingCapacity: true)
        guard let field = fields.valueField, case .unwrapped(let unwrap) = value else { return }
        var arena = ByteArena()
        for value in batch.fields[field].values {
            arena.reset()
            guard let text = fields.text(of: value, bytes, &arena), !text.isEmpty else {
                fieldNumbers.append(FieldNumber.none)
                continue
            }
            fieldNumbers.append(unwrap.number(in: text) ?? FieldNumber.faulty)
        }
    }

    /// The number of a code, or a mark.
    @inline(__always)
    private func fieldNumber(_ code: UInt32) -> Double {
        guard code < UInt32(fieldNumbers.count) else {
            return code == FieldColumn.absent ? FieldNumber.none : FieldNumber.faulty
        }
        return fieldNumbers[Int(code)]
    }
}

extension SampleCollector.Part {
    /// Sorts parts by series and span, and merges those of the same.
    static func compact(_ parts: inout [Self]) {
        guard parts.count > 1 else { return }
        parts.sort { left, right in left.series != right.series ? left.series < right.series : left.span < right.span }
        var kept = 0
        for index in 1..<parts.count {
            if parts[index].series == parts[kept].series && parts[index].span == parts[kept].span {
                parts[kept].fold.merge(parts[index].fold)
            } else {
                kept += 1
                parts[kept] = parts[index]
            }
        }
        parts.removeLast(parts.count - kept - 1)
    }
}

extension QueryError {
    /// The refusal of a query that would hold more than `partsMax` series times steps.
    static func tooManyParts(_ partsMax: Int) -> QueryError {
        .limit(
            message: "the query would hold too many samples (more than \(partsMax)); consider reducing query "
                + "cardinality by adding more specific stream selectors, reducing the time range, or aggregating "
                + "results with functions like sum(), count() or topk()")
    }

    /// The refusal of a metric query over an entry that carries an error.
    static func pipelineFault(_ labels: borrowing EntryLabels) -> QueryError {
        let set = EntryKey.labelSet(labels)
        let name = set["__error__"] ?? ""
        return .pipeline(
            message: """
                pipeline error: '\(name)' for series: '\(set)'.
                Use a label filter to intentionally skip this error. (e.g | __error__!="\(name)").
                To skip all potential errors you can match empty errors.(e.g __error__="")
                The label filter can also be specified after unwrap. (e.g | unwrap latency | __error__="" )
                """)
    }
}
