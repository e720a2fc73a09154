internal import CSnappy

/// Snappy's raw block format, the one that Loki's protobuf pushes use (not the framed stream format).
public enum SnappyCodec {
    /// Restores a block.
    ///
    /// - Parameters:
    ///   - bytes: one whole block.
    ///   - limit: the longest result; the block's header is checked against it before memory is taken.
    ///   - spareBytes: room kept free behind the result, so that a caller that appends a little need not move it all.
    /// - Throws: ``DecompressionError``.
    public static func decompress(
        _ bytes: UnsafeRawBufferPointer, limit: Int, spareBytes: Int = 0
    ) throws(DecompressionError) -> [UInt8] {
        let source = bytes.assumingMemoryBound(to: CChar.self).baseAddress
        var length = 0
        guard let source, snappy_uncompressed_length(source, bytes.count, &length) == SNAPPY_OK else {
            throw .malformed("snappy: corrupt input")
        }
        guard length <= limit else { throw .tooLarge(bytes: length, limit: limit) }
        var status = SNAPPY_OK
        let restored = [UInt8](unsafeUninitializedCapacity: max(1, length + spareBytes)) { buffer, count in
            let target = UnsafeMutableRawPointer(buffer.baseAddress!).assumingMemoryBound(to: CChar.self)
            var written = length
            status = snappy_uncompress(source, bytes.count, target, &written)
            count = status == SNAPPY_OK ? written : 0
        }
        guard status == SNAPPY_OK else { throw .malformed("snappy: corrupt input") }
        return restored
    }

    /// Restores a block held in an array.
    public static func decompress(
        _ bytes: [UInt8], limit: Int, spareBytes: Int = 0
    ) throws(DecompressionError) -> [UInt8] {
        do {
            return try bytes.withUnsafeBytes { try decompress($0, limit: limit, spareBytes: spareBytes) }
        } catch let error as DecompressionError {
            throw error
        } catch {
            preconditionFailure("decompress threw \(error)")
        }
    }

    /// Puts bytes into one block without compressing them, for what is compressed by something else afterwards.
    public static func wrap(_ bytes: [UInt8]) -> [UInt8] {
        var block: [UInt8] = []
        block.reserveCapacity(bytes.count + 10)
        Varint.append(UInt64(bytes.count), to: &block)
        guard !bytes.isEmpty else { return block }
        // One literal whose length, less one, stands in the next four bytes.
        block.append(63 << 2)
        for shift in stride(from: 0, to: 32, by: 8) {
            block.append(UInt8(truncatingIfNeeded: (bytes.count - 1) >> shift))
        }
        block.append(contentsOf: bytes)
        return block
    }

    /// Compresses bytes to one block.
    public static func compress(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { source in
            let capacity = snappy_max_compressed_length(source.count)
            return [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
                let target = UnsafeMutableRawPointer(buffer.baseAddress!).assumingMemoryBound(to: CChar.self)
                var length = capacity
                let text = source.assumingMemoryBound(to: CChar.self).baseAddress
                let status = snappy_compress(text, source.count, target, &length)
                // The only failure is a short target, and its size is the library's own upper bound.
                precondition(status == SNAPPY_OK, "snappy_compress refused \(source.count) bytes")
                count = length
            }
        }
    }
}
