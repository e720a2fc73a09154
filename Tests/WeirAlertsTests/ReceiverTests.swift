import Testing
import WeirAlerts
import WeirModel
import WeirSystem
import WeirTemplate

/// Bodies as Alertmanager 0.25 sends them for the same alerts.
@Suite struct ReceiverTests {
    static func writer(
        isResolved: Bool = false, at now: Timestamp = Timestamp(nanoseconds: 1_795_243_524_000_000_000)
    ) -> MessageWriter {
        let shared: LabelSet = ["alertname": "R", "team": "wh", "x": "a", "z": "q"]
        func labels(_ i: String) -> LabelSet { LabelSet(shared.labels + [Label("i", i)]) }
        let first = Notification.Item(
            labels: labels("1"), annotations: ["summary": "s <1>", "d": "x"],
            startsAt: Timestamp(nanoseconds: 1_795_242_324_123_456_789),
            endsAt: isResolved ? Timestamp(nanoseconds: 1_795_245_924_500_000_000) : nil, generatorURL: "http://g/1")
        let second = Notification.Item(
            labels: labels("2"), annotations: ["summary": "s <1>"],
            startsAt: Timestamp(nanoseconds: 1_795_242_324_000_000_000))
        let key = #"{}/{team=~"^(?:w.*)$",x=~"a|b",z="q"}:{alertname="R", team="wh"}"#
        let id = IntegrationID(receiver: "all", kind: "webhook", index: 0)
        let notification = Notification(
            key: DeliveryKey(groupKey: key, integration: id), groupLabels: ["alertname": "R", "team": "wh"],
            items: [first, second], reason: .first, at: now)
        let templates = NotificationTemplates(now: { now.nanoseconds }, zones: ZoneCache { _ in nil })
        return MessageWriter(
            notification, templates: templates, externalURL: "http://vm:19593", now: now,
            readFile: { path in "from \(path)\n" })
    }

    private func body(_ integration: any Integration, isResolved: Bool = false) throws -> String {
        guard case .http(let message) = try integration.message(Self.writer(isResolved: isResolved)) else { return "" }
        return String(decoding: message.body, as: UTF8.self)
    }

