internal import Synchronization
public import WeirSystem

/// Follows files and pushes their lines until told to stop.
///
/// One thread of its own reads; one task per destination delivers. Positions move only when every destination has
/// taken, or finally refused, the lines before them, so that a crash at any instant loses nothing that is still in the
/// files; what was sent and not yet saved is sent again.
public final class Agent: Sendable {
    /// How long ``run()`` waits, once stopped, for destinations to take what was read.
    public static let drainTimeout: Duration = .seconds(5)

    private struct State {
        var statistics = AgentStatistics()
        var deliveries: [AgentDelivery]
        var isStopping = false
    }

    private let configuration: AgentConfiguration
    private let system: any FileSystem
    private let clock: any WallClock
    private let destinations: [any PushDestination]
    private let events: any FolderEvents
    private let inbox: Inbox?
    private let drainTime: Duration
    private let queue: DeliveryQueue
    private let state: Mutex<State>
    private let report: @Sendable (AgentMessage) -> Void

    /// Creates an agent that is not running yet.
    ///
    /// - Parameters:
    ///   - configuration: what to follow; its clients are not looked at but for the sizes of batches.
    ///   - system: where files are.
    ///   - clock: the time of lines that carry none.
    ///   - destinations: where batches go; each gets every line.
    ///   - events: hints of new files.
    ///   - inbox: brings lines that are in no file; closed when the agent is told to stop.
    ///   - drainTime: how long ``run()`` waits for destinations once it is stopped.
    ///   - report: takes messages for the log.
    public init(
        _ configuration: AgentConfiguration, system: any FileSystem, destinations: [any PushDestination],
        clock: any WallClock = SystemClock(), events: any FolderEvents = FileEvents(), inbox: Inbox? = nil,
        drainTime: Duration = Agent.drainTimeout,
        report: @escaping @Sendable (AgentMessage) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.system = system
        self.clock = clock
        self.destinations = destinations
        self.events = events
        self.inbox = inbox
        self.drainTime = drainTime
        inbox?.connect { events.wake() }
        self.report = report
        queue = DeliveryQueue(destinationCount: destinations.count) { events.wake() }
        state = Mutex(State(deliveries: destinations.map { AgentDelivery(name: $0.name) }))
    }

    /// Follows and pushes until ``stop()`` is called or the task is cancelled; then delivers what was read, for at most
    /// ``drainTimeout``, and saves positions. Call it once.
    ///
    /// - Throws: ``AgentError`` when the configuration or the positions file cannot be used.
    public func run() async throws(AgentError) {
        // Problems are found here, where they can be thrown, and not on the thread.
        let follower = try FollowerBox(
            Follower(
                configuration, system: system, clock: clock, destinations: destinations, queue: queue, inbox: inbox))
        await withTaskCancellationHandler {
            await withTaskGroup(of: Ending.self) { group in
                for index in destinations.indices {
                    group.addTask { await self.deliver(to: index) }
                }
                await self.follow(follower)
                await self.drain(&group)
            }
        } onCancel: {
            stop()
        }
        follower.value.savePositions()
        follower.value.closeSpool()
        inbox?.end()
        publish(follower.value)
    }

    /// Asks ``run()`` to end. Any thread may call it.
    public func stop() {
        state.withLock { $0.isStopping = true }
        inbox?.close()
        events.wake()
    }

    /// What was done so far. A picture taken at most a poll ago.
    public func statistics() -> AgentStatistics {
        state.withLock { state in
            var statistics = state.statistics
            statistics.deliveries = state.deliveries
            if statistics.deliveries.count == 1 {
                statistics.deliveries[0].entriesDropped.merge(queue.dropped) { $0 + $1 }
            }
            return statistics
        }
    }

    // MARK: Reading

    /// The follower belongs to the reading thread from `follow` on, and to `run` again once that has ended.
    private struct FollowerBox: @unchecked Sendable {
        let value: Follower

        init(_ value: Follower) {
            self.value = value
        }
    }

    /// Runs the reading loop on a thread of its own and waits for its end.
    private func follow(_ follower: FollowerBox) async {
        await withCheckedContinuation { continuation in
            let thread = WorkThread(name: "weir-follow") {
                self.loop(follower.value)
                continuation.resume()
            }
            // The thread ends by itself; nobody needs to wait for more than the continuation.
            _ = thread
        }
    }

    private func loop(_ follower: Follower) {
        var mayHaveNewFiles = true
        while !state.withLock({ $0.isStopping }) {
            let step = follower.step(mayHaveNewFiles: mayHaveNewFiles)
            mayHaveNewFiles = false
            if let folders = step.folders { events.watch(folders) }
            publish(follower)
            if step.hasMore { continue }
            mayHaveNewFiles = events.wait(upTo: .nanoseconds(step.idleNanoseconds)) == .changed
        }
        follower.stop()
        queue.close()
    }

    private func publish(_ follower: Follower) {
        let snapshot = follower.snapshot()
        state.withLock { $0.statistics = snapshot }
        for message in follower.takeMessages() { report(message) }
    }

    // MARK: Delivering

    private func deliver(to index: Int) async -> Ending {
        while let work = await queue.next(destination: index) {
            for parcel in work.parcels {
                do throws(CancellationError) {
                    record(try await destinations[index].deliver(parcel), parcel, index)
                } catch {
                    return .senderDone
                }
            }
            queue.settle(work.sequence, destination: index)
        }
        return .senderDone
    }

    private func record(_ outcome: DeliveryOutcome, _ parcel: PushParcel, _ index: Int) {
        let isFirst = state.withLock { state -> Bool in
            switch outcome {
            case .delivered:
                state.deliveries[index].entriesSent += parcel.lineCount
                state.deliveries[index].bytesSent += parcel.lineBytes
                return false
            case .refused(let reason, _):
                let isFirst = state.deliveries[index].entriesDropped[reason] == nil
                state.deliveries[index].entriesDropped[reason, default: 0] += parcel.lineCount
                return isFirst
            }
        }
        guard isFirst, case .refused(let reason, let message) = outcome else { return }
        report(
            AgentMessage(
                .error,
                "\(destinations[index].name) refused \(parcel.lineCount) lines, which are dropped: \(message); "
                    + "further ones are counted in promtail_dropped_entries_total{reason=\"\(reason)\"}"))
    }

    /// Waits for the senders, but not for ever: what they do not deliver is read again by the next run.
    private func drain(_ group: inout TaskGroup<Ending>) async {
        group.addTask { [drainTime] in
            try? await Task.sleep(for: drainTime)
            return .timeUp
        }
        var remaining = destinations.count
        while remaining > 0, let ending = await group.next() {
            if ending == .timeUp { break }
            remaining -= 1
        }
        group.cancelAll()
    }

    /// Why a task of ``run()`` has ended.
    private enum Ending {
        case senderDone, timeUp
    }
}
