internal import Synchronization

/// Lines from receivers on their way to an agent: bounded, in order, and each delivery can be waited for.
///
/// Any thread may put lines in; the agent's reading thread takes them out.
public final class Inbox: Sendable {
    /// What became of lines that were offered.
    public enum Answer: Sendable, Hashable {
        /// They are in; ``waitUntilSafe(_:)`` tells when they may be forgotten by whoever sent them.
        case taken(ticket: Int)
        /// There is no room now.
        case full
        /// The agent ends.
        case closed
    }

    /// Lines that were put in together.
    struct Parcel: Sendable {
        var ticket: Int
        var job: String
        var lines: [ReceivedLine]
        var bytes: Int
    }

    fileprivate struct State {
        var parcels: [Parcel] = []
        var bytes = 0
        var lastTicket = 0
        var safeTicket = 0
        var waiters: [(ticket: Int, continuation: CheckedContinuation<Bool, Never>)] = []
        var isClosed = false
        var hasEnded = false
        var dropped = 0
        var wake: @Sendable () -> Void = {}
    }

    private let state = Mutex(State())
    private let bytesMax: Int

    /// Creates an inbox. More than `bytesMax` bytes of lines are not taken in, so that memory stays bounded.
    public init(bytesMax: Int = 4 << 20) {
        self.bytesMax = bytesMax
    }

    /// Puts lines of a job in, all or none.
    public func offer(_ lines: [ReceivedLine], job: String) -> Answer {
        let bytes = lines.reduce(0) { $0 + $1.line.count + 64 }
        let (answer, wake) = state.withLock { state -> (Answer, @Sendable () -> Void) in
            guard !state.isClosed else { return (.closed, {}) }
            // What alone is larger than the bound goes in when nothing else is there.
            guard state.bytes == 0 || state.bytes + bytes <= bytesMax else { return (.full, {}) }
            state.lastTicket += 1
            state.bytes += bytes
            state.parcels.append(Parcel(ticket: state.lastTicket, job: job, lines: lines, bytes: bytes))
            return (.taken(ticket: state.lastTicket), state.wake)
        }
        wake()
        return answer
    }

    /// Counts lines that found no room and are lost.
    public func noteDropped(_ count: Int) {
        state.withLock { $0.dropped += count }
    }

    /// Lines that were lost for want of room.
    public var dropped: Int { state.withLock { $0.dropped } }

    /// Waits until lines are delivered, or in the spool.
    ///
    /// - Returns: false when the agent ended before.
    public func waitUntilSafe(_ ticket: Int) async -> Bool {
        await withCheckedContinuation { continuation in
            let known = state.withLock { state -> Bool? in
                if state.safeTicket >= ticket { return true }
                if state.hasEnded { return false }
                state.waiters.append((ticket, continuation))
                return nil
            }
            if let known { continuation.resume(returning: known) }
        }
    }

    /// Whether lines are delivered, or in the spool.
    public func isSafe(_ ticket: Int) -> Bool { state.withLock { $0.safeTicket >= ticket } }

    // MARK: The agent's side

    /// Sets what is called, on any thread, when there is something to take.
    func connect(_ wake: @escaping @Sendable () -> Void) {
        state.withLock { $0.wake = wake }
    }

    /// Takes the oldest lines out.
    func take() -> Parcel? {
        state.withLock { state in
            guard !state.parcels.isEmpty else { return nil }
            let parcel = state.parcels.removeFirst()
            state.bytes -= parcel.bytes
            return parcel
        }
    }

    /// Whether nothing is there to take.
    var isEmpty: Bool { state.withLock { $0.parcels.isEmpty } }

    /// Records that lines up to a ticket are safe.
    func acknowledge(_ ticket: Int) {
        let ready = state.withLock { state in
            state.safeTicket = max(state.safeTicket, ticket)
            return State.takeWaiters(&state) { $0 <= ticket }
        }
        for continuation in ready { continuation.resume(returning: true) }
    }

    /// Takes no more lines in.
    func close() {
        state.withLock { $0.isClosed = true }
    }

    /// Lets those go who still wait: the agent has ended.
    func end() {
        let rest = state.withLock { state in
            state.isClosed = true
            state.hasEnded = true
            return State.takeWaiters(&state) { _ in true }
        }
        for continuation in rest { continuation.resume(returning: false) }
    }
}

extension Inbox.State {
    /// The waiters for tickets that `isReady` names.
    fileprivate static func takeWaiters(
        _ state: inout Self, _ isReady: (Int) -> Bool
    ) -> [CheckedContinuation<Bool, Never>] {
        let ready = state.waiters.filter { isReady($0.ticket) }.map(\.continuation)
        state.waiters.removeAll { isReady($0.ticket) }
        return ready
    }
}
