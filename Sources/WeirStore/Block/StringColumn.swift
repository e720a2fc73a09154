internal import WeirBytes

/// Encodings of columns of byte strings; docs/formats/segment.md draws them.
enum StringColumn {
    /// Strings are compressed in frames of this many bytes: small enough that a frame and its output stay in the
    /// second-level cache, large enough to lose under a hundredth of the ratio.
    static let frameBytes = 256 << 10

    /// `RAW`: every string as it is.
    ///
    ///     packed length[count] | u64 total | u32 frameBytes | u32 stored[frames] | frames
    ///
    /// A frame holds `frameBytes` bytes of the strings, end to end, the last one the rest. A frame whose stored length
    /// equals its plain one is not compressed.
    ///
    /// - Returns: the bytes that went in, for the column's plain length.
    static func appendRaw(
        lengths: UnsafeBufferPointer<UInt64>, bytes: UnsafeRawBufferPointer, effort: ColumnEffort,
        to writer: inout ByteWriter
    ) {
        PackedIntegers.append(lengths, to: &writer)
        writer.append(UInt64(bytes.count))
        writer.append(UInt32(frameBytes))
        let frames = (bytes.count + frameBytes - 1) / frameBytes
        let storedAt = writer.count
        writer.appendZeros(frames * 4)
        for frame in 0..<frames {
            let start = frame * frameBytes
            let plain = UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + frameBytes, bytes.count)])
            let stored = appendFrame(plain, effort: effort, to: &writer)
            writer.replace(at: storedAt + frame * 4, with: UInt32(stored))
        }
    }

    private static func appendFrame(
        _ plain: UnsafeRawBufferPointer, effort: ColumnEffort, to writer: inout ByteWriter
    ) -> Int {
        let start = writer.count
        // One byte less than the plain length: what does not shrink is stored as it is.
        writer.append(capacity: plain.count - 1) { effort.compress(plain, into: $0) ?? 0 }
        if writer.count == start { writer.append(plain) }
        return writer.count - start
    }

    /// Decodes the lengths of `count` strings of a `RAW` column and finds its frames, which it checks against them.
    static func decodeRawHead(
        _ source: inout ColumnSource, codec: ColumnCodec, count: Int, lengths: UnsafeMutablePointer<UInt32>
    ) throws(CorruptionError) -> RawFrames {
        try PackedIntegers.decode(&source, count: count, to: lengths, "lengths")
        var sum: UInt64 = 0
        for index in 0..<count { sum &+= UInt64(lengths[index]) }
        let total: UInt64 = try source.read("total")
        guard total == sum else {
            throw source.corruption("total", expected: "\(sum) bytes as the lengths say", found: "\(total)")
        }
        let frameBytes = Int(try source.read("frame size", as: UInt32.self))
        guard frameBytes > 0, total <= UInt64(UInt32.max) else {
            throw source.corruption("total", expected: "frames below 4 GiB", found: "\(total) by \(frameBytes)")
        }
        let frames = (Int(total) + frameBytes - 1) / frameBytes
        let table = try source.readBytes(frames * 4, "frame table")
        var stored = 0
        for frame in 0..<frames { stored += Int(table.loadUnaligned(fromByteOffset: frame * 4, as: UInt32.self)) }
        // Checked before anybody makes room for `total` bytes.
        guard stored <= source.reader.remaining, Int(total) <= (stored + frames) * codec.ratioMax else {
            throw source.corruption(
                "frames", expected: "\(total) bytes in \(source.reader.remaining)", found: "\(stored) stored bytes")
        }
        return RawFrames(
            codec: codec, plainBytes: Int(total), frameBytes: frameBytes, table: table, storedBytes: stored)
    }

    /// The frames of a `RAW` column whose head was read.
    struct RawFrames {
        let codec: ColumnCodec
        let plainBytes: Int
        let frameBytes: Int
        let table: UnsafeRawBufferPointer
        let storedBytes: Int
    }

    /// Decompresses the frames that follow the head to `target`, which has room for `frames.plainBytes`.
    static func decodeRawBytes(
        _ source: inout ColumnSource, _ frames: RawFrames, to target: UnsafeMutableRawPointer
    ) throws(CorruptionError) {
        var filled = 0
        for frame in 0..<frames.table.count / 4 {
            let stored = Int(frames.table.loadUnaligned(fromByteOffset: frame * 4, as: UInt32.self))
            let plain = min(frames.frameBytes, frames.plainBytes - filled)
            let before = source
            let bytes = try source.readBytes(stored, "frame \(frame)")
            let room = UnsafeMutableRawBufferPointer(start: target + filled, count: plain)
            if stored == plain {
                room.copyMemory(from: bytes)
            } else if !frames.codec.decompress(bytes, into: room) {
                throw before.corruption(
                    "frame \(frame)", expected: "\(plain) bytes by codec \(frames.codec)", found: "something else")
            }
            filled += plain
        }
    }
}

extension ColumnEffort {
    /// How frames are compressed.
    var codec: ColumnCodec { self == .smallest ? .zlib : .lz4 }

    /// Compresses `plain`; nil when `stored` is too small for the result.
    func compress(_ plain: UnsafeRawBufferPointer, into stored: UnsafeMutableRawBufferPointer) -> Int? {
        switch self {
        case .fast: LZ4Codec.compress(plain, into: stored, effort: .fast)
        case .high: LZ4Codec.compress(plain, into: stored, effort: .high)
        case .smallest: DeflateCodec.compress(plain, into: stored)
        }
    }
}

extension ColumnCodec {
    /// Nothing shrinks more than this, so a stored length bounds the plain one.
    var ratioMax: Int {
        switch self {
        case .none: 1
        case .lz4: LZ4Codec.ratioMax
        case .zlib: DeflateCodec.ratioMax
        }
    }

    /// Decompresses `stored` into `plain`; false when it is broken or does not give exactly `plain.count` bytes.
    func decompress(_ stored: UnsafeRawBufferPointer, into plain: UnsafeMutableRawBufferPointer) -> Bool {
        switch self {
        case .none: false
        case .lz4: LZ4Codec.decompress(stored, into: plain)
        case .zlib: DeflateCodec.decompress(stored, into: plain)
        }
    }
}
