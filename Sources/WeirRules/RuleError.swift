/// Why an evaluation of a rule has no result; shown as its `lastError`.
public struct RuleError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is the matter.
    public let message: String

    /// Creates an error.
    public init(_ message: String) {
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
