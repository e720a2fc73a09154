import Testing
import WeirAlerts
import WeirConfig
import WeirModel

@Suite struct AlertmanagerFileTests {
    private func read(_ text: String, _ environment: [String: String] = [:]) -> AlertmanagerFile {
        AlertmanagerFile.read(text, file: "alertmanager.yml", environment: environment)
    }

    private static let severities = """
        global:
          smtp_from: 'alertmanager@odoo19.local'
          smtp_smarthost: 'smtp.gmail.com:587'

        route:
          group_by: ['alertname', 'cluster', 'component', 'severity']
          receiver: 'default'

          routes:
            - match: {severity: critical}
              receiver: 'critical-alerts'
              group_wait: 5s
              repeat_interval: 4h

        receivers:
          - name: 'critical-alerts'
            slack_configs:
              - channel: '#critical-alerts'

        inhibit_rules:
          - source_match: {alertname: 'RedisDown'}
            target_match: {alertname: 'RedisReplicaDown'}
        """

    private static let services = """
        # alertmanager.yml
        global:
          resolve_timeout: 5m

        route:
          receiver: 'default'
          group_by: ['alertname', 'cluster', 'service']
          group_wait: 10s
          group_interval: 10s
          repeat_interval: 12h
          routes:
            - match:
                severity: critical
              receiver: 'pagerduty'
              continue: true
            - match:
                severity: warning
              receiver: 'slack'

        receivers:
          - name: 'default'
            slack_configs:
              - api_url: '${SLACK_WEBHOOK_URL}'
                channel: '#alerts'

          - name: 'pagerduty'
            pagerduty_configs:
              - service_key: '${PAGERDUTY_SERVICE_KEY}'
                description: '{{ .GroupLabels.alertname }}'

          - name: 'email'
            email_configs:
              - to: 'ops-team@example.com'
                from: 'alerts@example.com'
                smarthost: 'smtp.example.com:587'
        """

