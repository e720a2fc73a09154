internal import WeirBytes
internal import WeirModel

/// Appends records to the bytes of a group; each body is copied once, here.
struct WALRecordWriter {
    /// The group so far.
    private(set) var bytes: [UInt8] = []
    private let seed: UInt32

    init(epoch: UInt64) {
        seed = WALLayout.checksumSeed(epoch: epoch)
    }

    /// Begins a new group in the same memory, which is given back when an unusually large group made it grow.
    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: bytes.capacity <= 8 << 20)
    }

    mutating func append(_ push: Push, lsn: UInt64, unsynced: UInt64) {
        let start = bytes.count
        bytes.appendLittleEndian(UInt64(0))
        bytes.appendLittleEndian(lsn)
        bytes.appendLittleEndian(UInt32(WALRecord.Kind(push).rawValue))
        bytes.appendLittleEndian(UInt32(clamping: unsynced))
        appendText(push.tenant.name)
        bytes.appendLittleEndian(push.arrival.nanoseconds)
        if let origin = push.origin {
            bytes.appendLittleEndian(origin.sender)
            bytes.appendLittleEndian(origin.sequence)
        }
        if let body = push.body {
            bytes.append(body.encoding.rawValue)
            bytes.append(contentsOf: body.bytes)
        } else {
            appendRows(push.batch, arrival: push.arrival.nanoseconds)
        }
        let payloadBytes = bytes.count - start - WALLayout.recordHeaderBytes
        let padding = WALLayout.padded(bytes.count - start) - (bytes.count - start)
        bytes.append(contentsOf: repeatElement(0, count: padding))
        bytes.withUnsafeMutableBytes { buffer in
            let record = UnsafeMutableRawBufferPointer(rebasing: buffer[start...])
            record.storeBytes(of: UInt32(payloadBytes).littleEndian, as: UInt32.self)
            let checksum = WALRecordHeader.checksum(ofRecord: UnsafeRawBufferPointer(record), seed: seed)
            record.storeBytes(of: checksum.littleEndian, toByteOffset: 4, as: UInt32.self)
        }
    }

    /// Marks the end of the group, so that what a recycled file holds behind it does not look torn.
    mutating func appendEndMark() {
        bytes.appendLittleEndian(UInt64(0))
    }

    private mutating func appendRows(_ batch: LineBatch, arrival: Int64) {
        Varint.append(UInt64(batch.streams.count), to: &bytes)
        for stream in batch.streams {
            Varint.append(UInt64(stream.count), to: &bytes)
            for label in stream.labels {
                appendText(label.name)
                appendText(label.value)
            }
        }
        Varint.append(UInt64(batch.count), to: &bytes)
        appendStreamRuns(batch.streamIndexes)
        var previous = arrival
        for timestamp in batch.timestamps {
            Varint.append(Varint.zigzag(timestamp &- previous), to: &bytes)
            previous = timestamp
        }
        for length in batch.lineLengths { Varint.append(UInt64(length), to: &bytes) }
        appendMetadataLengths(batch)
        batch.bytes.withUnsafeBytes { arena in
            for row in 0..<batch.count {
                let offset = Int(batch.lineOffsets[row])
                bytes.append(contentsOf: arena[offset..<offset + Int(batch.lineLengths[row])])
            }
            for pair in batch.metadata.prefix(Int(batch.metadataEnds.last ?? 0)) {
                bytes.append(contentsOf: arena[Int(pair.nameOffset)..<Int(pair.nameOffset) + Int(pair.nameLength)])
                bytes.append(contentsOf: arena[Int(pair.valueOffset)..<Int(pair.valueOffset) + Int(pair.valueLength)])
            }
        }
    }

    private mutating func appendStreamRuns(_ indexes: [UInt32]) {
        var row = 0
        while row < indexes.count {
            let stream = indexes[row]
            var end = row + 1
            while end < indexes.count && indexes[end] == stream { end += 1 }
            Varint.append(UInt64(stream), to: &bytes)
            Varint.append(UInt64(end - row), to: &bytes)
            row = end
        }
    }

    private mutating func appendMetadataLengths(_ batch: LineBatch) {
        guard !batch.metadataEnds.isEmpty else { return bytes.append(0) }
        bytes.append(1)
        for row in 0..<batch.count {
            let range = batch.metadataRange(ofRow: row)
            Varint.append(UInt64(range.count), to: &bytes)
            for index in range {
                Varint.append(UInt64(batch.metadata[index].nameLength), to: &bytes)
                Varint.append(UInt64(batch.metadata[index].valueLength), to: &bytes)
            }
        }
    }

    private mutating func appendText(_ text: String) {
        Varint.append(UInt64(text.utf8.count), to: &bytes)
        bytes.append(contentsOf: text.utf8)
    }
}
