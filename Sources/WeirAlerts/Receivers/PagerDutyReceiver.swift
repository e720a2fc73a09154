internal import WeirModel
public import WeirSystem

/// `pagerduty_configs`: version 2 of the events API with a routing key, version 1 with a service key.
public struct PagerDutyReceiver: Integration {
    /// Which API, and the key for it.
    public enum Key: Sendable, Hashable {
        /// Version 2.
        case routing(Secret)
        /// Version 1.
        case service(Secret)
    }

    /// The key.
    public var key: Key
    /// Where to; nil for PagerDuty's own address of the version.
    public var url: String?
    /// `send_resolved`.
    public var sendsResolved = true
    /// `http_config`.
    public var http = HTTPOptions()
    /// Why it can tell nobody.
    public var missing: String?
    /// The templates of all plain texts, by key.
    public var texts: [String: String] = PagerDutyReceiver.defaults
    /// `details`: templates by name.
    public var details: [String: String] = PagerDutyReceiver.defaultDetails
    /// `images` and `links`, each with templates by name.
    public var images: [[String: String]] = []
    /// See ``images``.
    public var links: [[String: String]] = []

    /// `pagerduty`
    public let kind = "pagerduty"

    /// The templates unless the file has others.
    public static let defaults = [
        "description": #"{{ template "pagerduty.default.description" . }}"#,
        "client": #"{{ template "pagerduty.default.client" . }}"#,
        "client_url": #"{{ template "pagerduty.default.clientURL" . }}"#, "severity": "error",
        "source": #"{{ template "pagerduty.default.client" . }}"#, "class": "", "component": "", "group": "",
    ]
    /// The details, to which the file adds.
    public static let defaultDetails = [
        "firing": #"{{ template "pagerduty.default.instances" .Alerts.Firing }}"#,
        "resolved": #"{{ template "pagerduty.default.instances" .Alerts.Resolved }}"#,
        "num_firing": "{{ .Alerts.Firing | len }}", "num_resolved": "{{ .Alerts.Resolved | len }}",
    ]

    private static let summaryMax = 1024
    /// PagerDuty refuses larger events.
    private static let bytesMax = 512_000
    private static let addresses = (
        v1: "https://events.pagerduty.com/generic/2010-04-15/create_event.json",
        v2: "https://events.pagerduty.com/v2/enqueue"
    )

    /// Creates a receiver.
    public init(key: Key) {
        self.key = key
    }

    /// The message for a notification.
    public func message(_ writer: MessageWriter) throws(MessageError) -> OutboundMessage {
        var details: [(String, JSONTree)] = []
        for (name, template) in self.details.sorted(by: { $0.key < $1.key }) {
            details.append((name, .string(try writer.text(template))))
        }
        let address: String
        let body: ([(String, JSONTree)]) throws(MessageError) -> JSONTree
        switch key {
        case .routing(let secret):
            address = url ?? Self.addresses.v2
            body = { details throws(MessageError) in try event(writer, secret, details) }
        case .service(let secret):
            address = url ?? Self.addresses.v1
            body = { details throws(MessageError) in try genericEvent(writer, secret, details) }
        }
        var message = try HTTPMessage(url: address, json: try body(details), options: http, writer)
        if message.body.count > Self.bytesMax {
            let note = "Custom details have been removed because the event is larger than 512 KB"
            message.body = try body([("error", .string(note))]).bytes
        }
        return .http(message)
    }

    private func text(_ key: String, _ writer: MessageWriter) throws(MessageError) -> String {
        try writer.text(texts[key] ?? "")
    }

    private func event(
        _ writer: MessageWriter, _ secret: Secret, _ details: [(String, JSONTree)]
    ) throws(MessageError) -> JSONTree {
        let isResolved = writer.notification.isResolved
        var payload: [(String, JSONTree)] = [
            ("summary", .string(MessageWriter.cut(try text("description", writer), to: Self.summaryMax))),
            ("source", .string(try text("source", writer))), ("severity", .string(try text("severity", writer))),
        ]
        for name in ["class", "component", "group"] { payload.add(name, unlessEmpty: try text(name, writer)) }
        if !details.isEmpty { payload.append(("custom_details", .object(details))) }
        var members: [(String, JSONTree)] = [
            ("routing_key", .string(try writer.text(try writer.value(of: secret)))),
            ("dedup_key", .string(writer.incidentKey)),
            ("event_action", .string(isResolved ? "resolve" : "trigger")), ("payload", .object(payload)),
        ]
        members.add("client", unlessEmpty: try text("client", writer))
        members.add("client_url", unlessEmpty: try text("client_url", writer))
        let pictures = try objects(images, ["src", "alt", "href"], needing: "src", writer)
        if !pictures.isEmpty { members.append(("images", .list(pictures))) }
        let addresses = try objects(links, ["href", "text"], needing: "href", writer)
        if !addresses.isEmpty { members.append(("links", .list(addresses))) }
        return .object(members)
    }

    private func objects(
        _ templates: [[String: String]], _ keys: [String], needing needed: String, _ writer: MessageWriter
    ) throws(MessageError) -> [JSONTree] {
        var objects: [JSONTree] = []
        for template in templates {
            var members: [(String, JSONTree)] = []
            for key in keys { members.add(key, unlessEmpty: try writer.text(template[key] ?? "")) }
            if members.contains(where: { $0.0 == needed }) { objects.append(.object(members)) }
        }
        return objects
    }

    private func genericEvent(
        _ writer: MessageWriter, _ secret: Secret, _ details: [(String, JSONTree)]
    ) throws(MessageError) -> JSONTree {
        let isResolved = writer.notification.isResolved
        var members: [(String, JSONTree)] = [
            ("service_key", .string(try writer.text(try writer.value(of: secret)))),
            ("incident_key", .string(writer.incidentKey)),
            ("event_type", .string(isResolved ? "resolve" : "trigger")),
            ("description", .string(MessageWriter.cut(try text("description", writer), to: Self.summaryMax))),
        ]
        if !isResolved {
            members.add("client", unlessEmpty: try text("client", writer))
            members.add("client_url", unlessEmpty: try text("client_url", writer))
        }
        members.append(("details", .object(details)))
        return .object(members)
    }

    /// Version 1 says with 403 that there are too many events.
    public func outcome(of answer: HTTPAnswer) -> DeliveryOutcome {
        if case .service = key { return DeliveryOutcome(answer, alsoRetried: [403]) }
        return DeliveryOutcome(answer)
    }
}
