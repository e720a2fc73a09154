/// Text that is equal only when its bytes are.
///
/// Swift holds composed and decomposed letters to be the same text; Loki, and so the streams of Weir, do not.
public struct ExactText: Sendable {
    /// The text.
    public var text: String

    /// Creates a value that compares `text` byte by byte.
    public init(_ text: String) {
        self.text = text
    }

    /// Whether two texts have the same bytes. Differing texts are mostly told apart by Swift's own quick comparison.
    static func isEqual(_ left: String, _ right: String) -> Bool {
        left == right && left.utf8.elementsEqual(right.utf8)
    }
}

extension ExactText: Hashable {
    /// Whether the bytes are the same.
    public static func == (left: ExactText, right: ExactText) -> Bool {
        isEqual(left.text, right.text)
    }

    /// Hashes as `String` does: texts with the same bytes have the same hash there as well.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(text)
    }
}

extension ExactText: Comparable {
    /// Byte order, the order of Go's strings.
    public static func < (left: ExactText, right: ExactText) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}
