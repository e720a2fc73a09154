internal import WeirBytes
internal import WeirModel

/// Loki's push request: rows grouped by stream, protobuf, one Snappy block.
///
/// ```
/// PushRequest { repeated Stream streams = 1 }
/// Stream      { string labels = 1; repeated Entry entries = 2 }
/// Entry       { Timestamp timestamp = 1; string line = 2; repeated Pair structuredMetadata = 3 }
/// Timestamp   { int64 seconds = 1; int32 nanos = 2 }
/// ```
enum PushEncoding {
    /// Encodes rows; `externalLabels` are added to every stream and win over labels of the same name.
    ///
    /// The length of every message is needed before its bytes, so the lengths are computed once, and then the bytes
    /// written in one go to memory of the right size.
    static func encode(
        _ batch: LineBatch, externalLabels: LabelSet, compression: ClientConfiguration.Compression = .snappy
    ) -> [UInt8] {
        let rows = rowsByStream(batch)
        var lengths = [Int](repeating: 0, count: batch.count)
        for row in 0..<batch.count { lengths[row] = entryLength(batch, row) }
        var streams: [(labels: String, rows: ArraySlice<UInt32>, length: Int)] = []
        var total = 0
        for (stream, labels) in batch.streams.enumerated() where !rows.rows(ofStream: stream).isEmpty {
            var all = labels
            for label in externalLabels.labels { all[label.name] = label.value }
            let text = all.description
            let own = rows.rows(ofStream: stream)
            var length = WireWriter.fieldLength(field: 1, count: text.utf8.count)
            for row in own { length += WireWriter.fieldLength(field: 2, count: lengths[Int(row)]) }
            streams.append((text, own, length))
            total += WireWriter.fieldLength(field: 1, count: length)
        }
        let body = [UInt8](unsafeUninitializedCapacity: total) { room, count in
            var writer = MessageWriter(UnsafeMutableRawBufferPointer(room))
            batch.bytes.withUnsafeBytes { bytes in
                for stream in streams {
                    writer.header(field: 1, count: stream.length)
                    var labels = stream.labels
                    labels.withUTF8 { writer.data(field: 1, UnsafeRawBufferPointer($0)) }
                    for row in stream.rows { encodeEntry(batch, Int(row), lengths[Int(row)], bytes, &writer) }
                }
            }
            precondition(writer.count == total, "\(writer.count) bytes written, \(total) computed")
            count = total
        }
        switch compression {
        case .snappy: return SnappyCodec.compress(body)
        case .gzip: return InflateCodec.compressGzip(SnappyCodec.wrap(body))
        }
    }

    private struct RowsByStream {
        var order: [UInt32]
        var ends: [Int]

        func rows(ofStream stream: Int) -> ArraySlice<UInt32> {
            order[(stream == 0 ? 0 : ends[stream - 1])..<ends[stream]]
        }
    }

    /// Rows of each stream in their order: a counting sort.
    private static func rowsByStream(_ batch: LineBatch) -> RowsByStream {
        var ends = [Int](repeating: 0, count: batch.streams.count)
        for stream in batch.streamIndexes { ends[Int(stream)] += 1 }
        var next = [Int](repeating: 0, count: batch.streams.count)
        var sum = 0
        for stream in ends.indices {
            next[stream] = sum
            sum += ends[stream]
            ends[stream] = sum
        }
        var order = [UInt32](repeating: 0, count: batch.count)
        for (row, stream) in batch.streamIndexes.enumerated() {
            order[next[Int(stream)]] = UInt32(row)
            next[Int(stream)] += 1
        }
        return RowsByStream(order: order, ends: ends)
    }

    private static func encodeEntry(
        _ batch: LineBatch, _ row: Int, _ length: Int, _ bytes: UnsafeRawBufferPointer, _ writer: inout MessageWriter
    ) {
        let (seconds, nanoseconds) = split(batch.timestamps[row])
        writer.header(field: 2, count: length)
        writer.header(field: 1, count: timestampLength(seconds, nanoseconds))
        if seconds != 0 { writer.number(field: 1, seconds) }
        if nanoseconds != 0 { writer.number(field: 2, nanoseconds) }
        let start = Int(batch.lineOffsets[row])
        writer.data(field: 2, bytes.part(start..<start + Int(batch.lineLengths[row])))
        for index in batch.metadataRange(ofRow: row) {
            let pair = batch.metadata[index]
            writer.header(field: 3, count: pairLength(pair))
            let name = Int(pair.nameOffset)
            writer.data(field: 1, bytes.part(name..<name + Int(pair.nameLength)))
            let value = Int(pair.valueOffset)
            writer.data(field: 2, bytes.part(value..<value + Int(pair.valueLength)))
        }
    }

    private static func entryLength(_ batch: LineBatch, _ row: Int) -> Int {
        let (seconds, nanoseconds) = split(batch.timestamps[row])
        var length = WireWriter.fieldLength(field: 1, count: timestampLength(seconds, nanoseconds))
        length += WireWriter.fieldLength(field: 2, count: Int(batch.lineLengths[row]))
        for index in batch.metadataRange(ofRow: row) {
            length += WireWriter.fieldLength(field: 3, count: pairLength(batch.metadata[index]))
        }
        return length
    }

    private static func pairLength(_ pair: LineBatch.MetadataPair) -> Int {
        WireWriter.fieldLength(field: 1, count: Int(pair.nameLength))
            + WireWriter.fieldLength(field: 2, count: Int(pair.valueLength))
    }

    private static func timestampLength(_ seconds: Int64, _ nanoseconds: Int64) -> Int {
        (seconds == 0 ? 0 : 1 + WireWriter.varintLength(UInt64(bitPattern: seconds)))
            + (nanoseconds == 0 ? 0 : 1 + WireWriter.varintLength(UInt64(bitPattern: nanoseconds)))
    }

    /// Seconds rounded down and nanoseconds from 0, as protobuf's timestamps want it before 1970 as well.
    private static func split(_ timestamp: Int64) -> (seconds: Int64, nanoseconds: Int64) {
        let nanoseconds = ((timestamp % 1_000_000_000) + 1_000_000_000) % 1_000_000_000
        return ((timestamp &- nanoseconds) / 1_000_000_000, nanoseconds)
    }
}

/// Writes protobuf fields to memory whose size was computed before; every write is checked against its end.
private struct MessageWriter {
    private let room: UnsafeMutableRawBufferPointer
    /// The bytes written so far.
    private(set) var count = 0

    init(_ room: UnsafeMutableRawBufferPointer) {
        self.room = room
    }

    /// A tag and the length of what follows.
    @inline(__always)
    mutating func header(field: UInt64, count: Int) {
        varint(field << 3 | 2)
        varint(UInt64(count))
    }

    @inline(__always)
    mutating func number(field: UInt64, _ value: Int64) {
        varint(field << 3)
        varint(UInt64(bitPattern: value))
    }

    @inline(__always)
    mutating func data(field: UInt64, _ value: UnsafeRawBufferPointer) {
        header(field: field, count: value.count)
        guard let start = value.baseAddress, !value.isEmpty else { return }
        precondition(value.count <= room.count - count)
        (room.baseAddress! + count).copyMemory(from: start, byteCount: value.count)
        count += value.count
    }

    @inline(__always)
    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            precondition(count < room.count)
            room[count] = UInt8(truncatingIfNeeded: rest) | 0x80
            count += 1
            rest >>= 7
        }
        precondition(count < room.count)
        room[count] = UInt8(truncatingIfNeeded: rest)
        count += 1
    }
}
