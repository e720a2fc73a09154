internal import WeirBytes
internal import WeirModel

/// Reads the payload of a record. Nothing in the bytes is believed: every length is checked against what is there.
struct WALRecordReader {
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0

    /// Starts at the first byte of a payload, which must stay in place while the reader is used.
    init(payload bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// The record; nil when the payload is not one.
    static func read(_ header: WALRecordHeader, payload: UnsafeRawBufferPointer) -> WALRecord? {
        var reader = WALRecordReader(payload: payload)
        guard let kind = WALRecord.Kind(rawValue: header.type),
            let tenant = reader.text(), let arrival = reader.fixedInteger()
        else { return nil }
        var origin: PushOrigin?
        if kind == .encodedBodyWithOrigin || kind == .rowsWithOrigin {
            guard let read = reader.origin() else { return nil }
            origin = read
        }
        let content: WALRecord.Content? =
            switch kind {
            case .encodedBody, .encodedBodyWithOrigin: reader.encodedBody().map(WALRecord.Content.encoded)
            case .rows, .rowsWithOrigin: reader.rows(arrival: arrival).map(WALRecord.Content.rows)
            }
        return content.map { content in
            WALRecord(
                lsn: header.lsn, tenant: Tenant(tenant), arrival: Timestamp(nanoseconds: arrival), content: content,
                origin: origin)
        }
    }

    private mutating func origin() -> PushOrigin? {
        guard bytes.count - offset >= 24 else { return nil }
        defer { offset += 24 }
        return PushOrigin(sender: bytes.littleEndian(at: offset), sequence: bytes.littleEndian(at: offset + 16))
    }

    private mutating func encodedBody() -> EncodedBody? {
        guard offset < bytes.count, let encoding = EncodedBody.Encoding(rawValue: bytes[offset]) else { return nil }
        return EncodedBody(encoding: encoding, bytes: Array(bytes[(offset + 1)...]))
    }

    private mutating func rows(arrival: Int64) -> LineBatch? {
        var batch = LineBatch()
        // A row takes at least two bytes and a stream one, which bounds what a damaged count can make us allocate.
        guard let streams = count(), readStreams(streams, into: &batch), let rows = count() else { return nil }
        guard readStreamRuns(rows, into: &batch) else { return nil }
        batch.timestamps.reserveCapacity(rows)
        var previous = arrival
        for _ in 0..<rows {
            guard let step = Varint.read(bytes, at: &offset) else { return nil }
            previous = previous &+ Varint.unzigzag(step)
            batch.timestamps.append(previous)
        }
        var end = 0
        batch.lineOffsets.reserveCapacity(rows)
        batch.lineLengths.reserveCapacity(rows)
        for _ in 0..<rows {
            guard let length = count() else { return nil }
            batch.lineOffsets.append(UInt32(end))
            batch.lineLengths.append(UInt32(length))
            end += length
            guard end <= bytes.count else { return nil }
        }
        guard readMetadata(rows, end: &end, into: &batch), bytes.count - offset == end else { return nil }
        batch.bytes = Array(bytes[offset...])
        return batch
    }

    private mutating func readStreams(_ streams: Int, into batch: inout LineBatch) -> Bool {
        for _ in 0..<streams {
            guard let labels = count() else { return false }
            var list: [Label] = []
            for _ in 0..<labels {
                guard let name = text(), let value = text() else { return false }
                list.append(Label(name, value))
            }
            batch.streams.append(LabelSet(list))
        }
        return true
    }

    private mutating func readStreamRuns(_ rows: Int, into batch: inout LineBatch) -> Bool {
        batch.streamIndexes.reserveCapacity(rows)
        while batch.streamIndexes.count < rows {
            guard let stream = count(), stream < batch.streams.count, let length = Varint.read(bytes, at: &offset),
                length > 0, length <= UInt64(rows - batch.streamIndexes.count)
            else { return false }
            batch.streamIndexes.append(contentsOf: repeatElement(UInt32(stream), count: Int(length)))
        }
        return true
    }

    private mutating func readMetadata(_ rows: Int, end: inout Int, into batch: inout LineBatch) -> Bool {
        guard offset < bytes.count, bytes[offset] <= 1 else { return false }
        offset += 1
        guard bytes[offset - 1] == 1 else { return true }
        for _ in 0..<rows {
            guard let pairs = count() else { return false }
            for _ in 0..<pairs {
                guard let nameLength = count(), let valueLength = count() else { return false }
                batch.metadata.append(
                    LineBatch.MetadataPair(
                        nameOffset: UInt32(end), nameLength: UInt32(nameLength),
                        valueOffset: UInt32(end + nameLength), valueLength: UInt32(valueLength)))
                end += nameLength + valueLength
                guard end <= bytes.count else { return false }
            }
            batch.metadataEnds.append(UInt32(batch.metadata.count))
        }
        return true
    }

    /// A number of things that take at least one byte each; nil when the payload is too short to hold them.
    private mutating func count() -> Int? {
        guard let value = Varint.read(bytes, at: &offset), value <= UInt64(bytes.count) else { return nil }
        return Int(value)
    }

    private mutating func text() -> String? {
        guard let length = count(), length <= bytes.count - offset else { return nil }
        defer { offset += length }
        return String(decoding: bytes[offset..<offset + length], as: UTF8.self)
    }

    private mutating func fixedInteger() -> Int64? {
        guard bytes.count - offset >= 8 else { return nil }
        defer { offset += 8 }
        return bytes.littleEndian(at: offset)
    }
}
