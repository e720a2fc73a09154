internal import WeirBytes

/// Encodings of columns of texts as they are; docs/formats/segment.md draws them.
enum TextColumn {
    /// `TEXT`: the length of each text and the texts end to end.
    ///
    ///     series length[count] | texts, by the column's codec
    static func append(
        lengths: UnsafeBufferPointer<UInt64>, bytes: UnsafeRawBufferPointer, effort: ColumnEffort,
        to writer: inout ByteWriter
    ) -> ColumnCodec {
        PackedSeries.append(lengths, to: &writer)
        return CompressedText.append(bytes, effort: effort, to: &writer)
    }

    /// Decodes a column that ends where `source` does: lengths to `lengths`, which has room for `count`, texts to
    /// `buffer`, where they lie end to end.
    ///
    /// - Returns: where the texts start.
    static func decode(
        _ source: inout ColumnSource, codec: UInt8, count: Int, lengths: UnsafeMutablePointer<UInt32>,
        to buffer: inout ValueBuffer
    ) throws(CorruptionError) -> Int {
        try PackedSeries.decode(&source, count: count, to: lengths, "lengths")
        var total: UInt64 = 0
        for index in 0..<count { total &+= UInt64(lengths[index]) }
        try CompressedText.checkRatio(source, codec: codec, plain: total)
        let start = buffer.used
        guard start + Int(total) + ValueBuffer.readableBeyond <= Int(UInt32.max) else {
            throw source.corruption("texts", expected: "an arena below 4 GiB", found: "\(start) and \(total) bytes")
        }
        try buffer.append(capacity: Int(total)) { room throws(CorruptionError) in
            try CompressedText.decode(
                &source, codec: codec, to: UnsafeMutableRawBufferPointer(rebasing: room[..<Int(total)]))
            return Int(total)
        }
        return start
    }
}
