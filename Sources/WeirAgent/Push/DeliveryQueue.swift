internal import Synchronization

/// Sealed batches between the follower's thread and the senders: order kept, amount bounded by the follower, and
/// nothing counts as delivered before every destination has settled it.
package final class DeliveryQueue: Sendable {
    private struct Shipment {
        var sequence: Int
        var parcels: [[PushParcel]]  // by destination
        var marks: [FileKey: Int]
        var lineBytes: Int
        var unsettled: Int
    }

    private struct State {
        var shipments: [Int: Shipment] = [:]
        var nextSequence = 0
        var oldestSequence = 0
        var cursors: [Int]
        var waiting: [CheckedContinuation<Void, Never>?]
        var acknowledged: [FileKey: Int] = [:]
        var outstandingBytes = 0
        var isClosed = false
    }

    private let state: Mutex<State>
    private let wakeFollower: @Sendable () -> Void

    /// - Parameter wakeFollower: called after every settled batch: there is room again, and positions have moved.
    package init(destinationCount: Int, wakeFollower: @escaping @Sendable () -> Void) {
        state = Mutex(
            State(
                cursors: Array(repeating: 0, count: destinationCount),
                waiting: Array(repeating: nil, count: destinationCount)))
        self.wakeFollower = wakeFollower
    }

    /// Bytes of lines that are not settled yet.
    package var outstandingBytes: Int { state.withLock { $0.outstandingBytes } }
    /// Whether everything put in has been settled.
    package var isSettled: Bool { state.withLock { $0.shipments.isEmpty } }

    /// Adds a batch with one list of parcels per destination; one without parcels is settled when its turn comes.
    package func put(_ parcels: [[PushParcel]], marks: [FileKey: Int], lineBytes: Int) {
        let woken = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            let sequence = state.nextSequence
            state.nextSequence += 1
            state.shipments[sequence] = Shipment(
                sequence: sequence, parcels: parcels, marks: marks, lineBytes: lineBytes, unsettled: parcels.count)
            state.outstandingBytes += lineBytes
            return DeliveryQueue.takeWaiting(&state)
        }
        for continuation in woken { continuation.resume() }
    }

    /// The parcels that a destination must deliver next; waits for them. Nil once the queue is closed and empty.
    package func next(destination: Int) async -> (sequence: Int, parcels: [PushParcel])? {
        while true {
            enum Step {
                case take(Int, [PushParcel])
                case wait
                case end
            }
            let step = state.withLock { state -> Step in
                if let shipment = state.shipments[state.cursors[destination]] {
                    return .take(shipment.sequence, shipment.parcels[destination])
                }
                return state.isClosed ? .end : .wait
            }
            switch step {
            case .take(let sequence, let parcels): return (sequence, parcels)
            case .end: return nil
            case .wait: await waitForWork(destination)
            }
        }
    }

    /// Records that a destination is done with a batch, whether it took or refused it.
    package func settle(_ sequence: Int, destination: Int) {
        state.withLock { state in
            guard var shipment = state.shipments[sequence] else { return }
            shipment.unsettled -= 1
            shipment.parcels[destination] = []
            state.shipments[sequence] = shipment
            state.cursors[destination] = sequence + 1
            // Destinations keep the order, so batches are done in order as well.
            while let oldest = state.shipments[state.oldestSequence], oldest.unsettled == 0 {
                state.acknowledged.merge(oldest.marks) { _, new in new }
                state.outstandingBytes -= oldest.lineBytes
                state.shipments[state.oldestSequence] = nil
                state.oldestSequence += 1
            }
        }
        wakeFollower()
    }

    /// Takes the offsets up to which files are delivered since the last call.
    package func takeAcknowledged() -> [FileKey: Int] {
        state.withLock { state in
            defer { state.acknowledged.removeAll() }
            return state.acknowledged
        }
    }

    /// Lets the senders end when everything is delivered.
    package func close() {
        let woken = state.withLock { state in
            state.isClosed = true
            return DeliveryQueue.takeWaiting(&state)
        }
        for continuation in woken { continuation.resume() }
    }

    private func waitForWork(_ destination: Int) async {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                guard state.shipments[state.cursors[destination]] == nil, !state.isClosed else { return true }
                state.waiting[destination] = continuation
                return false
            }
            if isReady { continuation.resume() }
        }
    }

    private static func takeWaiting(_ state: inout State) -> [CheckedContinuation<Void, Never>] {
        let waiting = state.waiting.compactMap { $0 }
        for index in state.waiting.indices { state.waiting[index] = nil }
        return waiting
    }
}
