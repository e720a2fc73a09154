/// A text that must not appear in logs, errors or printed configuration.
public struct Secret: Sendable, Hashable {
    /// The text itself; only for the place that sends it.
    public let revealed: String

    /// Hides `text`.
    public init(_ text: String) {
        revealed = text
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `<secret>`, whatever the text is.
    public var description: String { "<secret>" }
    /// `<secret>`, whatever the text is.
    public var debugDescription: String { description }
    /// Nothing: `dump` and string interpolation of a surrounding value show no text.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
