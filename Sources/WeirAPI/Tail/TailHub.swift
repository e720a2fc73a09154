internal import LogQL
internal import Synchronization
public import WeirModel

/// Brings new lines to the tails that asked for them.
///
/// A push is published once it is stored, at the cost of a look at an atomic number while nobody tails. Someone takes
/// ``pushes`` and gives each to ``deliver(_:)``: a query runs once over a push however many tails ask it.
public final class TailHub: Sendable {
    /// Pushes to deliver, in the order stored; for one reader.
    public let pushes: AsyncStream<Push>

    private let continuation: AsyncStream<Push>.Continuation
    private let tailsMax: Int
    private let tailCount = Atomic<Int>(0)
    private let waitingBytes = Atomic<Int>(0)
    private let sentCount = Atomic<Int>(0)
    private let droppedCount = Atomic<Int>(0)
    private let state = Mutex(State())

    /// The most bytes of pushes that wait to be delivered; what comes on top is lost to tails, though stored.
    private static let waitingBytesMax = 64 << 20

    private struct State {
        var groups: [Key: Group] = [:]
        var nextNumber = 0
    }

    /// What tails share when they show the same entries in the same form.
    private struct Key: Hashable {
        let tenant: Tenant
        let text: String
        let categorizes: Bool
    }

    private struct Group {
        let request: TailRequest
        var members: [Int: TailSubscription] = [:]
    }

    /// Creates a hub.
    ///
    /// - Parameter tailsMax: the most tails at once, of all tenants.
    public init(tailsMax: Int = 2000) {
        self.tailsMax = tailsMax
        (pushes, continuation) = AsyncStream.makeStream()
    }

    /// Takes a push that has just been stored. Never waits.
    public func publish(_ push: Push) {
        guard tailCount.load(ordering: .relaxed) > 0, !push.batch.isEmpty else { return }
        let bytes = push.batch.bytes.count
        let waiting = waitingBytes.wrappingAdd(bytes, ordering: .relaxed).newValue
        guard waiting <= TailHub.waitingBytesMax || waiting == bytes else {
            waitingBytes.wrappingSubtract(bytes, ordering: .relaxed)
            return lose(push)
        }
        continuation.yield(push)
    }

    /// Runs the tails' queries over a push and gives them what they let through. Computes; call it on a thread of one's
    /// own.
    public func deliver(_ push: Push, now: Timestamp) {
        defer { waitingBytes.wrappingSubtract(push.batch.bytes.count, ordering: .relaxed) }
        for (group, selected) in groups(for: push) {
            let entries = group.request.render(
                group.request.query.entries(of: push.batch, selected: selected), isStored: false)
            guard !entries.isEmpty else { continue }
            for member in group.members.values {
                let lost = member.offer(entries, now: now)
                sentCount.wrappingAdd(entries.count - lost, ordering: .relaxed)
                droppedCount.wrappingAdd(lost, ordering: .relaxed)
            }
        }
    }

    /// Begins a tail, which gets every push stored from now on.
    ///
    /// - Throws: ``TailLimitError`` when there are too many.
    func subscribe(_ request: TailRequest) throws(TailLimitError) -> TailSubscription {
        let key = TailHub.key(of: request)
        let subscription = state.withLock { state -> TailSubscription? in
            guard tailCount.load(ordering: .relaxed) < tailsMax else { return nil }
            tailCount.wrappingAdd(1, ordering: .relaxed)
            state.nextNumber += 1
            let subscription = TailSubscription(request, number: state.nextNumber)
            state.groups[key, default: Group(request: request)].members[state.nextNumber] = subscription
            return subscription
        }
        guard let subscription else { throw TailLimitError(limit: tailsMax) }
        return subscription
    }

    /// Ends a tail.
    func unsubscribe(_ subscription: TailSubscription) {
        let key = TailHub.key(of: subscription.request)
        state.withLock { state in
            guard state.groups[key]?.members.removeValue(forKey: subscription.number) != nil else { return }
            tailCount.wrappingSubtract(1, ordering: .relaxed)
            if state.groups[key]?.members.isEmpty == true { state.groups[key] = nil }
        }
        subscription.finish()
    }

    /// The hub's counts as metrics.
    func families() -> [MetricFamily] {
        [
            MetricFamily(
                "weir_tails", "Tails that are open.", .gauge, value: Double(tailCount.load(ordering: .relaxed))),
            MetricFamily(
                "weir_tail_entries_total", "Entries given to tails.", .counter,
                value: Double(sentCount.load(ordering: .relaxed))),
            MetricFamily(
                "weir_tail_dropped_entries_total", "Entries that tails lost because they read too slowly.", .counter,
                value: Double(droppedCount.load(ordering: .relaxed))),
        ]
    }

    private func groups(for push: Push) -> [(group: Group, selected: [Bool])] {
        let groups = state.withLock { state in state.groups.filter { $0.key.tenant == push.tenant }.map(\.value) }
        return groups.compactMap { group in
            group.request.query.selected(push.batch.streams).map { (group, $0) }
        }
    }

    /// Tells tails of a push that could not wait. Its rows are not looked at one by one, so a tail may be told of more
    /// than its query would have shown.
    private func lose(_ push: Push) {
        for (group, selected) in groups(for: push) {
            for row in 0..<push.batch.count where selected[Int(push.batch.streamIndexes[row])] {
                let labels = push.batch.streams[Int(push.batch.streamIndexes[row])]
                for member in group.members.values { member.drop(labels, push.batch.timestamps[row]) }
                droppedCount.wrappingAdd(group.members.count, ordering: .relaxed)
            }
        }
    }

    private static func key(of request: TailRequest) -> Key {
        Key(tenant: request.tenant, text: request.text, categorizes: request.encoding.categorizesLabels)
    }
}

/// Too many tails are open.
public struct TailLimitError: Error, Sendable {
    /// The most there may be.
    let limit: Int

    /// The reason in Loki's words, for the frame that closes the connection.
    public var message: String {
        "max concurrent tail requests limit exceeded, count > limit (\(limit + 1) > \(limit))"
    }
}
