internal import CZlib

/// Bare deflate streams (RFC 1951) between buffers, for columns that are written once and rarely read.
public enum DeflateCodec {
    /// Deflate cannot shrink more than this, so a stored length bounds the plain one.
    public static let ratioMax = 1032

    /// Compresses `plain` into `stored`.
    ///
    /// - Parameter level: 1 (fast) to 9 (small).
    /// - Returns: the bytes used, or nil when `stored` is too small for them.
    public static func compress(
        _ plain: UnsafeRawBufferPointer, into stored: UnsafeMutableRawBufferPointer, level: Int32 = 6
    ) -> Int? {
        guard let source = plain.baseAddress, let target = stored.baseAddress else { return nil }
        var stream = z_stream()
        let size = Int32(MemoryLayout<z_stream>.size)
        let opened = deflateInit2_(&stream, level, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
        precondition(opened == Z_OK, "deflateInit2 answered \(opened)")
        defer { deflateEnd(&stream) }
        stream.next_in = UnsafeMutablePointer(mutating: source.assumingMemoryBound(to: Bytef.self))
        stream.avail_in = UInt32(plain.count)
        stream.next_out = target.assumingMemoryBound(to: Bytef.self)
        stream.avail_out = UInt32(stored.count)
        return deflate(&stream, Z_FINISH) == Z_STREAM_END ? Int(stream.total_out) : nil
    }

    /// Decompresses `stored` into `plain`; false when `stored` is broken or does not give exactly `plain.count` bytes.
    public static func decompress(
        _ stored: UnsafeRawBufferPointer, into plain: UnsafeMutableRawBufferPointer
    ) -> Bool {
        guard let source = stored.baseAddress, let target = plain.baseAddress else { return false }
        var stream = z_stream()
        let size = Int32(MemoryLayout<z_stream>.size)
        guard inflateInit2_(&stream, -15, ZLIB_VERSION, size) == Z_OK else { return false }
        defer { inflateEnd(&stream) }
        stream.next_in = UnsafeMutablePointer(mutating: source.assumingMemoryBound(to: Bytef.self))
        stream.avail_in = UInt32(stored.count)
        stream.next_out = target.assumingMemoryBound(to: Bytef.self)
        stream.avail_out = UInt32(plain.count)
        return inflate(&stream, Z_FINISH) == Z_STREAM_END && Int(stream.total_out) == plain.count
            && stream.avail_in == 0
    }
}
