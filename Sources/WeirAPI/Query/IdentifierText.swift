/// Texts that name one thing and say nothing about it.
enum IdentifierText {
    /// Whether a text is a number or a UUID, with or without its hyphens.
    static func isIdentifier(_ text: String) -> Bool {
        Double(text) != nil || isUUID(text)
    }

    private static func isUUID(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 36 || bytes.count == 32 else { return false }
        return bytes.enumerated().allSatisfy { index, byte in
            if bytes.count == 36, [8, 13, 18, 23].contains(index) { return byte == UInt8(ascii: "-") }
            return byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 6
        }
    }
}