    @Test func `a file whose variables are not set and whose receiver is missing starts all the same`() {
        let file = read(Self.services)
        #expect(file.isUsable)
        let texts = file.diagnostics.map { "\($0.line): \($0.severity.rawValue): \($0.message)" }
        #expect(
            texts == [
                "23: warning: the variable SLACK_WEBHOOK_URL is not set",
                "23: warning: not configured: api_url is missing; nothing is sent",
                "28: warning: the variable PAGERDUTY_SERVICE_KEY is not set",
                "28: warning: not configured: routing_key or service_key is missing; nothing is sent",
                "18: error: undefined receiver \"slack\"; the receiver of the route above is used",
                "20: note: no route reaches receiver \"email\"",
            ])
        let tree = RouteTree(file.configuration.dispatcher.route)
        let critical = tree.routes(for: ["severity": "critical"]).map { tree.nodes[$0].receiver }
        #expect(critical == ["pagerduty"])
        #expect(tree.routes(for: ["severity": "warning"]).map { tree.nodes[$0].receiver } == ["default"])
        #expect(tree.nodes[0].groupInterval == 10_000_000_000)
    }

    @Test func `with its variables set, secrets go to receivers and nowhere else`() throws {
        let file = read(Self.services, ["SLACK_WEBHOOK_URL": "https://hooks/x", "PAGERDUTY_SERVICE_KEY": "key"])
        #expect(file.configuration.receivers.map(\.name) == ["default", "pagerduty", "email"])
        let slack = try #require(file.configuration.receivers[0].integrations.first as? SlackReceiver)
        #expect(slack.missing == nil && slack.url == .text("https://hooks/x") && slack.texts["channel"] == "#alerts")
        let pager = try #require(file.configuration.receivers[1].integrations.first as? PagerDutyReceiver)
        #expect(pager.key == .service(.text("key")) && pager.texts["description"] == "{{ .GroupLabels.alertname }}")
        let text = AlertmanagerText.write(file.configuration)
        #expect(!text.contains("hooks") && !text.contains("key"))
    }

    @Test func `a receiver without an address is unconfigured, one that is missing replaced by the first`() {
        let file = read(Self.severities)
        #expect(file.isUsable)
        let errors = file.diagnostics.filter { $0.severity == .error }.map(\.message)
        #expect(
            errors == [
                "undefined receiver \"default\"; the first receiver is used",
                "the root route needs a receiver; \"critical-alerts\" is used",
            ])
        #expect(file.configuration.dispatcher.inhibitions.count == 1)
        #expect(file.configuration.receivers[0].integrations[0].missing == "not configured: api_url is missing")
    }

    @Test func `what is written back loads again and means the same`() {
        let text = """
            route:
              receiver: a
              group_by: ['...']
              routes:
                - matchers: ['x="it''s"', y=~"b|c"]
                  match_re: {z: d.*}
                  mute_time_intervals: [nights]
                  continue: true
                  group_wait: 1500ms
                - receiver: a
            receivers: [{name: a}]
            time_intervals:
              - name: nights
                time_intervals:
                  - times: [{start_time: '22:00', end_time: '06:00'}]
                    weekdays: ['monday:friday', sunday]
                    days_of_month: ['1:5', '-3:-1']
                    months: ['january:march', '12']
                    years: ['2026:2028']
                    location: Europe/Berlin
            """
        let file = read(text)
        #expect(file.diagnostics.filter { $0.severity == .error }.isEmpty)
        let again = read(AlertmanagerText.write(file.configuration))
        #expect(again.diagnostics.isEmpty)
        #expect(again.configuration.dispatcher.muteIntervals == file.configuration.dispatcher.muteIntervals)
        let (first, second) = (
            RouteTree(file.configuration.dispatcher.route), RouteTree(again.configuration.dispatcher.route)
        )
        #expect(first.nodes == second.nodes)
        #expect(first.nodes[1].path == #"{}/{x="it's",y=~"b|c",z=~"^(?:d.*)$"}"#)
        let part = file.configuration.dispatcher.muteIntervals[0].parts[0]
        #expect(part.minutes == [1320..<1440, 0..<360] && part.weekdays == [1...5, 0...0])
        #expect(part.monthDays == [.init(first: 1, last: 5), .init(first: -3, last: -1)])
        #expect(part.months == [1...3, 12...12] && part.location == "Europe/Berlin")
    }

    @Test func `all kinds of receivers are read, those that are not spoken keep their place`() {
        let file = read(
            """
            global:
              opsgenie_api_key: k
              smtp_smarthost: mail:25
              smtp_from: a@b
              http_config: {basic_auth: {username: u, password_file: /p}}
            route: {receiver: all}
            receivers:
              - name: all
                webhook_configs: [{url: 'http://a', max_alerts: 3, send_resolved: false}]
                slack_configs: [{api_url_file: /s}]
                pagerduty_configs: [{routing_key: r, details: {x: y}}]
                email_configs: [{to: x@y}]
                opsgenie_configs: [{priority: P2}]
                msteams_configs: [{webhook_url: 'http://t'}]
                msteamsv2_configs: [{webhook_url: 'http://t'}]
                telegram_configs: [{bot_token: b, chat_id: -5}]
                discord_configs: [{webhook_url: 'https://hooks.slack.com/services/YOUR/SLACK/WEBHOOK'}]
                victorops_configs: [{api_key: x}]
            """)
        let integrations = file.configuration.receivers[0].integrations
        #expect(
            integrations.map(\.kind) == [
                "webhook", "slack", "pagerduty", "email", "opsgenie", "msteams", "msteamsv2", "telegram", "discord",
                "victorops",
            ])
        #expect(
            integrations.compactMap(\.missing) == [
                "not configured: webhook_url is still a placeholder", "receivers of kind victorops are not supported",
            ])
        let hook = integrations[0] as? WebhookReceiver
        #expect(hook?.alertsMax == 3 && hook?.sendsResolved == false && hook?.http.password == .file("/p"))
    }

    @Test func `faults name their line, and a bad matcher takes nothing instead of everything`() {
        let file = read(
            """
            route:
              receiver: a
              group_intervall: 3s
              routes:
                - matchers: ['x=~"("']
                  repeat_interval: 0s
                  active_time_intervals: [nowhere]
            receivers: [{name: a}]
            """)
        #expect(
            file.diagnostics.map { "\($0.line) \($0.keyPath) \($0.severity.rawValue)" } == [
                "5 route.routes[0].matchers[0] error", "6 route.routes[0].repeat_interval error",
                "7 route.routes[0].active_time_intervals error", "3 route.group_intervall warning",
            ])
        let tree = RouteTree(file.configuration.dispatcher.route)
        #expect(tree.routes(for: ["alertname": "A", "x": "("]) == [0])
        #expect(!read("receivers: []").isUsable && !read("{").isUsable)
    }
}
