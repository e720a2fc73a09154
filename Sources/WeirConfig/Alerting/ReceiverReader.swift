internal import WeirAlerts

/// `receivers`.
struct ReceiverReader {
    let reader: AlertmanagerReader
    let defaults: AlertmanagerDefaults
    /// The receivers in order.
    private(set) var receivers: [(name: String, integrations: [any Integration])] = []

    private typealias Make = (YAMLMap) -> any Integration

    init(reader: AlertmanagerReader, defaults: AlertmanagerDefaults) {
        self.reader = reader
        self.defaults = defaults
    }

    /// Kinds of Alertmanager's that are not spoken here.
    private static let silent = [
        "incidentio", "jira", "pushover", "rocketchat", "sns", "victorops", "webex", "wechat",
    ]

    mutating func apply(_ value: YAMLValue?) {
        for item in value?.list ?? [] {
            guard let map = item.map else { continue }
            defer { map.finish() }
            guard let name = map.value("name")?.text, !name.isEmpty else {
                item.remark(.error, "a receiver needs a name; ignored")
                continue
            }
            if receivers.contains(where: { $0.name == name }) {
                item.remark(.error, "receiver \(QuotedPart.quote(name)) is there already; ignored")
                continue
            }
            receivers.append((name, integrations(map)))
        }
    }

    private func integrations(_ map: YAMLMap) -> [any Integration] {
        let kinds: [(String, Make)] = [
            ("webhook", webhook), ("slack", { slack($0, "slack") }), ("pagerduty", pagerDuty), ("email", email),
            ("opsgenie", opsgenie), ("msteams", teams), ("msteamsv2", adaptiveTeams), ("telegram", telegram),
            ("discord", discord), ("mattermost", { slack($0, "mattermost") }),
        ]
        var integrations: [any Integration] = []
        for (kind, make) in kinds {
            for item in map.value(kind + "_configs")?.list ?? [] {
                guard let section = item.map else { continue }
                let integration = make(section)
                section.finish()
                integrations.append(integration)
                if let missing = integration.missing { item.remark(.warning, "\(missing); nothing is sent") }
            }
        }
        for kind in Self.silent {
            for item in map.value(kind + "_configs")?.list ?? [] {
                item.remark(.warning, "receivers of kind \(kind) are not supported; nothing is sent")
                integrations.append(SilentReceiver(kind: kind, reason: "receivers of kind \(kind) are not supported"))
            }
        }
        return integrations
    }

    // MARK: Parts

    private func http(_ map: YAMLMap) -> HTTPOptions {
        var options = HTTPOptionsReader.options(map, "http_config", base: defaults.http, reader)
        if let timeout = map.value("timeout")?.duration, timeout > .zero { options.timeout = timeout }
        return options
    }

    private func sendsResolved(_ map: YAMLMap, _ usual: Bool) -> Bool { map.value("send_resolved")?.flag ?? usual }

    /// Why an address cannot be one; nil when it may be.
    private static func fault(_ secret: Secret?, _ what: String) -> String? {
        switch secret {
        case nil: return "not configured: \(what) is missing"
        case .file: return nil
        case .text(let text):
            let marks = ["YOUR/", "YOUR_", "XXX", "example.com", "example.org", "CHANGEME", "changeme"]
            let isPlaceholder = text.isEmpty || marks.contains { text.contains($0) } || text.hasPrefix("<")
            return isPlaceholder ? "not configured: \(what) is still a placeholder" : nil
        }
    }

    private static func addressFault(_ secret: Secret?, _ what: String) -> String? {
        if let fault = fault(secret, what) { return fault }
        if case .text(let text)? = secret, !text.hasPrefix("http://"), !text.hasPrefix("https://") {
            return "not configured: \(what) is no http or https address"
        }
        return nil
    }

    // MARK: Kinds