    @Test func `a webhook gets version 4 of the form, byte for byte`() throws {
        #expect(
            try body(WebhookReceiver(url: .text("http://a"))) == #"""
                {"receiver":"all","status":"firing","alerts":[{"status":"firing","labels":{"alertname":"R","i":"1","team":"wh","x":"a","z":"q"},"annotations":{"d":"x","summary":"s \u003c1\u003e"},"startsAt":"2026-11-21T06:25:24.123456789Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://g/1","fingerprint":"8b8534e1f5876424"},{"status":"firing","labels":{"alertname":"R","i":"2","team":"wh","x":"a","z":"q"},"annotations":{"summary":"s \u003c1\u003e"},"startsAt":"2026-11-21T06:25:24Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"","fingerprint":"bb4da10f9afef72b"}],"groupLabels":{"alertname":"R","team":"wh"},"commonLabels":{"alertname":"R","team":"wh","x":"a","z":"q"},"commonAnnotations":{"summary":"s \u003c1\u003e"},"externalURL":"http://vm:19593","version":"4","groupKey":"{}/{team=~\"^(?:w.*)$\",x=~\"a|b\",z=\"q\"}:{alertname=\"R\", team=\"wh\"}","truncatedAlerts":0}

                """#)
    }

    @Test func `an end is told with its time, and alerts beyond the limit are counted`() throws {
        var receiver = WebhookReceiver(url: .text("http://a"))
        receiver.alertsMax = 1
        let text = try body(receiver, isResolved: true)
        #expect(text.contains(#""status":"resolved""#) && text.contains(#""endsAt":"2026-11-21T07:25:24.5Z""#))
        #expect(text.contains(#""truncatedAlerts":1"#) && !text.contains("bb4da10f9afef72b"))
    }

    @Test func `Slack gets title, link and colour`() throws {
        var receiver = SlackReceiver(url: .text("http://a"))
        receiver.texts["channel"] = "#c"
        receiver.fields = [SlackReceiver.Field(title: "a", value: "{{ .CommonLabels.x }}")]
        #expect(
            try body(receiver) == #"""
                {"channel":"#c","username":"Alertmanager","attachments":[{"title":"[FIRING:2] R wh (a q)","title_link":"http://vm:19593/#/alerts?receiver=all","text":"","fallback":"[FIRING:2] R wh (a q) | http://vm:19593/#/alerts?receiver=all","callback_id":"","fields":[{"title":"a","value":"a","short":false}],"footer":"","color":"danger","mrkdwn_in":["fallback","pretext","text"]}]}
                """#)
    }

    private static let firstList =
        #"Labels:\n - alertname = R\n - i = 1\n - team = wh\n - x = a\n - z = q\nAnnotations:\n - d = x\n - summary = s \u003c1\u003e\nSource: http://g/1\n"#
    private static let secondList =
        #"Labels:\n - alertname = R\n - i = 2\n - team = wh\n - x = a\n - z = q\nAnnotations:\n - summary = s \u003c1\u003e\nSource: \n"#

    @Test func `PagerDuty gets the key that Alertmanager would make`() throws {
        let text = try body(PagerDutyReceiver(key: .routing(.text("rk"))), isResolved: true)
        #expect(
            text == #"""
                {"routing_key":"rk","dedup_key":"97f619ef77b2ed9fcabc15b0cb846d730f28d8d12a75cacc3e5a28ed33b9bc13","event_action":"trigger","payload":{"summary":"[FIRING:1] R wh (a q)","source":"Alertmanager","severity":"error","custom_details":{"firing":"\#(Self.secondList)","num_firing":"1","num_resolved":"1","resolved":"\#(Self.firstList)"}},"client":"Alertmanager","client_url":"http://vm:19593/#/alerts?receiver=all"}
                """#)
        let old = try body(PagerDutyReceiver(key: .service(.text("sk"))))
        #expect(
            old.hasPrefix(#"{"service_key":"sk","incident_key":"97f619ef"#) && old.contains(#""event_type":"trigger""#))
    }

    @Test func `Opsgenie gets alias, details and priority`() throws {
        var receiver = OpsgenieReceiver(apiKey: .text("k"))
        receiver.texts["tags"] = "a, b"
        receiver.texts["priority"] = "P1"
        #expect(
            try body(receiver) == #"""
                {"alias":"97f619ef77b2ed9fcabc15b0cb846d730f28d8d12a75cacc3e5a28ed33b9bc13","message":"[FIRING:2] R wh (a q)","description":"s \u003c1\u003e\nAlerts Firing:\n\#(Self.firstList)\#(Self.secondList)\n","details":{"alertname":"R","team":"wh","x":"a","z":"q"},"source":"http://vm:19593/#/alerts?receiver=all","tags":["a","b"],"priority":"P1"}
                """#)
        #expect(
            try body(receiver, isResolved: true).contains(
                #""description":"s \u003c1\u003e\nAlerts Firing:\n\#(Self.secondList)\nAlerts Resolved:\n\#(Self.firstList)""#
            ))
    }

    @Test func `Discord gets an embed, Telegram a text`() throws {
        #expect(
            try body(ChatReceiver(.discord, url: .text("http://a")), isResolved: true) == #"""
                {"content":"","embeds":[{"title":"[FIRING:1] R wh (a q)","description":"\n\nAlerts Firing:\n\#(Self.secondList)\n\n\nAlerts Resolved:\n\#(Self.firstList)\n\n","color":10038562}]}
                """#)
        let telegram = ChatReceiver(
            .telegram(token: .file("t"), chat: 5, topic: 0, parseMode: "", isQuiet: false), url: .text("http://a/"))
        guard case .http(let message) = try telegram.message(Self.writer()) else { return }
        #expect(message.url == "http://a/botfrom t/sendMessage")
        #expect(String(decoding: message.body, as: UTF8.self).contains(#"{"chat_id":5,"text":"\n\nAlerts Firing:\n"#))
    }

    @Test func `Teams gets cards`() throws {
        let old = try body(ChatReceiver(.teams, url: .text("http://a")))
        #expect(old.contains(#""@type":"MessageCard","title":"[FIRING:2] R wh (a q)""#))
        let new = try body(ChatReceiver(.adaptiveTeams, url: .text("http://a")))
        #expect(new.contains(#""contentUrl":null"#) && new.contains(#""color":"Attention""#))
    }

    @Test func `headers say who we are, and no secret is ever printed`() throws {
        var receiver = WebhookReceiver(url: .text("http://a/token"))
        receiver.http.credentials = .file("/run/key")
        guard case .http(let message) = try receiver.message(Self.writer()) else { return }
        #expect(message.headers.contains { $0.name == "Authorization" && $0.value == "Bearer from /run/key" })
        #expect("\(receiver.url) \(receiver.http)".contains("token") == false)
    }

    @Test func `a failing template names its place`() {
        var receiver = SlackReceiver(url: .text("http://a"))
        receiver.texts["title"] = #"{{ template "nowhere" . }}"#
        #expect(throws: MessageError.self) { try receiver.message(Self.writer()) }
    }

    @Test(
        arguments: [
            (200, [:], DeliveryOutcome.delivered(status: 200)),
            (404, [:], .refused(reason: "status 404: no")),
            (503, ["Retry-After": "7"], .postponed(reason: "status 503: no", after: 7_000_000_000)),
            (429, [:], .postponed(reason: "status 429: no", after: nil)),
        ] as [(Int, [String: String], DeliveryOutcome)])
    func `answers are told apart`(status: Int, headers: [String: String], outcome: DeliveryOutcome) {
        let answer = HTTPAnswer(
            status: status, headers: headers.map { (name: $0.key, value: $0.value) }, bodyPrefix: Array("no".utf8))
        #expect(WebhookReceiver(url: .text("")).outcome(of: answer) == outcome)
    }

    @Test func `pauses in bodies count, and so does Slack's own no`() {
        let discord = HTTPAnswer(status: 429, bodyPrefix: Array(#"{"retry_after": 1.5}"#.utf8))
        #expect(
            ChatReceiver(.discord, url: .text("")).outcome(of: discord)
                == .postponed(reason: #"status 429: {"retry_after": 1.5}"#, after: 1_500_000_000))
        let slack = HTTPAnswer(status: 200, bodyPrefix: Array(#"{"ok": false}"#.utf8))
        #expect(SlackReceiver(url: .text("")).outcome(of: slack) == .refused(reason: #"status 200: {"ok":false}"#))
    }
}
