import Synchronization

/// A clock that shows 20 seconds more each time it is read.
final class TickingClock: Sendable {
    private let seconds = Atomic<Int64>(0)

    func next() -> Int64 {
        seconds.add(20, ordering: .relaxed).newValue * 1_000_000_000
    }
}
