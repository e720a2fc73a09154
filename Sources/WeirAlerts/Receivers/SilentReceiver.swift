internal import WeirSystem

/// A kind of receiver that is not spoken: its place is kept, and every notification for it says so.
public struct SilentReceiver: Integration {
    /// The kind as the file names it.
    public let kind: String
    /// Always said, as nothing can be sent.
    public let missing: String?
    /// Nothing is sent, so nobody misses it.
    public let sendsResolved = false

    /// Creates a receiver.
    public init(kind: String, reason: String) {
        self.kind = kind
        missing = reason
    }

    /// Never anything.
    public func message(_ writer: MessageWriter) throws(MessageError) -> OutboundMessage {
        throw MessageError(missing ?? kind)
    }
}
