import Testing
import WeirAlerts
import WeirModel
import WeirSystem
import WeirTemplate

@Suite struct NotificationTemplateTests {
    private func text(_ template: String, _ file: String = "") throws -> String {
        var receiver = SlackReceiver(url: .text("http://a"))
        receiver.texts = ["text": template]
        let base = ReceiverTests.writer()
        var templates = NotificationTemplates(now: { 1_795_243_524_000_000_000 }, zones: ZoneCache { _ in nil })
        try templates.add(file, name: "file")
        let writer = MessageWriter(
            base.notification, templates: templates, externalURL: "http://vm", now: base.now, readFile: { $0 })
        guard case .http(let message) = try receiver.message(writer) else { return "" }
        let body = String(decoding: message.body, as: UTF8.self)
        let start = body.firstRange(of: #""text":""#)!.upperBound
        return String(body[start..<body[start...].firstRange(of: #"","fallback""#)!.lowerBound])
    }

    @Test(arguments: [
        (#"{{ .Status | toUpper }} {{ .Receiver | title }}"#, "FIRING All"),
        (#"{{ range .Alerts }}{{ .Labels.i }},{{ end }}"#, "1,2,"),
        (#"{{ (index .Alerts 0).StartsAt.Format "02 Jan 15:04" }}"#, "21 Nov 06:25"),
        (#"{{ len .Alerts.Resolved }} {{ .Alerts.Firing | len }}"#, "0 2"),
        (#"{{ .CommonLabels.Remove (stringSlice "alertname" "team") }}"#, "map[x:a z:q]"),
        (#"{{ join ", " .GroupLabels.SortedPairs.Names }}"#, "alertname, team"),
        (#"{{ reReplaceAll "(.)h" "<$1>" .GroupLabels.team | safeHtml }}"#, #"\u003cw\u003e"#),
        (#"{{ match "^w" .GroupLabels.team }}"#, "true"),
        (#"{{ .CommonAnnotations.nothing }}|{{ .CommonLabels.none }}"#, "|"),
        (#"{{ with index .Alerts 0 }}{{ since .StartsAt | humanizeDuration }}{{ end }}"#, "19m 59s"),
        (#"{{ (dict "a" 1 "b" "c") | toJson }}"#, #"{\"a\":1,\"b\":\"c\"}"#),
        (#"{{ date "2006" now }} {{ "a b" | urlquery }}"#, "2026 a+b"),
    ])
    func `functions and methods are those of Alertmanager`(template: String, expected: String) throws {
        #expect(try text(template) == expected)
    }

    @Test func `a file may take the place of a default and call others`() throws {
        let file = #"""
            {{ define "__subject" }}mine {{ .Status }}{{ end }}
            {{ define "own" }}<{{ template "slack.default.title" . }}>{{ end }}
            """#
        #expect(try text(#"{{ template "own" . }}"#, file) == #"\u003cmine firing\u003e"#)
    }

    @Test func `a text without end is stopped`() {
        let file = #"{{ define "loop" }}{{ range 1000000 }}{{ range 1000000 }}x{{ end }}{{ end }}{{ end }}"#
        #expect(throws: MessageError.self) { try text(#"{{ template "loop" . }}"#, file) }
    }
}
