internal import Synchronization
public import WeirModel

/// One tail's place at the hub: what waits for it, and when to look.
public final class TailSubscription: Sendable {
    /// An element whenever there may be something to send; ends when the tail does. For one reader.
    public let wakes: AsyncStream<Void>

    let request: TailRequest
    let number: Int
    private let session: Mutex<TailSession>
    private let waker: AsyncStream<Void>.Continuation

    init(_ request: TailRequest, number: Int) {
        self.request = request
        self.number = number
        session = Mutex(TailSession(delayNanoseconds: request.delayNanoseconds, flags: request.encoding.flags))
        (wakes, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// The next frame's text; nil when nothing is due.
    public func nextFrame(now: Timestamp) -> [UInt8]? {
        session.withLock { $0.nextFrame(now: now.nanoseconds) }
    }

    /// Makes the reader look: what is held back may be due.
    public func wake() {
        waker.yield()
    }

    /// Ends ``wakes``.
    public func finish() {
        waker.finish()
    }

    func begin(history: [TailEntry], now: Timestamp) {
        session.withLock { $0.begin(history: history, now: now.nanoseconds) }
        wake()
    }

    /// Takes new entries.
    ///
    /// - Returns: how many entries were lost because too many wait.
    func offer(_ entries: [TailEntry], now: Timestamp) -> Int {
        let lost = session.withLock { session in
            let before = session.droppedCount
            session.offer(entries, now: now.nanoseconds)
            return session.droppedCount - before
        }
        wake()
        return lost
    }

    func drop(_ labels: LabelSet, _ timestamp: Int64) {
        session.withLock { $0.drop(labels, timestamp) }
        wake()
    }
}
