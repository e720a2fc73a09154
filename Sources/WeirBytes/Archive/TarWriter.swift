/// Writes a tar archive: for each file ``head(of:bytes:)``, its bytes and ``padding(after:)``, at last ``end``.
public enum TarWriter {
    /// What stands before the bytes of a file.
    ///
    /// - Parameters:
    ///   - name: at most 100 bytes of ASCII, with `/` between folders.
    ///   - bytes: the size of the file.
    public static func head(of name: String, bytes: Int) -> [UInt8] {
        precondition(name.utf8.count <= TarLayout.nameBytesMax, "\(name) does not fit a tar archive")
        var header = [UInt8](repeating: 0, count: TarLayout.blockBytes)
        func put(_ text: String, at offset: Int) {
            header.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
        }
        put(name, at: 0)
        put("0000640\0", at: 100)
        put("0000000\0", at: 108)
        put("0000000\0", at: 116)
        put("00000000000\0", at: 136)
        put("ustar\u{0}00", at: TarLayout.magic.lowerBound)
        header[TarLayout.kind] = UInt8(ascii: "0")
        if bytes < 1 << 33 {
            put(octal(bytes, digits: 11), at: TarLayout.size.lowerBound)
        } else {
            // Beyond eleven octal digits the number stands as it is, marked by its first bit.
            header[TarLayout.size.lowerBound] = 0x80
            for (index, offset) in TarLayout.size.suffix(8).enumerated() {
                header[offset] = UInt8(truncatingIfNeeded: bytes >> (8 * (7 - index)))
            }
        }
        put(octal(TarLayout.sum(of: header), digits: 6) + "\0 ", at: TarLayout.checksum.lowerBound)
        return header
    }

    /// What stands behind the bytes of a file.
    public static func padding(after bytes: Int) -> [UInt8] {
        [UInt8](repeating: 0, count: TarLayout.padding(after: bytes))
    }

    /// What stands behind the last file.
    public static let end = [UInt8](repeating: 0, count: 2 * TarLayout.blockBytes)

    private static func octal(_ number: Int, digits: Int) -> String {
        let text = String(number, radix: 8)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
}
