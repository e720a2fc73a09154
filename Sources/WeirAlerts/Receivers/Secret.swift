/// Something that must not be shown: a password, a key, an address with a token in it.
public enum Secret: Sendable, Hashable {
    /// As the configuration holds it.
    case text(String)
    /// In a file, which is read each time that it is needed.
    case file(String)
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible {
    /// Never the secret itself.
    public var description: String { "<secret>" }
    /// Never the secret itself.
    public var debugDescription: String { "<secret>" }
}
