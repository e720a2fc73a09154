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

    /// Whether the bytes of `left` stand before those of `right`, compared eight at a time.
    static func isOrdered(_ left: String, _ right: String) -> Bool {
        var left = left
        var right = right
        return left.withUTF8 { left in
            right.withUTF8 { right in isOrdered(UnsafeRawBufferPointer(left), UnsafeRawBufferPointer(right)) }
        }
    }

    private static func isOrdered(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        let common = min(left.count, right.count)
        var offset = 0
        while offset + 8 <= common {
            let mine = UInt64(bigEndian: left.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            let other = UInt64(bigEndian: right.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            if mine != other { return mine < other }
            offset += 8
        }
        while offset < common {
            if left[offset] != right[offset] { return left[offset] < right[offset] }
            offset += 1
        }
        return left.count < right.count
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
        isOrdered(left.text, right.text)
    }
}
