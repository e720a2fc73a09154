import LogQL
import Testing
import WeirAPI
import WeirAlerts
import WeirModel
import WeirSystem
import WeirTemplate
import WeirTesting

/// Nobody is told anything.
private struct SilentTransport: NotificationTransport {
    func post(_ message: HTTPMessage) async throws(HTTPSendError) -> HTTPAnswer { HTTPAnswer(status: 200) }
    func send(_ message: MailMessage) async -> DeliveryOutcome { .delivered(status: nil) }
}

/// Takes every push and forgets it.
private struct NoLines: EntrySink {
    func append(_ push: Push) async throws(AppendError) {}
}

/// Requests as amtool, Prometheus and the scripts of users send them.
@Suite struct AlertmanagerTests {
    private let folder = TemporaryFolder()
    private let clock = ManualClock(nanoseconds: 1_795_242_324_000_000_000)

    private func services() throws -> APIServices {
        var configuration = AlertingConfiguration()
        configuration.dispatcher.route = Route(receiver: "all")
        configuration.dispatcher.route.grouping = .names(["alertname"])
        configuration.receivers = [("all", []), ("other", [])]
        let zones = ZoneCache { _ in nil }
        let service = try AlertService(
            folder: folder.path, configuration: configuration,
            templates: NotificationTemplates(now: { 0 }, zones: zones),
            surroundings: AlertService.Surroundings(
                clock: clock, random: SystemRandomSource(), transport: SilentTransport(), zones: zones,
                readFile: { $0 }))
        var services = APIServices(
            sink: NoLines(), source: MemoryLogSource(),
            runQuery: { _ throws(QueryError) in preconditionFailure("nobody asks") },
            now: { Timestamp(nanoseconds: 0) })
        services.alerting = service
        services.alertingText = { "route:\n  receiver: all\n" }
        services.reload = { () throws(ReloadError) in [] }
        return services
    }

    private func send(
        _ table: EndpointTable, _ method: String, _ path: String, _ body: String = "",
        _ parameters: KeyValuePairs<String, String> = [:]
    ) async -> (status: Int, text: String) {
        let request = APIRequest(
            method: method, path: path, parameters: parameters.map { (name: $0.key, value: $0.value) },
            headers: ["content-type": "application/json"], body: Array(body.utf8), arrival: Timestamp(nanoseconds: 0))
        let response = await table.respond(to: request)
        return (response.status, String(decoding: response.body, as: UTF8.self))
    }

    private static let alert = #"""
        [{"labels":{"alertname":"Down","host":"a","gone":""},"annotations":{"summary":"s"},"endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://g"}]
        """#

    @Test func `an alert that is posted is listed, by both paths`() async throws {
        let table = EndpointTable(services: try services())
        for root in ["/api/v2", "/alertmanager/api/v2"] {
            #expect(await send(table, "POST", root + "/alerts", Self.alert) == (200, ""))
            let (status, text) = await send(table, "GET", root + "/alerts")
            #expect(status == 200)
            let fingerprint = FingerprintText.text((["alertname": "Down", "host": "a"] as LabelSet).fingerprint)
            #expect(
                text == #"""
                    [{"annotations":{"summary":"s"},"endsAt":"2026-11-21T06:30:24.000Z","fingerprint":"\#(fingerprint)","receivers":[{"name":"all"}],"startsAt":"2026-11-21T06:25:24.000Z","status":{"inhibitedBy":[],"mutedBy":[],"silencedBy":[],"state":"active"},"updatedAt":"2026-11-21T06:25:24.000Z","generatorURL":"http://g","labels":{"alertname":"Down","host":"a"}}]

                    """#)
        }
        let groups = await send(table, "GET", "/api/v2/alerts/groups").text
        #expect(groups.hasSuffix(#"}],"labels":{"alertname":"Down"},"receiver":{"name":"all"}}]"# + "\n"))
    }

    @Test func `filters, receivers and flags choose`() async throws {
        let table = EndpointTable(services: try services())
        _ = await send(table, "POST", "/api/v2/alerts", Self.alert)
        for (parameters, isShown) in [
            (["filter": "alertname=Down"], true), (["filter": #"host=~"b|c""#], false), (["receiver": "al."], true),
            (["receiver": "al"], false), (["active": "false"], false), (["silenced": "false"], true),
        ] as [(KeyValuePairs<String, String>, Bool)] {
            let text = await send(table, "GET", "/api/v2/alerts", "", parameters).text
            #expect((text != "[]\n") == isShown, "\(parameters)")
        }
        #expect(await send(table, "GET", "/api/v2/alerts", "", ["filter": "x"]).status == 400)
    }

    @Test func `bad alerts are named, and the good ones among them are kept`() async throws {
        let table = EndpointTable(services: try services())
        let body = #"""
            [{"labels":{}},{"labels":{"a b":"c"}},{"labels":{"x":"y"}},
             {"labels":{"z":"1"},"startsAt":"2026-11-21T07:00:00Z","endsAt":"2026-11-21T06:00:00Z"}]
            """#
        let answer = await send(table, "POST", "/api/v2/alerts", body)
        #expect(answer.status == 400)
        #expect(
            answer.text == #"""
                "at least one label pair required; invalid label set: invalid name \"a b\"; start time must be before end time"

