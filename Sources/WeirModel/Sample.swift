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

extension Sample {
    /// The value that ends a series: readers find nothing from there on instead of the last value. The bit pattern is
    /// Prometheus' stale marker, so that samples can be exchanged; no calculation yields it.
    public static let endOfSeries = Double(bitPattern: 0x7ff0_0000_0000_0002)

    /// Whether the sample ends its series.
    public var isEndOfSeries: Bool { value.bitPattern == 0x7ff0_0000_0000_0002 }
}
