/// Bytes as Go's `range` reads a string: characters of UTF-8, and U+FFFD for every single byte that belongs to none.
///
/// `String(decoding:)` makes one U+FFFD of several such bytes, so lengths and answers would differ.
public struct GoScalars: Sequence, IteratorProtocol {
    /// A character and the bytes that it takes.
    public struct Element {
        /// The character; U+FFFD for a byte that belongs to none.
        public var scalar: Unicode.Scalar
        /// The number of its bytes.
        public var count: Int
        /// Whether its bytes are UTF-8.
        public var isValid: Bool
    }

    private let bytes: [UInt8]
    private var position = 0

    /// Reads `bytes` from their start.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The next character; nil at the end.
    public mutating func next() -> Element? {
        guard position < bytes.count else { return nil }
        let element = read()
        position += element.count
        return element
    }

    private func read() -> Element {
        let first = bytes[position]
        if first < 0x80 { return Element(scalar: Unicode.Scalar(first), count: 1, isValid: true) }
        let invalid = Element(scalar: "\u{FFFD}", count: 1, isValid: false)
        let length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
        guard first >= 0xc2, first <= 0xf4, length <= bytes.count - position else { return invalid }
        var value = UInt32(first) & (0x7f >> UInt32(length))
        for byte in bytes[(position + 1)..<(position + length)] {
            guard byte & 0xc0 == 0x80 else { return invalid }
            value = value << 6 | UInt32(byte & 0x3f)
        }
        // Longer than needed, a surrogate, or beyond the last character.
        guard value >= (length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000), let scalar = Unicode.Scalar(value) else {
            return invalid
        }
        return Element(scalar: scalar, count: length, isValid: true)
    }
}