                """#)
        #expect(await send(table, "GET", "/api/v2/alerts").text.contains(#""labels":{"x":"y"}"#))
        #expect(await send(table, "POST", "/api/v2/alerts", "{").status == 400)
    }

    @Test func `a silence is created, found, suppresses, and is ended`() async throws {
        let table = EndpointTable(services: try services())
        _ = await send(table, "POST", "/api/v2/alerts", Self.alert)
        let body = #"""
            {"matchers":[{"name":"host","value":"a|b","isRegex":true}],"startsAt":"2026-11-21T06:25:24Z","endsAt":"2026-11-21T08:00:00Z","createdBy":"me","comment":"c"}
            """#
        let created = await send(table, "POST", "/api/v2/silences", body)
        #expect(created.status == 200)
        let id = String(created.text.dropFirst(#"{"silenceID":""#.count).prefix(36))
        let shown = await send(table, "GET", "/api/v2/silence/" + id).text
        #expect(shown.contains(#""matchers":[{"isEqual":true,"isRegex":true,"name":"host","value":"a|b"}]"#))
        #expect(shown.contains(#""status":{"state":"active"}"#))
        let alerts = await send(table, "GET", "/api/v2/alerts").text
        #expect(alerts.contains(#""silencedBy":["\#(id)"],"state":"suppressed""#))
        #expect(await send(table, "DELETE", "/api/v2/silence/" + id) == (200, ""))
        #expect(await send(table, "DELETE", "/api/v2/silence/" + id).status == 200)
        #expect(await send(table, "GET", "/api/v2/silences").text.contains(#""state":"expired""#))
    }

    @Test func `silences that make no sense are refused in Alertmanager's words`() async throws {
        let table = EndpointTable(services: try services())
        let past =
            #"{"matchers":[{"name":"a","value":"b","isRegex":false}],"startsAt":"2025-01-01T00:00:00Z","endsAt":"2025-01-01T12:00:00Z"}"#
        #expect(
            await send(table, "POST", "/api/v2/silences", past)
                == (400, #""Failed to create silence: end time can't be in the past""# + "\n"))
        #expect(await send(table, "POST", "/api/v2/silences", "{}").status == 422)
        #expect(await send(table, "GET", "/api/v2/silence/nonsense").status == 422)
        let unknown = "/api/v2/silence/00000000-0000-4000-8000-000000000000"
        #expect(await send(table, "GET", unknown).status == 404)
        #expect(
            await send(table, "POST", "/api/v1/silences", past)
                == (400, #"{"status":"error","errorType":"bad_data","error":"end time can't be in the past"}"# + "\n"))
    }

    @Test func `version 1 is answered where it has one meaning`() async throws {
        let services = try services()
        let table = EndpointTable(services: services)
        #expect(await send(table, "POST", "/api/v1/alerts", Self.alert) == (200, #"{"status":"success"}"# + "\n"))
        let ambiguous = await send(table, "GET", "/api/v1/alerts")
        #expect(ambiguous.status == 404 && ambiguous.text.contains("/prometheus/api/v1/alerts"))
        let own = EndpointTable(alertmanagerOf: services)
        let listed = await send(own, "GET", "/api/v1/alerts").text
        #expect(listed.hasPrefix(#"{"status":"success","data":[{"annotations":{"summary":"s"}"#))
        #expect(listed.contains(#""receivers":["all"]"#))
        #expect(await send(own, "GET", "/api/v1/status").status == 200)
        #expect(await send(own, "GET", "/-/ready") == (200, "OK"))
        #expect(await send(own, "POST", "/-/reload").status == 200)
    }

    @Test func `status shows a configuration, receivers their names`() async throws {
        let table = EndpointTable(services: try services())
        let status = await send(table, "GET", "/api/v2/status").text
        #expect(status.contains(#""original":"route:\n  receiver: all\n""#) && status.contains(#""version":"0.28.0""#))
        #expect(await send(table, "GET", "/api/v2/receivers").text == #"[{"name":"all"},{"name":"other"}]"# + "\n")
        #expect(await send(table, "POST", "/weir/api/v1/alerts/test", "", ["receiver": "x"]).status == 404)
        #expect(await send(table, "GET", "/weir/api/v1/alerts/history").text == "[]\n")
    }
}
