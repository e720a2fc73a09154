internal import CLZ4

/// LZ4 blocks (not LZ4 frames): the codec of stored lines, because it decodes at 4 GB/s.
public enum LZ4Codec {
    /// How much work goes into finding repetitions.
    public enum Effort: Sendable, Hashable {
        /// About 700 MB/s.
        case fast
        /// About 110 MB/s, for output a fifth smaller that decodes as fast.
        case high
    }

    /// The most bytes that one call takes; a limit of the library.
    public static let plainBytesMax = Int(LZ4_MAX_INPUT_SIZE)
    /// LZ4 cannot shrink more than this, so a stored length bounds the plain one.
    public static let ratioMax = 255

    /// Room that compressing `plainBytes` bytes needs at most.
    public static func storedBytesMax(plainBytes: Int) -> Int {
        precondition(plainBytes >= 0 && plainBytes <= plainBytesMax, "cannot compress \(plainBytes) bytes at once")
        return Int(LZ4_compressBound(Int32(plainBytes)))
    }

    /// Compresses `plain` into `stored`.
    ///
    /// - Returns: the bytes used, or nil when `stored` is too small for them.
    public static func compress(
        _ plain: UnsafeRawBufferPointer, into stored: UnsafeMutableRawBufferPointer, effort: Effort = .fast
    ) -> Int? {
        precondition(plain.count <= plainBytesMax, "cannot compress \(plain.count) bytes at once")
        guard let target = stored.baseAddress else { return nil }
        let room = Int32(clamping: stored.count)
        // The library wants a pointer even for nothing.
        let source = plain.baseAddress ?? UnsafeRawPointer(target)
        let from = source.assumingMemoryBound(to: CChar.self)
        let to = target.assumingMemoryBound(to: CChar.self)
        let written =
            switch effort {
            case .fast: LZ4_compress_default(from, to, Int32(plain.count), room)
            case .high: LZ4_compress_HC(from, to, Int32(plain.count), room, 4)
            }
        return written > 0 ? Int(written) : nil
    }

    /// Decompresses `stored` into `plain`; false when `stored` is broken or does not give exactly `plain.count` bytes.
    ///
    /// Never reads or writes outside the two buffers, whatever `stored` holds.
    public static func decompress(
        _ stored: UnsafeRawBufferPointer, into plain: UnsafeMutableRawBufferPointer
    ) -> Bool {
        guard let source = stored.baseAddress, stored.count <= Int(Int32.max), plain.count <= plainBytesMax else {
            return false
        }
        var nothing: CChar = 0
        return withUnsafeMutablePointer(to: &nothing) { spare in
            let to = plain.baseAddress?.assumingMemoryBound(to: CChar.self) ?? spare
            let from = source.assumingMemoryBound(to: CChar.self)
            let written = LZ4_decompress_safe(from, to, Int32(stored.count), Int32(plain.count))
            return Int(written) == plain.count
        }
    }
}
