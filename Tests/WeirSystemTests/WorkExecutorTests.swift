import Testing
import WeirSystem
import WeirTesting

@Suite struct WorkExecutorTests {
    @Test func `a closure runs on a thread of its own and its result comes back`() async throws {
        let executor = WorkExecutor(name: "test", threads: 2)
        defer { executor.shutdown() }
        let sum = try await executor.run { (1...100).reduce(0, +) }
        #expect(sum == 5050)
        await #expect(throws: FileError.self) {
            try await executor.run { throw FileError(operation: "open", path: "x", code: 2) }
        }
    }

    @Test func `tasks that prefer it run on it, side by side`() async {
        let executor = WorkExecutor(name: "test", threads: 2)
        defer { executor.shutdown() }
        let met = Monitor(0)
        let both = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<2 {
                group.addTask(executorPreference: executor) {
                    met.withLock { $0 += 1 }
                    met.wakeAll()
                    return met.wait { $0 == 2 ? true : nil } ?? false
                }
            }
            return await group.reduce(true) { $0 && $1 }
        }
        #expect(both)
    }

    @Test func `what was queued before the shutdown runs, and later work still does`() async throws {
        let executor = WorkExecutor(name: "test", threads: 1)
        let count = Monitor(0)
        await withDiscardingTaskGroup { group in
            for _ in 0..<100 {
                group.addTask(executorPreference: executor) { count.withLock { $0 += 1 } }
            }
        }
        executor.shutdown()
        #expect(count.withLock { $0 } == 100)
        #expect(try await executor.run { 7 } == 7)
        executor.shutdown()
    }

    @Test func `waiting on a monitor ends when the time is up`() {
        let monitor = Monitor(0)
        #expect(monitor.wait(upTo: .milliseconds(1)) { $0 == 1 ? true : nil } == nil)
        #expect(monitor.wait(upTo: .seconds(-1)) { $0 == 0 ? true : nil } == true)
    }
}
