#if canImport(Glibc)
    internal import Glibc
#endif

/// Where the time of day comes from, so that tests can set it.
public protocol WallClock: Sendable {
    /// Nanoseconds since 1970 UTC.
    func now() -> Int64
}

/// The machine's clock.
public struct SystemClock: WallClock {
    /// Creates the clock.
    public init() {}

    /// Nanoseconds since 1970 UTC, from `CLOCK_REALTIME`.
    public func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
