import Testing
import WeirAlerts
import WeirModel
import WeirTemplate

/// A dispatcher with a receiver that takes everything, and a clock set by hand.
struct DispatcherStage {
    var dispatcher: Dispatcher
    var now: Int64 = 0
    /// Outcomes for the next messages; when empty, they are delivered.
    var outcomes: [DeliveryOutcome] = []
    var sent: [(second: Int64, notification: Notification)] = []
    var changes: [StateChange] = []

    static let webhook = IntegrationID(receiver: "hook", kind: "webhook", index: 0)

    /// Groups by alertname: wait 10 s, interval 60 s, repeat 600 s.
    static func configuration(sendsResolved: Bool = true) -> DispatcherConfiguration {
        var route = Route(receiver: "hook")
        route.grouping = .names(["alertname"])
        route.groupWait = .seconds(10)
        route.groupInterval = .seconds(60)
        route.repeatInterval = .seconds(600)
        var configuration = DispatcherConfiguration(route: route)
        configuration.recipients = ["hook": [.init(id: webhook, sendsResolved: sendsResolved)]]
        return configuration
    }

    init(
        _ configuration: DispatcherConfiguration = DispatcherStage.configuration(),
        state: DispatcherState = DispatcherState(), at second: Int64 = 0
    ) {
        now = second
        dispatcher = Dispatcher(configuration, state: state, zones: ZoneCache { _ in nil }, at: Self.at(second))
    }

    static func at(_ second: Int64) -> Timestamp { Timestamp(nanoseconds: second * 1_000_000_000) }

    /// Goes on second by second, as a program would by deadlines, and answers every message.
    mutating func run(to second: Int64) {
        while true {
            let deadline = dispatcher.nextDeadline.nanoseconds
            let next = max(now, (deadline + 999_999_999) / 1_000_000_000)
            guard next <= second else { break }
            now = next
            step()
        }
        now = second
        step()
    }

    mutating func step() {
        for notification in dispatcher.advance(to: Self.at(now)) {
            sent.append((now, notification))
            let outcome = outcomes.isEmpty ? DeliveryOutcome.delivered(status: 200) : outcomes.removeFirst()
            dispatcher.finish(notification.key, outcome, jitter: 0.5, at: Self.at(now))
        }
        changes += dispatcher.takeChanges()
    }

    mutating func fire(_ name: String, _ labels: LabelSet = [:], startsAt: Int64? = nil, endsAt: Int64? = nil) {
        var all = labels
        all["alertname"] = name
        dispatcher.receive(
            [Alert(labels: all, startsAt: Self.at(startsAt ?? now), endsAt: endsAt.map { Self.at($0) })],
            at: Self.at(now))
    }

    /// `10 first notification: A{i="1"}+ A{i="2"}-`
    var story: [String] {
        sent.map { second, notification in
            let items = notification.items.map { item in
                var labels = item.labels
                let name = labels["alertname"] ?? ""
                labels["alertname"] = nil
                return name + (labels.isEmpty ? "" : labels.description) + (item.isResolved ? "-" : "+")
            }
            return "\(second) \(notification.reason.rawValue): \(items.joined(separator: " "))"
        }
    }
}

@Suite struct DispatcherTests {
    @Test func `a group waits for more alerts and tells them together`() {
        var stage = DispatcherStage()
        stage.fire("A", ["i": "1"], endsAt: 500)
        stage.run(to: 5)
        stage.fire("A", ["i": "2"], endsAt: 500)
        stage.fire("B", endsAt: 500)
        stage.run(to: 60)
        #expect(
            stage.story == [#"10 first notification: A{i="1"}+ A{i="2"}+"#, "15 first notification: B+"])
    }

    @Test func `a new alert is told at the next interval, an end too, and an unchanged group only after the repeat`() {
        var stage = DispatcherStage()
        stage.fire("A", ["i": "1"], endsAt: 5000)
        stage.run(to: 20)
        stage.fire("A", ["i": "2"], endsAt: 5000)
        stage.run(to: 100)
        stage.fire("A", ["i": "2"], startsAt: 20, endsAt: 100)
        stage.run(to: 900)
        #expect(
            stage.story == [
                #"10 first notification: A{i="1"}+"#, #"70 new alerts: A{i="1"}+ A{i="2"}+"#,
                #"130 alerts resolved: A{i="1"}+ A{i="2"}-"#, #"730 repeat interval: A{i="1"}+"#,
            ])
    }

    @Test func `an alert that is not renewed ends by itself, is told once and forgotten`() {
        var stage = DispatcherStage()
        stage.fire("A")
        stage.run(to: 2000)
        #expect(stage.story == ["10 first notification: A+", "310 all alerts resolved: A-"])
        #expect(stage.dispatcher.alerts.isEmpty)
    }

    @Test func `an alert that starts and ends before the first look is never told`() {
        var stage = DispatcherStage()
        stage.fire("A", endsAt: 5)
        stage.run(to: 400)
        #expect(stage.story.isEmpty)
    }

    @Test func `an alert that has fired for longer than the wait is told at once`() {
        var stage = DispatcherStage(at: 1000)
        stage.fire("A", startsAt: 900, endsAt: 5000)
        stage.run(to: 1001)
        #expect(stage.story == ["1000 first notification: A+"])
    }

