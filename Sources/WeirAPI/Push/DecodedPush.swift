internal import WeirModel

/// What a decoder hands to the door: rows, and what is known about their streams.
struct DecodedPush {
    /// The rows, in the order sent.
    var batch: LineBatch
    /// The streams in the request, with or without rows.
    var streamCount: Int
    /// Streams that name a label twice, by index.
    var duplicates: [Int: StreamTable.DuplicateLabel]
}

/// The columns of the rows read so far. Local to a decoder: arrays inside a batch of another module cost more per row.
struct RowColumns {
    var lineOffsets: [UInt32] = []
    var lineLengths: [UInt32] = []
    var timestamps: [Int64] = []
    var streamIndexes: [UInt32] = []
    var metadata: [LineBatch.MetadataPair] = []
    var metadataEnds: [UInt32] = []

    /// Adds a row; its metadata, if any, was added before. The stream follows with ``closeStream(_:)``.
    @inline(__always)
    mutating func appendRow(timestamp: Int64, lineOffset: Int, lineLength: Int) {
        lineOffsets.append(UInt32(truncatingIfNeeded: lineOffset))
        lineLengths.append(UInt32(truncatingIfNeeded: lineLength))
        timestamps.append(timestamp)
        if !metadata.isEmpty { closeMetadata() }
    }

    /// Gives all rows since the last call to a stream.
    mutating func closeStream(_ index: UInt32) {
        streamIndexes.append(contentsOf: repeatElement(index, count: timestamps.count - streamIndexes.count))
    }

    /// Forgets the rows since the last ``closeStream(_:)``'s stream began.
    mutating func closeMetadata() {
        // Rows before the first metadata of the push have none.
        while metadataEnds.count < timestamps.count - 1 { metadataEnds.append(metadataEnds.last ?? 0) }
        metadataEnds.append(UInt32(metadata.count))
    }

    /// The rows as a batch over `bytes`.
    consuming func batch(bytes: consuming [UInt8], streams: [LabelSet]) -> LineBatch {
        var batch = LineBatch(bytes: bytes)
        batch.lineOffsets = lineOffsets
        batch.lineLengths = lineLengths
        batch.timestamps = timestamps
        batch.streamIndexes = streamIndexes
        batch.streams = streams
        batch.metadata = metadata
        batch.metadataEnds = metadataEnds
        return batch
    }
}
