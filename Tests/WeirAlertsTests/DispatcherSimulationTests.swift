import Testing
import WeirAlerts
import WeirModel
import WeirTemplate
import WeirTesting

/// Seeded hours of alerts, slow and failing receivers, and restarts, and what must hold through all of them.
@Suite struct DispatcherSimulationTests {
    private struct World {
        var random: SeededGenerator
        var dispatcher: Dispatcher
        var state = DispatcherState()
        var now: Int64 = 0
        /// Messages under way and when they are answered.
        var underWay: [(notification: Notification, answerAt: Int64)] = []
        /// What the receiver believes to fire.
        var believed: Set<LabelSet> = []
        /// What it was told, and when that was decided.
        var delivered: [(key: DeliveryKey, at: Timestamp)] = []

        init(seed: UInt64) {
            random = SeededGenerator(seed: seed)
            dispatcher = Dispatcher(
                DispatcherStage.configuration(), zones: ZoneCache { _ in nil }, at: DispatcherStage.at(0))
        }

        mutating func run(to second: Int64, failuresOf10: Int) {
            while true {
                let deadline = (dispatcher.nextDeadline.nanoseconds + 999_999_999) / 1_000_000_000
                let next = max(now, min(deadline, underWay.map(\.answerAt).min() ?? .max))
                if next > second { break }
                now = next
                step(failuresOf10)
            }
            now = second
        }

        private mutating func step(_ failuresOf10: Int) {
            for (notification, _) in underWay.filter({ $0.answerAt <= now }) {
                let fails = Int.random(in: 0..<10, using: &random) < failuresOf10
                if !fails { take(notification) }
                let outcome: DeliveryOutcome =
                    fails ? .postponed(reason: "down", after: nil) : .delivered(status: 200)
                dispatcher.finish(notification.key, outcome, jitter: 0.5, at: DispatcherStage.at(now))
            }
            underWay.removeAll { $0.answerAt <= now }
            for notification in dispatcher.advance(to: DispatcherStage.at(now)) {
                underWay.append((notification, now + Int64.random(in: 0...100, using: &random)))
            }
            state.apply(dispatcher.takeChanges())
        }

        private mutating func take(_ notification: Notification) {
            delivered.append((notification.key, notification.at))
            for item in notification.items {
                if item.isResolved { believed.remove(item.labels) } else { believed.insert(item.labels) }
            }
        }

        /// Everything in memory is lost, also the answers to what is under way.
        mutating func restart() {
            state.apply(dispatcher.takeChanges())
            underWay = []
            dispatcher = Dispatcher(
                DispatcherStage.configuration(), state: state, zones: ZoneCache { _ in nil },
                at: DispatcherStage.at(now))
        }
    }

    @Test(arguments: Array(1...30) as [UInt64])
    func `in the end the receiver knows what fires, whatever failed`(seed: UInt64) {
        var world = World(seed: seed)
        var truth: Set<LabelSet> = []
        for _ in 0..<150 {
            world.run(to: world.now + Int64.random(in: 1...90, using: &world.random), failuresOf10: 3)
            if Int.random(in: 0..<10, using: &world.random) == 0 { world.restart() }
            let labels: LabelSet = [
                "alertname": "A\(Int.random(in: 0..<4, using: &world.random))",
                "i": "\(Int.random(in: 0..<3, using: &world.random))",
            ]
            let ends = truth.contains(labels) && Bool.random(using: &world.random)
            if ends { truth.remove(labels) } else { truth.insert(labels) }
            let alert = Alert(
                labels: labels, startsAt: DispatcherStage.at(world.now),
                endsAt: DispatcherStage.at(ends ? world.now : world.now + 1_000_000))
            world.dispatcher.receive([alert], at: DispatcherStage.at(world.now))
        }
        world.run(to: world.now + 1000, failuresOf10: 0)
        #expect(world.believed == truth)
        // From now on nothing changes, so that only repeats are sent, none too early.
        let before = world.delivered.count
        world.run(to: world.now + 2000, failuresOf10: 0)
        #expect(world.believed == truth)
        var latest: [DeliveryKey: Timestamp] = [:]
        for (key, at) in world.delivered[before...] {
            if let last = latest[key] { #expect(at.nanoseconds - last.nanoseconds >= 600_000_000_000) }
            latest[key] = at
        }
    }
}

extension DispatcherState {
    /// Keeps changes as a database does.
    fileprivate mutating func apply(_ changes: [StateChange]) {
        for change in changes {
            switch change {
            case .alert(let alert):
                alerts.removeAll { $0.labels == alert.labels }
                alerts.append(alert)
            case .alertForgotten(let labels): alerts.removeAll { $0.labels == labels }
            case .timer(let timer):
                timers.removeAll { $0.groupKey == timer.groupKey && $0.receiver == timer.receiver }
                timers.append(timer)
            case .timerForgotten(let key, let receiver):
                timers.removeAll { $0.groupKey == key && $0.receiver == receiver }
            case .silence(let silence):
                silences.removeAll { $0.id == silence.id }
                silences.append(silence)
            case .silenceForgotten(let id): silences.removeAll { $0.id == id }
            case .told(let key, let entry): log[key] = entry
            case .toldForgotten(let key): log[key] = nil
            case .owed(let key, let attempts, let notBefore): owed[key] = (attempts, notBefore)
            case .settled(let key): owed[key] = nil
            }
        }
    }
}
