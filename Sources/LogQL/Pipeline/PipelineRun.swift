import WeirModel

/// One worker's run of a pipeline: the rows that the line filters leave of a batch, then entry after entry.
///
/// Usage: ``begin(_:bytes:)`` for each batch, then ``enter(_:of:bytes:)`` for each of ``rows``; what `entry` holds is
/// valid until the next call.
struct PipelineRun: ~Copyable {
    private let pipeline: Pipeline
    /// The entry that was entered last, as the stages left it.
    private(set) var entry: PipelineEntry
    /// The rows that the line filters let through, in the order of the batch.
    private(set) var rows = RowSelection()
    /// Whether structured metadata become labels; counts by labels of streams do without.
    private let usesMetadata: Bool

    /// Labels of the batch's streams, as far as rows needed them.
    private var streamItems: [EntryLabels.Item] = []
    private var streamRanges: [Range<Int>] = []
    private var streamArena = ByteArena()
    private var currentStream: UInt32?

    init(_ pipeline: Pipeline, usesMetadata: Bool = true) {
        self.pipeline = pipeline
        self.usesMetadata = usesMetadata
        entry = PipelineEntry(names: pipeline.names)
    }

    /// Takes a batch and runs the line filters over it.
    ///
    /// - Returns: whether the numbers of label names met in data have changed, so that tables by them are void.
    mutating func begin(_ batch: LineBatch, bytes: UnsafeRawBufferPointer) -> Bool {
        let areNamesNew = entry.labels.beginBatch()
        streamItems.removeAll(keepingCapacity: true)
        streamRanges.removeAll(keepingCapacity: true)
        streamRanges.append(contentsOf: repeatElement(0..<0, count: batch.streams.count))
        streamArena.reset()
        currentStream = nil
        rows.selectAll(of: batch)
        if batch.areLiteralsTested && pipeline.filtersLiteralsOnly { return areNamesNew }
        for filter in pipeline.lineFilters where !rows.isEmpty {
            rows.narrow(by: filter, batch, bytes: bytes)
        }
        return areNamesNew
    }

    /// Runs the stages for a row.
    ///
    /// - Returns: whether the entry passed them.
    mutating func enter(_ row: Int, of batch: LineBatch, bytes: UnsafeRawBufferPointer) -> Bool {
        load(row, of: batch, bytes: bytes)
        for stage in pipeline.stages {
            guard stage.apply(to: &entry) else { return false }
        }
        return true
    }

    /// Runs the stages for a row whose fields were read; they become labels where the parser stands.
    ///
    /// - Returns: whether the entry passed them.
    mutating func enter(
        _ row: Int, of batch: LineBatch, bytes: UnsafeRawBufferPointer, fields: FieldPlan
    ) -> Bool {
        load(row, of: batch, bytes: bytes)
        for (index, stage) in pipeline.stages.enumerated() {
            if index == fields.parserIndex {
                fields.extract(row, of: batch, bytes: bytes, into: &entry)
            } else {
                guard stage.apply(to: &entry) else { return false }
            }
        }
        return true
    }

    /// Runs one more stage for the entry, such as the filters behind an unwrap.
    mutating func apply(_ stage: Stage) -> Bool {
        stage.apply(to: &entry)
    }

    /// Gives the entry to code that changes it.
    mutating func withEntry<Result>(_ body: (inout PipelineEntry) -> Result) -> Result {
        body(&entry)
    }

    private mutating func load(_ row: Int, of batch: LineBatch, bytes: UnsafeRawBufferPointer) {
        let stream = batch.streamIndexes[row]
        if stream != currentStream { beginStream(stream, batch) }
        entry.arena.reset()
        entry.labels.beginEntry()
        entry.timestamp = batch.timestamps[row]
        entry.line = PipelineRun.slice(bytes, batch.lineOffsets[row], batch.lineLengths[row])
        guard usesMetadata, !batch.metadataEnds.isEmpty else { return }
        for index in batch.metadataRange(ofRow: row) {
            let pair = batch.metadata[index]
            let name = entry.labels.intern(PipelineRun.slice(bytes, pair.nameOffset, pair.nameLength))
            entry.labels.addMetadata(name, PipelineRun.slice(bytes, pair.valueOffset, pair.valueLength))
        }
    }

    private mutating func beginStream(_ stream: UInt32, _ batch: LineBatch) {
        currentStream = stream
        if streamRanges[Int(stream)].isEmpty {
            let start = streamItems.count
            for label in batch.streams[Int(stream)].labels {
                let name = entry.labels.intern(streamArena.copy(label.name))
                let value = streamArena.copy(label.value)
                streamItems.append(EntryLabels.Item(name: name, category: .stream, isRemoved: false, value: value))
            }
            streamRanges[Int(stream)] = start..<streamItems.count
        }
        entry.labels.beginStream(streamItems[streamRanges[Int(stream)]])
    }

    private static func slice(
        _ bytes: UnsafeRawBufferPointer, _ offset: UInt32, _ length: UInt32
    ) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[Int(offset)..<Int(offset) + Int(length)])
    }
}
