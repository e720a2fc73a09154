internal import CZlib

/// The compressed forms of HTTP bodies and rotated files: gzip and deflate, by zlib.
public enum InflateCodec {
    /// What surrounds the compressed data.
    public enum Format: Sendable {
        /// RFC 1952; several members one after another make one text.
        case gzip
        /// What HTTP calls `deflate`: RFC 1950 in the standard, bare RFC 1951 in many senders. Both are accepted.
        case deflate
    }

    /// Restores bytes, stopping as soon as the result passes `limit`, so that a small bomb costs no more than that.
    ///
    /// - Throws: ``DecompressionError``.
    public static func decompress(
        _ bytes: [UInt8], format: Format, limit: Int
    ) throws(DecompressionError) -> [UInt8] {
        var inflater = Inflater(limit: limit)
        switch format {
        case .gzip:
            guard bytes.count >= 2, bytes[0] == 0x1f, bytes[1] == 0x8b else {
                throw .malformed(bytes.isEmpty ? "EOF" : "gzip: invalid header")
            }
            try inflater.run(bytes, windowBits: 15 + 16, name: "gzip", acceptsMembers: true)
        case .deflate:
            try inflater.run(bytes, windowBits: hasZlibHeader(bytes) ? 15 : -15, name: "flate", acceptsMembers: false)
        }
        return inflater.output
    }

    /// Compresses bytes to one gzip member.
    ///
    /// - Parameter level: 1 (fast) to 9 (small).
    public static func compressGzip(_ bytes: [UInt8], level: Int32 = 6) -> [UInt8] {
        deflate(bytes, level: level, windowBits: 15 + 16)
    }

    /// Compresses bytes to a bare RFC 1951 stream.
    public static func compressDeflate(_ bytes: [UInt8], level: Int32 = 6) -> [UInt8] {
        deflate(bytes, level: level, windowBits: -15)
    }

    /// The method is 8 and the first two bytes are a multiple of 31. A bare stream starts so only when its first block
    /// is stored with padding bits set, which no encoder does.
    private static func hasZlibHeader(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 2, bytes[0] & 0x0f == 8 else { return false }
        return (Int(bytes[0]) << 8 | Int(bytes[1])) % 31 == 0
    }

    private static func deflate(_ bytes: [UInt8], level: Int32, windowBits: Int32) -> [UInt8] {
        var stream = z_stream()
        let size = Int32(MemoryLayout<z_stream>.size)
        let opened = deflateInit2_(&stream, level, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
        precondition(opened == Z_OK, "deflateInit2 answered \(opened)")
        defer { deflateEnd(&stream) }
        let capacity = Int(deflateBound(&stream, UInt(bytes.count)))
        return bytes.withUnsafeBytes { source in
            [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
                stream.next_in = UnsafeMutablePointer(mutating: source.bindMemory(to: Bytef.self).baseAddress)
                stream.avail_in = UInt32(source.count)
                stream.next_out = buffer.baseAddress
                stream.avail_out = UInt32(capacity)
                let status = CZlib.deflate(&stream, Z_FINISH)
                precondition(status == Z_STREAM_END, "deflate answered \(status)")
                count = Int(stream.total_out)
            }
        }
    }
}

/// One run of zlib's decompressor, with the result so far.
private struct Inflater {
    var output: [UInt8] = []
    let limit: Int

    /// Bytes restored per call of zlib; larger steps cost memory, smaller ones calls.
    private static let stepBytes = 64 << 10

    init(limit: Int) {
        self.limit = limit
    }

    mutating func run(
        _ bytes: [UInt8], windowBits: Int32, name: String, acceptsMembers: Bool
    ) throws(DecompressionError) {
        var stream = z_stream()
        let opened = inflateInit2_(&stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(opened == Z_OK, "inflateInit2 answered \(opened)")
        defer { inflateEnd(&stream) }
        output.reserveCapacity(min(limit, bytes.count * 4))
        var fault: DecompressionError?
        bytes.withUnsafeBytes { source in
            stream.next_in = UnsafeMutablePointer(mutating: source.bindMemory(to: Bytef.self).baseAddress)
            stream.avail_in = UInt32(clamping: source.count)
            fault = drain(&stream, name: name, acceptsMembers: acceptsMembers)
        }
        if let fault { throw fault }
    }

    private mutating func drain(_ stream: inout z_stream, name: String, acceptsMembers: Bool) -> DecompressionError? {
        withUnsafeTemporaryAllocation(byteCount: Inflater.stepBytes, alignment: 16) { step in
            while true {
                stream.next_out = step.bindMemory(to: Bytef.self).baseAddress
                stream.avail_out = UInt32(Inflater.stepBytes)
                let status = inflate(&stream, Z_NO_FLUSH)
                output.append(contentsOf: step[..<(Inflater.stepBytes - Int(stream.avail_out))])
                guard output.count <= limit else { return .tooLarge(bytes: output.count, limit: limit) }
                switch status {
                case Z_STREAM_END:
                    guard acceptsMembers, stream.avail_in > 0 else { return nil }
                    guard inflateReset(&stream) == Z_OK else { return .malformed("\(name): corrupt input") }
                case Z_OK:
                    continue
                case Z_BUF_ERROR:
                    return .malformed("unexpected EOF")
                default:
                    return .malformed("\(name): corrupt input")
                }
            }
        }
    }
}
