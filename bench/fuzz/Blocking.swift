import Dispatch

/// Waits for asynchronous work, which libFuzzer knows nothing of.
enum Blocking {
    static func run(_ work: @escaping @Sendable () async -> Void) {
        let done = DispatchSemaphore(value: 0)
        Task {
            await work()
            done.signal()
        }
        done.wait()
    }
}
