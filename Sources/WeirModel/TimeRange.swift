/// A half-open stretch of time: `start` belongs to it, `end` does not.
public struct TimeRange: Hashable, Sendable {
    /// The first instant inside.
    public var start: Timestamp
    /// The first instant after it.
    public var end: Timestamp

    /// Creates the range `[start, end)`; it is empty when `end` is not after `start`.
    public init(start: Timestamp, end: Timestamp) {
        self.start = start
        self.end = end
    }

    /// Every instant except the very last representable one.
    public static let all = TimeRange(start: .min, end: .max)

    /// Whether no instant lies inside.
    public var isEmpty: Bool { end <= start }

    /// Whether `instant` lies inside.
    @inlinable public func contains(_ instant: Timestamp) -> Bool {
        start <= instant && instant < end
    }

    /// Whether any instant of the closed stretch `first...last` lies inside.
    public func overlaps(first: Timestamp, last: Timestamp) -> Bool {
        start <= last && first < end
    }

    /// What both ranges have in common; possibly empty.
    public func intersection(_ other: TimeRange) -> TimeRange {
        TimeRange(start: Swift.max(start, other.start), end: Swift.min(end, other.end))
    }
}
