internal import Synchronization
public import WeirSystem

/// A clock that stands still until a test moves it.
public final class ManualClock: WallClock {
    private let nanoseconds: Mutex<Int64>

    /// Creates a clock that shows `nanoseconds` since 1970 UTC.
    public init(nanoseconds: Int64 = 1_700_000_000_000_000_000) {
        self.nanoseconds = Mutex(nanoseconds)
    }

    /// The time it was last set to.
    public func now() -> Int64 {
        nanoseconds.withLock { $0 }
    }

    /// Moves the clock forward, or back when negative.
    public func advance(byNanoseconds step: Int64) {
        nanoseconds.withLock { $0 += step }
    }
}
