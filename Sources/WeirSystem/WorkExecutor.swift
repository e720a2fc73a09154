/// Threads of our own for whatever blocks or computes longer than half a millisecond.
///
/// Two tasks that do not yield fill the cooperative pool of a machine with two cores, and every timer and request
/// stands still; here they only wait for each other. Give tasks a preference for it
/// (`group.addTask(executorPreference: executor)`) or hand it a closure with ``run(_:)``.
///
/// An executor lives until ``shutdown()``: its threads hold it.
public final class WorkExecutor: TaskExecutor {
    private let queue = Monitor(Queue())

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - name: what `top -H` shows, with the thread's number behind it; 12 bytes are kept.
    ///   - threads: how many run at once, at least 1.
    ///   - isBackground: whether they make way for all other threads of the machine that want to run.
    public init(name: String, threads count: Int, isBackground: Bool = false) {
        precondition(count > 0, "an executor needs a thread, not \(count)")
        let threads = (0..<count).map { index in
            let name = String(decoding: name.utf8.prefix(12), as: UTF8.self) + "-\(index)"
            return WorkThread(name: name, isBackground: isBackground) { [self] in work() }
        }
        queue.withLock { $0.threads = threads }
    }

    /// Takes a piece of a task. After ``shutdown()`` it runs on the calling thread, so that no task hangs.
    public func enqueue(_ job: consuming ExecutorJob) {
        add(.job(UnownedJob(job)))
    }

    /// Runs `body` on one of the threads and returns what it returns; the caller's thread is free meanwhile.
    ///
    /// About 25 us of delay for the two changes of thread. Cancellation does not interrupt `body`.
    public func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            add(.closure { continuation.resume(with: Result(catching: body)) })
        }
    }

    /// Runs what is queued, ends the threads and waits for them (not for the one it is called on).
    public func shutdown() {
        let threads = queue.withLock { state in
            state.isShutDown = true
            defer { state.threads = [] }
            return state.threads
        }
        queue.wakeAll()
        for thread in threads { thread.join() }
    }

    private func add(_ piece: Work) {
        let isTaken = queue.withLock { state in
            if !state.isShutDown { state.append(piece) }
            return !state.isShutDown
        }
        if isTaken { queue.wakeOne() } else { perform(piece) }
    }

    private func work() {
        while let piece = queue.wait(until: { state in state.next() }) {
            guard let piece else { return }
            perform(piece)
        }
    }

    private func perform(_ piece: Work) {
        switch piece {
        case .job(let job): job.runSynchronously(on: asUnownedTaskExecutor())
        case .closure(let body): body()
        }
    }

    private enum Work: Sendable {
        case job(UnownedJob)
        case closure(@Sendable () -> Void)
    }

    /// First in, first out: `incoming` is reversed into `outgoing` when that runs empty, so both ends are O(1).
    private struct Queue: Sendable {
        var incoming: [Work] = []
        var outgoing: [Work] = []
        var threads: [WorkThread] = []
        var isShutDown = false

        mutating func append(_ piece: Work) { incoming.append(piece) }

        /// The next piece; `.some(nil)` at the end of work; nil when there is nothing yet.
        mutating func next() -> Work?? {
            if outgoing.isEmpty {
                outgoing = incoming.reversed()
                incoming.removeAll(keepingCapacity: true)
            }
            if let piece = outgoing.popLast() { return .some(piece) }
            return isShutDown ? .some(nil) : nil
        }
    }
}
