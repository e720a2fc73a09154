import Synchronization
import Testing
import WeirAlerts
import WeirModel
import WeirSystem
import WeirTemplate
import WeirTesting

/// Takes messages and answers as it is told.
final class RecordingTransport: NotificationTransport {
    private let bodies = Mutex<[String]>([])
    private let statuses: Mutex<[Int]>

    init(statuses: [Int] = []) {
        self.statuses = Mutex(statuses)
    }

    /// What was posted so far.
    var posted: [String] { bodies.withLock { $0 } }

    func post(_ message: HTTPMessage) async throws(HTTPSendError) -> HTTPAnswer {
        bodies.withLock { $0.append(String(decoding: message.body, as: UTF8.self)) }
        return HTTPAnswer(status: statuses.withLock { $0.isEmpty ? 200 : $0.removeFirst() })
    }

    func send(_ message: MailMessage) async -> DeliveryOutcome { .delivered(status: nil) }
}

@Suite struct AlertServiceTests {
    private let folder = TemporaryFolder()
    private let clock = ManualClock()

    private func service(
        _ transport: RecordingTransport, _ configuration: AlertingConfiguration = configuration
    ) throws -> AlertService {
        let zones = ZoneCache { _ in nil }
        return try AlertService(
            folder: folder.path, configuration: configuration,
            templates: NotificationTemplates(now: { [clock] in clock.now() }, zones: zones),
            surroundings: AlertService.Surroundings(
                clock: clock, random: SystemRandomSource(), transport: transport, zones: zones, readFile: { $0 }))
    }

    private static var configuration: AlertingConfiguration {
        var configuration = AlertingConfiguration()
        configuration.dispatcher.route = Route(receiver: "hook")
        configuration.dispatcher.route.grouping = .names(["alertname"])
        configuration.dispatcher.route.groupWait = .zero
        configuration.dispatcher.route.groupInterval = .seconds(60)
        configuration.receivers = [("hook", [WebhookReceiver(url: .text("http://hook"))])]
        return configuration
    }

    private func alert(_ name: String, _ labels: LabelSet = [:]) -> Alert {
        var all = labels
        all["alertname"] = name
        return Alert(labels: all, startsAt: Timestamp(nanoseconds: clock.now()))
    }

    /// Runs a service until `condition` holds.
    private func run(_ service: AlertService, until condition: @escaping @Sendable () async -> Bool) async -> Bool {
        await withTaskGroup(of: Bool?.self) { group in
            group.addTask {
                await service.run()
                return nil
            }
            group.addTask { await eventually { await condition() } }
            let result = await group.first { $0 != nil } ?? false
            group.cancelAll()
            return result ?? false
        }
    }

    @Test func `an alert is told, kept in the history and not told again after a restart`() async throws {
        let transport = RecordingTransport()
        let first = try service(transport)
        await first.receive([alert("A")])
        #expect(await run(first) { (try? await first.history(countMax: 10).count) == 1 })
        #expect(transport.posted.count == 1 && transport.posted[0].contains(#""alertname":"A""#))
        let attempt = try #require(try await first.history(countMax: 10).first)
        #expect(attempt.outcome == "delivered" && attempt.firing == 1 && attempt.detail == "status 200")

        let second = try service(transport)
        #expect(second.dispatcher.alerts.keys.map { $0["alertname"] } == ["A"])
        await second.receive([alert("B")])
        #expect(await run(second) { (try? await second.history(countMax: 10).count) == 2 })
        #expect(transport.posted.count == 2 && transport.posted[1].contains(#""alertname":"B""#))
    }

    @Test func `what could not be told before a restart is told after it`() async throws {
        let down = RecordingTransport(statuses: [503])
        let first = try service(down)
        await first.receive([alert("A")])
        #expect(await run(first) { (try? await first.history(countMax: 10).first?.outcome) == "postponed" })
        clock.advance(byNanoseconds: 30_000_000_000)
        let up = RecordingTransport()
        let second = try service(up)
        #expect(await run(second) { !up.posted.isEmpty })
    }

    @Test func `silences survive, and silence`() async throws {
        let transport = RecordingTransport()
        let first = try service(transport)
        let now = Timestamp(nanoseconds: clock.now())
        let id = try await first.setSilence(
            Silence(
                matchers: try MatcherText.parse(#"team=~"a|ü", x!="\n""#), startsAt: now,
                endsAt: now.advanced(byNanoseconds: 3_600_000_000_000), createdBy: "me", comment: "why"))
        let second = try service(transport)
        let silence = try #require(second.dispatcher.silences[id])
        #expect(silence.matchers == (try MatcherText.parse(#"team=~"a|ü", x!="\n""#)) && silence.comment == "why")
        #expect(second.dispatcher.silences.silencing(["team": "ü"], at: now) == [id])
        try await second.expireSilence(id)
        await #expect(throws: SilenceError.notFound(id: "x")) { try await second.expireSilence("x") }
        #expect(second.dispatcher.silences[id]?.state(at: now) == .expired)
    }

    @Test func `a test tells what became of each integration`() async throws {
        var configuration = Self.configuration
        var broken = WebhookReceiver(url: .text(""))
        broken.missing = "not configured"
        configuration.receivers = [("hook", [WebhookReceiver(url: .text("http://a")), broken])]
        let service = try service(RecordingTransport(statuses: [404]), configuration)
        let results = try #require(await service.sendTest(receiver: "hook", labels: ["severity": "page"]))
        #expect(results.map(\.outcome) == [.refused(reason: "status 404"), .refused(reason: "not configured")])
        #expect(await service.sendTest(receiver: "nobody", labels: [:]) == nil)
    }

    @Test func `metrics have Alertmanager's names`() async throws {
        let service = try service(RecordingTransport())
        await service.receive([alert("A")])
        let text = MetricExposition.text(service.metrics())
        #expect(text.contains(#"alertmanager_alerts{state="active"} 1"#))
        #expect(text.contains(#"weir_receiver_configured{integration="webhook[0]",receiver="hook"} 1"#))
    }
}
