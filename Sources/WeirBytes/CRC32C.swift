internal import CKernels

/// CRC-32C (Castagnoli), the checksum of everything that Weir keeps on disk.
public enum CRC32C {
    /// The checksum of `bytes`, continuing from the checksum `seed` of what came before them.
    ///
    /// `checksum(ab) == checksum(b, seed: checksum(a))`. About 8 GB/s where the CPU has the instruction.
    public static func checksum(_ bytes: UnsafeRawBufferPointer, seed: UInt32 = 0) -> UInt32 {
        guard let start = bytes.baseAddress else { return seed }
        return weir_crc32c(seed, start.assumingMemoryBound(to: UInt8.self), bytes.count)
    }
}