    private func webhook(_ map: YAMLMap) -> any Integration {
        let url = reader.secret(map, "url")
        var receiver = WebhookReceiver(url: url ?? .text(""))
        receiver.missing = Self.addressFault(url, "url")
        receiver.sendsResolved = sendsResolved(map, true)
        receiver.http = http(map)
        if let count = map.integer("max_alerts", in: 0...Int.max) { receiver.alertsMax = count }
        map.ignore([IgnoredKey("payload", .warning, "not applied: the body is Alertmanager's usual one")])
        return receiver
    }

    private func slack(_ map: YAMLMap, _ kind: String) -> any Integration {
        let isSlack = kind == "slack"
        let key = isSlack ? "api_url" : "webhook_url"
        let url = reader.secret(map, key) ?? (isSlack ? defaults.slackURL : defaults.mattermostURL)
        var receiver = SlackReceiver(url: url ?? .text(""))
        receiver.kind = kind
        receiver.missing = Self.addressFault(url, key)
        receiver.sendsResolved = sendsResolved(map, false)
        receiver.http = http(map)
        let texts = reader.texts(map, Array(SlackReceiver.defaults.keys).sorted())
        receiver.texts.merge(texts) { _, given in given }
        receiver.shortFields = map.value("short_fields")?.flag ?? false
        receiver.linksNames = map.value("link_names")?.flag ?? false
        if let names = map.value("mrkdwn_in")?.texts { receiver.markdownIn = names }
        for item in map.value("fields")?.list ?? [] {
            guard let field = item.map else { continue }
            let texts = reader.texts(field, ["title", "value"])
            receiver.fields.append(
                SlackReceiver.Field(
                    title: texts["title"] ?? "", value: texts["value"] ?? "", isShort: field.value("short")?.flag))
            field.finish()
        }
        for item in map.value("actions")?.list ?? [] {
            guard let action = item.map else { continue }
            receiver.actions.append(
                SlackReceiver.Action(
                    properties: reader.texts(action, ["type", "text", "url", "style", "name", "value"])))
            action.ignore([IgnoredKey("confirm", .warning, "not applied: no question is asked")])
            action.finish()
        }
        map.ignore([IgnoredKey("app_*", .warning, "not applied: messages go to api_url")])
        return receiver
    }

    private func pagerDuty(_ map: YAMLMap) -> any Integration {
        let routing = reader.secret(map, "routing_key")
        let service = reader.secret(map, "service_key")
        let key: PagerDutyReceiver.Key =
            if let routing { .routing(routing) } else { .service(service ?? .text("")) }
        var receiver = PagerDutyReceiver(key: key)
        receiver.missing = Self.fault(routing ?? service, "routing_key or service_key")
        receiver.sendsResolved = sendsResolved(map, true)
        receiver.http = http(map)
        // The address of `global` is that of version 2; version 1 has one of its own.
        receiver.url = map.value("url").flatMap { reader.text($0) } ?? (routing == nil ? nil : defaults.pagerDutyURL)
        let texts = reader.texts(map, Array(PagerDutyReceiver.defaults.keys).sorted())
        receiver.texts.merge(texts) { _, given in given }
        // The source is who sends, unless the file says otherwise.
        if texts["source"] == nil, let client = texts["client"] { receiver.texts["source"] = client }
        receiver.details.merge(reader.pairs(map, "details")) { _, given in given }
        for item in map.value("images")?.list ?? [] {
            if let image = item.map { receiver.images.append(reader.texts(image, ["src", "alt", "href"])) }
        }
        for item in map.value("links")?.list ?? [] {
            if let link = item.map { receiver.links.append(reader.texts(link, ["href", "text"])) }
        }
        return receiver
    }

