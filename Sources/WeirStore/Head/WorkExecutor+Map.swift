internal import Synchronization
internal import WeirSystem

extension WorkExecutor {
    /// The results of `body` for `0..<count` in order, computed by up to `width` threads at once.
    func map<Result: Sendable>(
        _ count: Int, width: Int, _ body: @escaping @Sendable (Int) throws -> Result
    ) async throws -> [Result] {
        let progress = MapProgress<Result>(count: count)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<min(width, count) {
                group.addTask(executorPreference: self) {
                    while let index = progress.takeIndex() { progress.put(try body(index), at: index) }
                }
            }
            try await group.waitForAll()
        }
        return progress.results
    }
}

/// Which elements of a parallel map are taken, and what came of them.
private final class MapProgress<Result: Sendable>: Sendable {
    private let count: Int
    private let next = Atomic(0)
    private let slots: Mutex<[Result?]>

    init(count: Int) {
        self.count = count
        slots = Mutex([Result?](repeating: nil, count: count))
    }

    func takeIndex() -> Int? {
        let index = next.add(1, ordering: .relaxed).oldValue
        return index < count ? index : nil
    }

    func put(_ result: Result, at index: Int) {
        slots.withLock { $0[index] = result }
    }

    /// All results; called when every element is done.
    var results: [Result] {
        slots.withLock { slots in
            slots.map { slot in
                guard let slot else { preconditionFailure("a mapped element has no result") }
                return slot
            }
        }
    }
}
