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
    static func encode(_ batch: LineBatch, externalLabels: LabelSet) -> [UInt8] {
        var writer = WireWriter()
        writer.bytes.reserveCapacity(batch.bytes.count + 24 * batch.count + 256)
        let rows = rowsByStream(batch)
        for (stream, labels) in batch.streams.enumerated() where !rows.rows(ofStream: stream).isEmpty {
            var all = labels
            for label in externalLabels.labels { all[label.name] = label.value }
            encodeStream(all.description, rows.rows(ofStream: stream), batch, &writer)
        }
        return SnappyCodec.compress(writer.bytes)
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

    private static func encodeStream(
        _ labels: String, _ rows: ArraySlice<UInt32>, _ batch: LineBatch, _ writer: inout WireWriter
    ) {
        var length = WireWriter.fieldLength(field: 1, count: labels.utf8.count)
        for row in rows { length += WireWriter.fieldLength(field: 2, count: entryLength(batch, Int(row))) }
        writer.lengthHeader(field: 1, count: length)
        writer.text(field: 1, labels)
        batch.bytes.withUnsafeBytes { bytes in
            for row in rows { encodeEntry(batch, Int(row), bytes, &writer) }
        }
    }

    private static func encodeEntry(
        _ batch: LineBatch, _ row: Int, _ bytes: UnsafeRawBufferPointer, _ writer: inout WireWriter
    ) {
        let (seconds, nanoseconds) = split(batch.timestamps[row])
        writer.lengthHeader(field: 2, count: entryLength(batch, row))
        writer.lengthHeader(field: 1, count: timestampLength(seconds, nanoseconds))
        if seconds != 0 { writer.varint(field: 1, seconds) }
        if nanoseconds != 0 { writer.varint(field: 2, nanoseconds) }
        let start = Int(batch.lineOffsets[row])
        writer.data(field: 2, bytes.part(start..<start + Int(batch.lineLengths[row])))
        for index in batch.metadataRange(ofRow: row) {
            let pair = batch.metadata[index]
            writer.lengthHeader(field: 3, count: pairLength(pair))
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
