/// Why compressed bytes could not be restored.
public enum DecompressionError: Error, Sendable, Hashable {
    /// The bytes are not in the format, or are cut short; the text names the format and the fault.
    case malformed(String)
    /// The result would be longer than the caller allows; `bytes` is its length where the format tells, else the limit.
    case tooLarge(bytes: Int, limit: Int)
}
