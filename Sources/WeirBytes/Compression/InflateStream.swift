internal import CZlib

/// Restores a gzip file piece by piece, with a constant amount of memory; several members make one text.
///
/// Belongs to one thread.
public final class InflateStream {
    // Owned by this object: opened in `init`, closed in `deinit`; zlib keeps pointers into it, so it never moves.
    private let stream: UnsafeMutablePointer<z_stream>
    private var isBetweenMembers = false
    private var isBroken = false

    /// Begins at the start of a file.
    public init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let size = Int32(MemoryLayout<z_stream>.size)
        let opened = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, size)
        precondition(opened == Z_OK, "inflateInit2 answered \(opened)")
    }

    deinit {
        inflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    /// Restores the next piece of the file behind what `target` holds.
    ///
    /// - Returns: false once the bytes are no gzip any more: damage, or what some programs pad their files with.
    public func unpack(_ bytes: UnsafeRawBufferPointer, appendingTo target: inout [UInt8]) -> Bool {
        guard !isBroken else { return false }
        guard !bytes.isEmpty else { return true }
        stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.bindMemory(to: Bytef.self).baseAddress)
        stream.pointee.avail_in = UInt32(bytes.count)
        var step = [UInt8](repeating: 0, count: 64 << 10)
        while stream.pointee.avail_in > 0 || stream.pointee.avail_out == 0 {
            if isBetweenMembers {
                guard stream.pointee.avail_in > 0 else { break }
                inflateReset(stream)
                isBetweenMembers = false
            }
            let (status, count) = step.withUnsafeMutableBytes { room -> (Int32, Int) in
                stream.pointee.next_out = room.bindMemory(to: Bytef.self).baseAddress
                stream.pointee.avail_out = UInt32(room.count)
                let status = inflate(stream, Z_NO_FLUSH)
                return (status, room.count - Int(stream.pointee.avail_out))
            }
            target += step[..<count]
            switch status {
            case Z_STREAM_END: isBetweenMembers = true
            case Z_OK: continue
            // No progress is possible before the next piece.
            case Z_BUF_ERROR: return true
            default:
                isBroken = true
                return false
            }
        }
        return true
    }
}
