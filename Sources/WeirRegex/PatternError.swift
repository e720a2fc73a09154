/// Why a pattern does not compile.
public struct PatternError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The pattern as given.
    public let pattern: String
    /// RE2's reason, such as `missing )`.
    public let reason: String
    /// The part of the pattern that the reason is about.
    public let argument: String

    /// Creates an error.
    public init(pattern: String, reason: String, argument: String) {
        self.pattern = pattern
        self.reason = reason
        self.argument = argument
    }

    /// The message in the form of Go's regexp package, which Loki's clients know.
    public var description: String {
        "error parsing regexp: \(reason)"
    }
}
