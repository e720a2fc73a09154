/// Copies texts that are mostly short, without asking how short.
enum ShortCopy {
    /// Up to so many bytes less one are read and written behind what is copied.
    static let stride = 32

    /// Copies `count` bytes, and up to ``stride`` - 1 more; returns where they end.
    ///
    /// Two words for everything that fits: a branch on lengths that vary would be guessed wrong too often.
    @inline(__always)
    static func copy(
        _ source: UnsafeRawPointer, _ count: Int, to target: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        copyStride(source, to: target)
        if count > stride {
            if count <= 256 {
                var offset = stride
                repeat {
                    copyStride(source + offset, to: target + offset)
                    offset += stride
                } while offset < count
            } else {
                target.copyMemory(from: source, byteCount: count)
            }
        }
        return target + count
    }

    @inline(__always)
    private static func copyStride(_ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer) {
        let low = source.loadUnaligned(as: SIMD16<UInt8>.self)
        let high = source.loadUnaligned(fromByteOffset: 16, as: SIMD16<UInt8>.self)
        target.storeBytes(of: low, as: SIMD16<UInt8>.self)
        target.storeBytes(of: high, toByteOffset: 16, as: SIMD16<UInt8>.self)
    }
}
