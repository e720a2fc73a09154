/// How long to wait before the next attempt: doubling from the least to the most, with jitter.
package struct Backoff: Sendable {
    private let minimum: Int64
    private let maximum: Int64
    /// How many attempts failed so far.
    package private(set) var failures = 0

    /// Starts without failures.
    package init(_ configuration: BackoffConfiguration) {
        minimum = max(1_000_000, configuration.minimum.wholeNanoseconds)
        maximum = max(minimum, configuration.maximum.wholeNanoseconds)
    }

    /// The wait after one more failure, in nanoseconds.
    ///
    /// Half of it is fixed and half random, so that agents that failed together do not come back together.
    ///
    /// - Parameters:
    ///   - random: 64 random bits.
    ///   - retryAfter: what the server asked for, in nanoseconds; the wait is never shorter, up to the most.
    package mutating func next(random: UInt64, retryAfter: Int64? = nil) -> Int64 {
        let exponent = min(failures, 40)
        failures += 1
        let (doubled, overflows) = minimum.multipliedReportingOverflow(by: 1 << Int64(exponent))
        let full = overflows ? maximum : min(doubled, maximum)
        let half = full / 2
        let wait = half + Int64(random % UInt64(full - half + 1))
        guard let retryAfter, retryAfter > wait else { return wait }
        return min(retryAfter, maximum)
    }

    /// Begins anew after a success.
    package mutating func reset() {
        failures = 0
    }
}
