internal import WeirBytes

/// A question to each value of a column: does it hold these bytes?
package struct ValueTest: Sendable {
    /// Where the needle has to stand in a value.
    package enum Kind: Sendable, Hashable {
        /// Anywhere.
        case contains
        /// At the start.
        case hasPrefix
        /// At the end.
        case hasSuffix
        /// From start to end.
        case equals
    }

    /// Where the needle has to stand.
    package let kind: Kind
    /// The bytes looked for; the empty needle is in every value, and equals the empty one.
    package let needle: [UInt8]
    let classes: ByteClasses
    let search: SubstringSearch

    /// Creates a test.
    package init(_ kind: Kind, _ needle: [UInt8]) {
        self.kind = kind
        self.needle = needle
        classes = needle.withUnsafeBytes { ByteClasses(of: $0) }
        search = SubstringSearch(needle)
    }

    /// Whether a value fulfils the test.
    package func accepts(_ value: UnsafeRawBufferPointer) -> Bool {
        guard value.count >= needle.count else { return false }
        switch kind {
        case .contains: return search.first(in: value) != nil
        case .hasPrefix: return isNeedle(at: 0, of: value)
        case .hasSuffix: return isNeedle(at: value.count - needle.count, of: value)
        case .equals: return value.count == needle.count && isNeedle(at: 0, of: value)
        }
    }

    private func isNeedle(at start: Int, of value: UnsafeRawBufferPointer) -> Bool {
        needle.withUnsafeBytes {
            ByteHash.isEqual($0, UnsafeRawBufferPointer(rebasing: value[start..<start + $0.count]))
        }
    }
}
