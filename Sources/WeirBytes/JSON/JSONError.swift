/// Where and why a text is no JSON.
public struct JSONError: Error, Sendable, Hashable {
    /// What was wrong.
    public enum Kind: Sendable, Hashable {
        /// The text ends inside a value.
        case truncated
        /// Another byte than the grammar asks for.
        case unexpectedByte
        /// A number that is none by the grammar.
        case invalidNumber
        /// A backslash before a character that cannot follow one.
        case invalidEscape
        /// More values inside each other than the reader allows.
        case tooDeep
    }

    /// What was wrong.
    public let kind: Kind
    /// The position of the fault in the scanned bytes.
    public let byteOffset: Int

    /// Creates an error.
    public init(_ kind: Kind, at byteOffset: Int) {
        self.kind = kind
        self.byteOffset = byteOffset
    }
}