    @Test func `who is not told of ends still hears the next firing`() {
        var stage = DispatcherStage(DispatcherStage.configuration(sendsResolved: false))
        stage.fire("A", endsAt: 30)
        stage.run(to: 90)
        stage.fire("A", endsAt: 5000)
        stage.run(to: 200)
        #expect(stage.story == ["10 first notification: A+", "130 first notification: A+"])
    }

    @Test func `a failed delivery is tried again with a longer wait each time`() {
        var stage = DispatcherStage()
        stage.outcomes = [.postponed(reason: "503", after: nil), .postponed(reason: "503", after: 20_000_000_000)]
        stage.fire("A", endsAt: 5000)
        stage.run(to: 60)
        #expect(
            stage.story == [
                "10 first notification: A+", "11 first notification: A+", "31 first notification: A+",
            ])
    }

    @Test func `the newest state replaces what could not be delivered`() {
        var stage = DispatcherStage()
        stage.outcomes = [.postponed(reason: "down", after: 100_000_000_000)]
        stage.fire("A", ["i": "1"], endsAt: 5000)
        stage.run(to: 20)
        stage.fire("A", ["i": "2"], endsAt: 5000)
        stage.run(to: 200)
        #expect(
            stage.story == [
                #"10 first notification: A{i="1"}+"#, #"110 first notification: A{i="1"}+ A{i="2"}+"#,
            ])
    }

    @Test func `an end is told late rather than never, and not at all when nobody heard of the start`() {
        var stage = DispatcherStage()
        stage.fire("A", endsAt: 40)
        stage.outcomes = [.delivered(status: 200), .postponed(reason: "down", after: 200_000_000_000)]
        stage.run(to: 500)
        #expect(
            stage.story == [
                "10 first notification: A+", "70 all alerts resolved: A-", "270 all alerts resolved: A-",
            ])
        var unheard = DispatcherStage()
        unheard.fire("A", endsAt: 40)
        unheard.outcomes = [.postponed(reason: "down", after: 200_000_000_000)]
        unheard.run(to: 500)
        #expect(unheard.story == ["10 first notification: A+"])
    }

    @Test func `what a receiver refuses is tried again with the next look`() {
        var stage = DispatcherStage()
        stage.outcomes = [.refused(reason: "400")]
        stage.fire("A", endsAt: 5000)
        stage.run(to: 100)
        #expect(stage.story == ["10 first notification: A+", "70 first notification: A+"])
    }

    @Test func `a silence hides alerts, and its end brings them back`() throws {
        var stage = DispatcherStage()
        let silence = Silence(
            matchers: try MatcherText.parse("i=1"), startsAt: DispatcherStage.at(0), endsAt: DispatcherStage.at(100))
        _ = try stage.dispatcher.setSilence(silence, at: DispatcherStage.at(0), newID: "s")
        stage.fire("A", ["i": "1"], endsAt: 5000)
        stage.fire("A", ["i": "2"], endsAt: 5000)
        stage.run(to: 150)
        #expect(
            stage.story == [#"10 first notification: A{i="2"}+"#, #"130 new alerts: A{i="1"}+ A{i="2"}+"#])
    }

    @Test func `a firing source inhibits, an ended one does not`() throws {
        var configuration = DispatcherStage.configuration()
        configuration.inhibitions = [
            InhibitionRule(
                source: try MatcherText.parse("alertname=Down"), target: try MatcherText.parse("severity=warning"),
                equal: ["host"])
        ]
        var stage = DispatcherStage(configuration)
        stage.fire("Down", ["host": "a"], endsAt: 100)
        stage.fire("Slow", ["host": "a", "severity": "warning"], endsAt: 5000)
        stage.fire("Slow", ["host": "b", "severity": "warning"], endsAt: 5000)
        stage.run(to: 140)
        #expect(
            stage.story == [
                #"10 first notification: Down{host="a"}+"#,
                #"10 first notification: Slow{host="b", severity="warning"}+"#,
                #"130 all alerts resolved: Down{host="a"}-"#,
                #"130 new alerts: Slow{host="a", severity="warning"}+ Slow{host="b", severity="warning"}+"#,
            ])
    }

    @Test func `nothing is sent in a mute interval, and the first look behind it tells`() {
        var configuration = DispatcherStage.configuration()
        configuration.route.routes = [Route(receiver: "hook")]
        configuration.route.routes[0].muteIntervals = ["early"]
        var part = MuteInterval.Part()
        part.minutes = [0..<2]
        configuration.muteIntervals = [MuteInterval(name: "early", parts: [part])]
        var stage = DispatcherStage(configuration)
        stage.fire("A", endsAt: 5000)
        stage.run(to: 200)
        #expect(stage.story == ["130 first notification: A+"])
    }

    @Test func `a clock set back does not stop the timers`() {
        var stage = DispatcherStage(at: 10_000)
        stage.fire("A", endsAt: 90_000)
        stage.run(to: 10_005)
        stage.now = 5_000
        stage.step()
        stage.run(to: 5_006)
        #expect(stage.story == ["5005 first notification: A+"])
    }
}
