/// Why bytes are no protobuf message.
public enum WireError: Error, Sendable, Hashable {
    /// The message ends inside a field that starts at or before `byteOffset`.
    case truncated(byteOffset: Int)
    /// A varint is longer than 64 bits.
    case overflow(byteOffset: Int)
    /// A field's number is 0 or above 2²⁹ - 1, or its wire type is none that is in use.
    case illegalTag(byteOffset: Int)
    /// A known field has another wire type than its declaration says.
    case wrongType(field: Int, byteOffset: Int)
}
