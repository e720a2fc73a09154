internal import WeirSystem

/// Writes blocks to a segment file that is durable, under its final name, when the catalogue hears of it.
struct SegmentOutput {
    let files: any FileSystem
    let configuration: StoreConfiguration
    let clock: any WallClock

    /// The failpoints on the way.
    struct Steps {
        var written: Failpoint
        var synced: Failpoint
        var renamed: Failpoint
        var durable: Failpoint

        static let seal = Steps(
            written: .segmentWritten, synced: .segmentSynced, renamed: .segmentRenamed, durable: .segmentDurable)
        static let merge = Steps(
            written: .mergeWritten, synced: .mergeSynced, renamed: .mergeRenamed, durable: .mergeDurable)
    }

    /// Writes the blocks of a sealed generation.
    func write(_ blocks: [EncodedBlock], tenant: UInt32, day: Day, boundary: UInt64) throws -> Segment {
        let (segment, _) = try write(ULID(at: clock.now()), day: day, steps: .seal) { writer in
            for block in blocks { try writer.append(block) }
        } describing: { summary, ulid in
            SegmentRow(summary, ulid: ulid, tenant: tenant, generation: boundary, lsnLow: 0)
        }
        return segment
    }

    /// Writes, syncs, renames and syncs the folder, in this order; then opens the file for reading.
    ///
    /// A crash on the way leaves a file that no catalogue lists; opening the store puts it aside.
    ///
    /// - Parameters:
    ///   - body: adds at least one block.
    ///   - row: what the catalogue shall say.
    func write<Result>(
        _ ulid: ULID, day: Day, steps: Steps, _ body: (inout SegmentWriter) throws -> Result,
        describing row: (SegmentSummary, ULID) -> SegmentRow
    ) throws -> (Segment, Result) {
        let draft = day.folder + "/" + ulid.text + SegmentRow.temporarySuffix
        let path = day.folder + "/" + ulid.text + SegmentRow.suffix
        let file = try files.open(draft, .create)
        let summary: SegmentSummary
        let result: Result
        do {
            defer { file.close() }
            var writer = SegmentWriter(file: file, id: SegmentID(ulid))
            result = try body(&writer)
            summary = try writer.finish()
            try configuration.reach(steps.written)
            try file.sync()
            try configuration.reach(steps.synced)
        } catch {
            // Not after a simulated crash: that must leave what a crash leaves.
            if error is FileError || error is CorruptionError || error is UnwantedSegment { try? files.remove(draft) }
            throw error
        }
        try files.rename(draft, to: path)
        try configuration.reach(steps.renamed)
        try files.syncFolder(day.folder)
        try configuration.reach(steps.durable)
        return (try Segment.open(row(summary, ulid), folder: day.folder, files: files), result)
    }
}

/// Thrown while a segment is being written that shall not come to be after all; its draft is removed.
enum UnwantedSegment: Error {
    /// No row was left to write.
    case empty
    /// Something else has to change the segments first.
    case superseded
}

extension SegmentRow {
    /// What the catalogue says of a file just written.
    init(_ summary: SegmentSummary, ulid: ULID, tenant: UInt32, generation: UInt64, lsnLow: UInt64) {
        self.init(
            ulid: ulid.text, tenant: tenant, minTimestamp: summary.minTimestamp, maxTimestamp: summary.maxTimestamp,
            rows: summary.rows, rawBytes: summary.rawBytes, fileBytes: summary.fileBytes,
            tailOffset: summary.tailOffset, tailLength: summary.tailLength, tailChecksum: summary.tailChecksum,
            format: Int(SegmentLayout.major), streams: summary.streams, generation: generation, lsnLow: lsnLow,
            lsnHigh: generation)
    }
}