    private func opsgenie(_ map: YAMLMap) -> any Integration {
        let key = reader.secret(map, "api_key") ?? defaults.opsgenieKey
        var receiver = OpsgenieReceiver(apiKey: key ?? .text(""))
        receiver.missing = Self.fault(key, "api_key")
        receiver.sendsResolved = sendsResolved(map, true)
        receiver.http = http(map)
        if let url = map.value("api_url").flatMap({ reader.text($0) }) ?? defaults.opsgenieURL { receiver.url = url }
        receiver.texts.merge(reader.texts(map, Array(OpsgenieReceiver.defaults.keys).sorted())) { _, given in given }
        receiver.details = reader.pairs(map, "details")
        for item in map.value("responders")?.list ?? [] {
            guard let responder = item.map else { continue }
            receiver.responders.append(
                OpsgenieReceiver.Responder(properties: reader.texts(responder, ["id", "name", "username", "type"])))
            responder.finish()
        }
        map.ignore([IgnoredKey("update_alerts", .warning, "not applied: an alert keeps its first text")])
        return receiver
    }

    private func chat(
        _ map: YAMLMap, _ service: ChatReceiver.Service, _ url: Secret?, fault: String?
    ) -> any Integration {
        var receiver = ChatReceiver(service, url: url ?? .text(""))
        receiver.missing = fault
        receiver.sendsResolved = sendsResolved(map, true)
        receiver.http = http(map)
        let keys = Array(ChatReceiver.defaults(of: service).keys).sorted()
        receiver.texts.merge(reader.texts(map, keys)) { _, given in given }
        return receiver
    }

    private func teams(_ map: YAMLMap) -> any Integration {
        let url = reader.secret(map, "webhook_url")
        return chat(map, .teams, url, fault: Self.addressFault(url, "webhook_url"))
    }

    private func adaptiveTeams(_ map: YAMLMap) -> any Integration {
        let url = reader.secret(map, "webhook_url")
        return chat(map, .adaptiveTeams, url, fault: Self.addressFault(url, "webhook_url"))
    }

    private func discord(_ map: YAMLMap) -> any Integration {
        let url = reader.secret(map, "webhook_url")
        return chat(map, .discord, url, fault: Self.addressFault(url, "webhook_url"))
    }

    private func telegram(_ map: YAMLMap) -> any Integration {
        let token = reader.secret(map, "bot_token") ?? defaults.telegramToken
        let url = map.value("api_url").flatMap { reader.text($0) } ?? defaults.telegramURL
        let service = ChatReceiver.Service.telegram(
            token: token ?? .text(""), chat: map.value("chat_id")?.integer ?? 0,
            topic: map.value("message_thread_id")?.integer ?? 0,
            parseMode: map.value("parse_mode")?.text ?? "HTML",
            isQuiet: map.value("disable_notifications")?.flag ?? false)
        return chat(map, service, .text(url), fault: Self.fault(token, "bot_token"))
    }

    private func email(_ map: YAMLMap) -> any Integration {
        var server = defaults.mail
        AlertmanagerDefaults.applyMail(map, prefix: "", reader, to: &server)
        let smarthost = map.value("smarthost").flatMap { reader.text($0) } ?? defaults.smarthost ?? ""
        let parts = smarthost.split(separator: ":")
        server.host = parts.dropLast().joined(separator: ":").filter { $0 != "[" && $0 != "]" }
        server.port = parts.last.flatMap { Int($0) } ?? 0
        let to = map.value("to").flatMap { reader.text($0) }
        let from = map.value("from").flatMap { reader.text($0) } ?? defaults.mailFrom
        var receiver = EmailReceiver(server: server, to: to ?? "", from: from ?? "")
        receiver.sendsResolved = sendsResolved(map, false)
        if server.host.isEmpty || !(1...65_535).contains(server.port) {
            receiver.missing = "not configured: smarthost must be host:port"
        } else if to == nil {
            receiver.missing = "not configured: to is missing"
        } else if from == nil {
            receiver.missing = "not configured: from is missing"
        }
        let texts = reader.texts(map, ["html", "text"])
        if let html = texts["html"] { receiver.html = html }
        if let text = texts["text"] { receiver.text = text }
        receiver.headers = reader.pairs(map, "headers")
        map.ignore([IgnoredKey("threading", .warning, "not applied: messages do not refer to each other")])
        return receiver
    }
}
