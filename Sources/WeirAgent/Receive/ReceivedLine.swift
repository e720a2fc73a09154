public import WeirModel

/// A line that came to the agent from elsewhere than a file.
public struct ReceivedLine: Sendable, Hashable {
    /// Its labels, those for relabelling included, whose names begin with `__`.
    public var labels: LabelSet
    /// When it was written, nanoseconds since 1970 UTC; nil takes the time of its arrival.
    public var timestamp: Int64?
    /// The line without its end.
    public var line: [UInt8]

    /// Creates a line.
    public init(labels: LabelSet, timestamp: Int64?, line: [UInt8]) {
        self.labels = labels
        self.timestamp = timestamp
        self.line = line
    }
}
