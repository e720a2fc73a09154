/// The header of a file in a tar archive, as POSIX's `ustar` has it: 512 bytes, numbers in octal.
enum TarLayout {
    static let blockBytes = 512
    static let nameBytesMax = 100
    static let size = 124..<136
    static let checksum = 148..<156
    static let kind = 156
    static let magic = 257..<263

    /// The sum of a header's bytes, those of the sum itself counted as spaces.
    static func sum(of header: some Sequence<UInt8>) -> Int {
        header.enumerated().reduce(0) { sum, byte in
            sum + Int(checksum.contains(byte.offset) ? 0x20 : byte.element)
        }
    }

    /// The bytes that fill the last block of a file.
    static func padding(after size: Int) -> Int {
        (blockBytes - size % blockBytes) % blockBytes
    }
}
