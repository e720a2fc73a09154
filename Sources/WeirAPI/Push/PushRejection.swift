/// Why a push is refused as a whole: nothing of it is stored.
public struct PushRejection: Error, Sendable, Hashable {
    /// The HTTP status.
    public var status: Int
    /// Loki's text.
    public var message: String

    /// Creates a rejection; 400 unless told otherwise.
    public init(_ message: String, status: Int = 400) {
        self.message = message
        self.status = status
    }
}
