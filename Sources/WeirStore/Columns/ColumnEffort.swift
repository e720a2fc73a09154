internal import WeirBytes

/// How much work goes into making columns small.
package enum ColumnEffort: Sendable, Hashable {
    /// LZ4 at its fastest, for queues that have to be worked off.
    case fast
    /// LZ4 with a search for repetitions.
    case high
    /// zlib, a sixth smaller and ten times slower to read; for segments that are rarely read.
    case smallest
}

/// Texts end to end, compressed as one piece when that makes them smaller.
enum CompressedText {
    /// Appends `plain` and returns how.
    static func append(
        _ plain: UnsafeRawBufferPointer, effort: ColumnEffort, to writer: inout ByteWriter
    ) -> ColumnCodec {
        // What is shorter does not hold a repetition that pays.
        guard plain.count > 32 else {
            writer.append(plain)
            return .none
        }
        let start = writer.count
        // Less than the plain length, by enough to be worth the way back.
        let room = plain.count - plain.count / 64 - 1
        let codec: ColumnCodec = effort == .smallest ? .zlib : .lz4
        writer.append(capacity: room) { room in
            switch effort {
            case .fast: LZ4Codec.compress(plain, into: room, effort: .fast) ?? 0
            case .high: LZ4Codec.compress(plain, into: room, effort: .high) ?? 0
            case .smallest: DeflateCodec.compress(plain, into: room) ?? 0
            }
        }
        if writer.count > start { return codec }
        writer.append(plain)
        return .none
    }

    /// Restores what is left of `source` to `target`, which has to become full.
    static func decode(
        _ source: inout ColumnSource, codec: UInt8, to target: UnsafeMutableRawBufferPointer
    ) throws(CorruptionError) {
        let before = source
        let stored = try source.readBytes(source.reader.remaining, "text")
        let isRestored =
            switch ColumnCodec(rawValue: codec) {
            case .none?: stored.count == target.count
            case .lz4?: LZ4Codec.decompress(stored, into: target)
            case .zlib?: DeflateCodec.decompress(stored, into: target)
            case nil: false
            }
        guard isRestored else {
            throw before.corruption(
                "text", expected: "\(target.count) bytes by codec \(codec)",
                found: "\(stored.count) stored bytes of something else")
        }
        if codec == ColumnCodec.none.rawValue { target.copyMemory(from: stored) }
    }

    /// Fails when `stored` bytes cannot become `plain` ones; called before anybody makes room for those.
    static func checkRatio(_ source: ColumnSource, codec: UInt8, plain: UInt64) throws(CorruptionError) {
        let stored = UInt64(source.reader.remaining)
        let ratio: UInt64 =
            switch ColumnCodec(rawValue: codec) {
            case .none?: 1
            case .lz4?: UInt64(LZ4Codec.ratioMax)
            case .zlib?: UInt64(DeflateCodec.ratioMax)
            case nil:
                throw source.corruption(
                    "codec", expected: "0, 1 or 2", found: "\(codec); written by a newer version of weir?")
            }
        guard plain <= (stored + 1) * ratio, plain <= UInt64(Int32.max) else {
            throw source.corruption("text", expected: "\(plain) bytes", found: "\(stored) stored bytes")
        }
    }
}
