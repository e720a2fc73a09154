/// An instant: nanoseconds since 1970-01-01T00:00:00 UTC, from the year 1677 to 2262.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Nanoseconds since 1970 UTC; negative before.
    public var nanoseconds: Int64

    /// Creates an instant from nanoseconds since 1970 UTC.
    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// The earliest instant.
    public static let min = Timestamp(nanoseconds: .min)
    /// The latest instant.
    public static let max = Timestamp(nanoseconds: .max)

    /// Orders by time.
    @inlinable public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// The instant `nanoseconds` later (earlier when negative), held at the ends of the range instead of overflowing.
    public func advanced(byNanoseconds nanoseconds: Int64) -> Timestamp {
        let (sum, overflow) = self.nanoseconds.addingReportingOverflow(nanoseconds)
        if overflow { return nanoseconds < 0 ? .min : .max }
        return Timestamp(nanoseconds: sum)
    }

    /// The number of whole UTC days since 1970 that contain this instant; negative before.
    public var utcDay: Int {
        let day = Timestamp.nanosecondsPerDay
        let quotient = nanoseconds / day
        return Int(nanoseconds % day < 0 ? quotient - 1 : quotient)
    }

    /// Nanoseconds of one second.
    public static let nanosecondsPerSecond: Int64 = 1_000_000_000
    /// Nanoseconds of one millisecond.
    public static let nanosecondsPerMillisecond: Int64 = 1_000_000
    /// Nanoseconds of one UTC day; leap seconds do not exist in this count.
    public static let nanosecondsPerDay: Int64 = 86_400 * 1_000_000_000
}
