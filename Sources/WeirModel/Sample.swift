/// A number at an instant.
public struct Sample: Hashable, Sendable {
    /// When.
    public var timestamp: Timestamp
    /// The number; may be NaN or infinite.
    public var value: Double

    /// Creates a sample.
    public init(timestamp: Timestamp, value: Double) {
        self.timestamp = timestamp
        self.value = value
    }
}
