import WeirBytes

/// How the text of a hole becomes the value that a parser would find in the line.
enum FieldForm: UInt8, Sendable {
    /// A number, boolean, null or array of JSON, as it stands.
    case jsonWord
    /// A string of JSON without its quotes.
    case jsonString
    /// A value of logfmt without quotes.
    case logfmtWord
    /// A quoted value of logfmt without its quotes.
    case logfmtString

    /// The value; nil when the parser would make no label of it.
    ///
    /// - Parameter keepsEmpty: whether logfmt makes labels of empty values.
    func value(
        of text: UnsafeRawBufferPointer, keepsEmpty: Bool, arena: inout ByteArena
    ) -> UnsafeRawBufferPointer? {
        switch self {
        case .jsonWord:
            guard let first = text.first, first != UInt8(ascii: "n"), first != UInt8(ascii: "[") else { return nil }
            return text
        case .jsonString:
            guard text.contains(UInt8(ascii: "\\")) else { return text }
            // A parser takes a string with an invalid escape for an empty one.
            return arena.unescaped(text) ?? UnsafeRawBufferPointer(start: nil, count: 0)
        case .logfmtWord:
            return text.isEmpty && !keepsEmpty ? nil : text
        case .logfmtString:
            guard !text.isEmpty || keepsEmpty else { return nil }
            return text.contains(UInt8(ascii: "\\")) ? arena.unescaped(text) : text
        }
    }
}

extension ByteArena {
    /// The characters that the inside of a quoted string stands for, in the arena; nil when an escape is invalid.
    mutating func unescaped(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        var plain: [UInt8] = []
        plain.reserveCapacity(text.count)
        do {
            try JSONScanner(text).unescape(.init(range: 0..<text.count, hasEscape: true), into: &plain)
        } catch {
            return nil
        }
        return plain.withUnsafeBytes { copy($0) }
    }
}
