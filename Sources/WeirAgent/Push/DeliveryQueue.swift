internal import Synchronization
internal import WeirModel
package import WeirSystem

/// Sealed batches between the follower's thread and the senders: order kept, amount bounded by the follower.
///
/// Without a spool nothing counts as read before every destination has settled it. With one a batch counts as read when
/// it is in the spool, and memory holds only the next few.
package final class DeliveryQueue: Sendable {
    private struct Shipment {
        /// By destination; nil when they are to be read from the spool.
        var parcels: [[PushParcel]]?
        var marks: [FileKey: Int]
        var lineBytes: Int
        var unsettled: Int
        var place: Spool.Place?
        var isHandedOut = false
        /// The number in the spool of a batch that was dropped from it.
        var wasDropped: UInt64?
    }

    private struct State {
        var shipments: [Int: Shipment] = [:]
        var nextSequence = 0
        var oldestSequence = 0
        var cursors: [Int]
        var waiting: [CheckedContinuation<Void, Never>?]
        var progress = Progress()
        var outstandingBytes = 0
        /// Encoded bytes of spooled batches that are in memory as well.
        var heldBytes = 0
        var isClosed = false
        var dropped: [String: Int] = [:]
        /// How many batches wait in memory alone.
        var unspooledCount = 0
        /// The first batch that may still be dropped from the spool.
        var dropCursor = 0
        /// The spool, once it is there; only with a single destination.
        var spool: Spool?
    }

    /// What has moved since somebody last asked.
    package struct Progress: Sendable {
        /// The offsets up to which files are delivered, or in the spool.
        package var acknowledged: [FileKey: Int] = [:]
        /// How far that is in the spool; nil when it has not moved.
        package var applied: UInt64?
        /// The last batch of the spool that is done with; nil when none is.
        package var delivered: UInt64?
    }

    /// What is left in memory of batches that are on disk: enough for the next requests, so that nothing is read back
    /// while the server keeps up.
    private static let heldBytesMax = 2 << 20

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
    /// The number of batches that are done with; while it does not rise although something waits, the server is away.
    package var settledCount: Int { state.withLock { $0.oldestSequence } }
    /// Whether the next batch goes to the spool, and not to memory alone.
    package var isSpooling: Bool { state.withLock { $0.spool != nil && $0.unspooledCount == 0 } }
    /// Bytes that the spool holds.
    package var spooledBytes: Int { state.withLock { $0.spool?.bytes ?? 0 } }
    /// Lines that were dropped from the spool, by reason.
    package var dropped: [String: Int] { state.withLock { $0.dropped } }

    /// Lets batches go through a spool, beginning with those that the last run left. Only before anything is put in.
    func attach(_ spool: Spool, _ places: [Spool.Place]) {
        state.withLock { state in
            precondition(state.cursors.count == 1 && state.nextSequence == 0)
            state.spool = spool
            for place in places {
                state.shipments[state.nextSequence] = Shipment(
                    parcels: nil, marks: [:], lineBytes: place.lineBytes, unsettled: 1, place: place)
                state.nextSequence += 1
                state.outstandingBytes += place.lineBytes
            }
        }
    }

    /// Adds a batch with one list of parcels per destination; one without parcels is settled when its turn comes.
    ///
    /// - Parameters:
    ///   - positions: what `marks` say, as it stands in the positions file.
    ///   - now: nanoseconds since 1970 UTC.
    /// - Throws: why the batch is not in the spool; it waits in memory all the same.
    package func put(
        _ parcels: [[PushParcel]], marks: [FileKey: Int], lineBytes: Int, positions: [PositionRecord] = [],
        now: Int64 = 0
    ) throws(FileError) {
        let (spool, hasUnspooled) = state.withLock { state in
            // A batch that is not on disk is read again after a crash, and so must everything behind it be.
            (state.spool, state.unspooledCount > 0)
        }
        var shipment = Shipment(parcels: parcels, marks: marks, lineBytes: lineBytes, unsettled: parcels.count)
        var failure: FileError?
        if let spool, !hasUnspooled, let own = parcels.first, own.allSatisfy(\.isEncoded) {
            do throws(FileError) {
                let place = try spool.put(own, marks: positions, now: now)
                shipment.place = place
                shipment.parcels = [Spool.numbered(own, place.origin)]
            } catch {
                failure = error
            }
        }
        let woken = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            if let place = shipment.place {
                state.progress.acknowledged.merge(marks) { _, new in new }
                state.progress.applied = place.number
                shipment.marks = [:]
                if state.heldBytes + place.byteCount > DeliveryQueue.heldBytesMax {
                    shipment.parcels = nil
                } else {
                    state.heldBytes += place.byteCount
                }
            } else {
                state.unspooledCount += 1
            }
            state.shipments[state.nextSequence] = shipment
            state.nextSequence += 1
            state.outstandingBytes += lineBytes
            return DeliveryQueue.takeWaiting(&state)
        }
        for continuation in woken { continuation.resume() }
        if let failure { throw failure }
    }

    /// The parcels that a destination must deliver next; waits for them. Nil once the queue is closed and empty.
    package func next(destination: Int) async -> (sequence: Int, parcels: [PushParcel])? {
        while true {
            enum Step {
                case take(Int, [PushParcel])
                case read(Int, Spool, Spool.Place)
                case wait
                case end
            }
            let step = state.withLock { state -> Step in
                let sequence = state.cursors[destination]
                guard let shipment = state.shipments[sequence] else { return state.isClosed ? .end : .wait }
                state.shipments[sequence]?.isHandedOut = true
                if let parcels = shipment.parcels { return .take(sequence, parcels[destination]) }
                guard let spool = state.spool, let place = shipment.place else { return .take(sequence, []) }
                return .read(sequence, spool, place)
            }
            switch step {
            case .take(let sequence, let parcels): return (sequence, parcels)
            case .read(let sequence, let spool, let place):
                if let parcels = try? spool.parcels(at: place) { return (sequence, parcels) }
                // The disk has lost it; everything behind it can still be delivered.
                drop(place.lineCount, reason: "spool_damaged")
                return (sequence, [])
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
            if shipment.parcels != nil { shipment.parcels?[destination] = [] }
            state.shipments[sequence] = shipment
            state.cursors[destination] = sequence + 1
            DeliveryQueue.forgetSettled(&state)
        }
        wakeFollower()
    }

    /// Takes what has moved since the last call.
    package func takeProgress() -> Progress {
        state.withLock { state in
            defer { state.progress = Progress() }
            return state.progress
        }
    }

    /// Drops the batches that have waited longest until the spool holds at most `bytes`; none that is being sent.
    package func dropOldest(downTo bytes: Int) {
        dropSpooled(reason: "spool_full") { spool, _ in spool.bytes > bytes }
    }

    /// Drops batches that were put into the spool before an instant; none that is being sent.
    package func drop(createdBefore instant: Int64) {
        dropSpooled(reason: "spool_too_old") { _, place in place.created < instant }
    }

    /// Counts lines that are dropped.
    package func drop(_ lines: Int, reason: String) {
        state.withLock { $0.dropped[reason, default: 0] += lines }
    }

    /// Lets the senders end when everything is delivered.
    package func close() {
        let woken = state.withLock { state in
            state.isClosed = true
            return DeliveryQueue.takeWaiting(&state)
        }
        for continuation in woken { continuation.resume() }
    }

    /// Closes the spool's files; everything must be saved and no sender left.
    package func closeSpool() {
        state.withLock { $0.spool }?.close()
    }

    private func dropSpooled(reason: String, _ mustGo: (Spool, Spool.Place) -> Bool) {
        state.withLock { state in
            guard let spool = state.spool else { return }
            if state.shipments[state.cursors[0]]?.isHandedOut == true {
                state.dropCursor = max(state.dropCursor, state.cursors[0] + 1)
            }
            state.dropCursor = max(state.dropCursor, state.cursors[0])
            while let shipment = state.shipments[state.dropCursor] {
                guard let place = shipment.place, mustGo(spool, place) else { break }
                defer { state.dropCursor += 1 }
                if shipment.parcels != nil { state.heldBytes -= place.byteCount }
                spool.remove(place)
                state.dropped[reason, default: 0] += place.lineCount
                state.outstandingBytes -= shipment.lineBytes
                // An empty one keeps its place in the order and is settled when its turn comes.
                var empty = Shipment(parcels: [[]], marks: [:], lineBytes: 0, unsettled: 1)
                empty.wasDropped = place.number
                state.shipments[state.dropCursor] = empty
            }
        }
    }

    /// Destinations keep the order, so batches are done in order as well.
    private static func forgetSettled(_ state: inout State) {
        while let oldest = state.shipments[state.oldestSequence], oldest.unsettled == 0 {
            state.progress.acknowledged.merge(oldest.marks) { _, new in new }
            state.outstandingBytes -= oldest.lineBytes
            if let place = oldest.place {
                if oldest.parcels != nil { state.heldBytes -= place.byteCount }
                state.spool?.remove(place)
                state.progress.delivered = place.number
            }
            if let number = oldest.wasDropped { state.progress.delivered = number }
            if oldest.place == nil, oldest.wasDropped == nil { state.unspooledCount -= 1 }
            state.shipments[state.oldestSequence] = nil
            state.oldestSequence += 1
        }
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
