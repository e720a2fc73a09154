internal import WeirModel
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
        let (segment, _) = try write(
            ULID(at: clock.now()), day: day, facts: SegmentFacts(tenant: tenant, generation: boundary), steps: .seal
        ) { writer in
            for block in blocks { try writer.append(block) }
        }
        return segment
    }

    /// Writes, syncs, renames and syncs the folder, in this order; then opens the file for reading.
    ///
    /// A crash on the way leaves a file that no catalogue lists; opening the store puts it aside.
    ///
    /// - Parameters:
    ///   - body: adds at least one block.
    func write<Result>(
        _ ulid: ULID, day: Day, facts: SegmentFacts, steps: Steps, _ body: (inout SegmentWriter) throws -> Result
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
            writer.origin = day.origin(of: writer.streamIDs, facts).encoded()
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
        return (try Segment.open(SegmentRow(summary, ulid: ulid, facts), folder: day.folder, files: files), result)
    }
}

/// What is known of a segment before it is written.
struct SegmentFacts: Sendable {
    /// As ``SegmentRow`` has them.
    var tenant: UInt32
    var level = 0
    var generation: UInt64
    var lsnLow: UInt64 = 0
    var deletes: Int64 = 0
}

extension Day {
    /// What a segment of these streams says about itself; the index must be loaded.
    func origin(of streams: [UInt32], _ facts: SegmentFacts) -> SegmentOrigin {
        let tenant = tenant(numbered: facts.tenant).name
        var labels: [LabelSet] = []
        labels.reserveCapacity(streams.count)
        // In pieces, so that pushes do not wait for a hundred thousand streams.
        for start in stride(from: 0, to: streams.count, by: 4096) {
            let piece = streams[start..<min(start + 4096, streams.count)]
            labels += withIndex { index in piece.map { index.labels(of: $0) } }
        }
        return SegmentOrigin(
            tenant: tenant, level: facts.level, generation: facts.generation, lsnLow: facts.lsnLow,
            lsnHigh: facts.generation, deletes: facts.deletes, labels: labels)
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
    init(_ summary: SegmentSummary, ulid: ULID, _ facts: SegmentFacts) {
        self.init(
            ulid: ulid.text, tenant: facts.tenant, level: facts.level, minTimestamp: summary.minTimestamp,
            maxTimestamp: summary.maxTimestamp,
            rows: summary.rows, rawBytes: summary.rawBytes, fileBytes: summary.fileBytes,
            tailOffset: summary.tailOffset, tailLength: summary.tailLength, tailChecksum: summary.tailChecksum,
            format: Int(SegmentLayout.major), streams: summary.streams,
            generation: facts.generation, lsnLow: facts.lsnLow, lsnHigh: facts.generation, deletes: facts.deletes)
    }
}
