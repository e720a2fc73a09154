internal import WeirSystem

/// Writes blocks to a segment file that is durable, under its final name, when the catalogue hears of it.
struct SegmentOutput {
    let files: any FileSystem
    let configuration: StoreConfiguration
    let clock: any WallClock

    /// Writes, syncs, renames and syncs the folder, in this order; then opens the file for reading.
    ///
    /// A crash on the way leaves a file that no catalogue lists; opening the store removes it.
    func write(_ blocks: [EncodedBlock], tenant: UInt32, day: Day, boundary: UInt64) throws -> Segment {
        let ulid = ULID(at: clock.now())
        let draft = day.folder + "/" + ulid.text + SegmentRow.temporarySuffix
        let path = day.folder + "/" + ulid.text + SegmentRow.suffix
        let file = try files.open(draft, .create)
        let summary: SegmentSummary
        do {
            defer { file.close() }
            var writer = SegmentWriter(file: file, id: SegmentID(ulid))
            for block in blocks { try writer.append(block) }
            summary = try writer.finish()
            try configuration.reach(.segmentWritten)
            try file.sync()
            try configuration.reach(.segmentSynced)
        } catch let error as FileError {
            // Not after a simulated crash: that must leave what a crash leaves.
            try? files.remove(draft)
            throw error
        }
        try files.rename(draft, to: path)
        try configuration.reach(.segmentRenamed)
        try files.syncFolder(day.folder)
        try configuration.reach(.segmentDurable)
        let row = SegmentRow(
            ulid: ulid.text, tenant: tenant, minTimestamp: summary.minTimestamp, maxTimestamp: summary.maxTimestamp,
            rows: summary.rows, rawBytes: summary.rawBytes, fileBytes: summary.fileBytes,
            tailOffset: summary.tailOffset, tailLength: summary.tailLength, tailChecksum: summary.tailChecksum,
            format: Int(SegmentLayout.major), streams: summary.streams, generation: boundary, lsnLow: 0,
            lsnHigh: boundary)
        return try Segment.open(row, folder: day.folder, files: files)
    }
}
