public import WeirModel
internal import WeirSystem

/// `webhook_configs`: the notification itself as JSON, version 4 of Alertmanager's form.
public struct WebhookReceiver: Integration {
    /// Where to.
    public var url: Secret
    /// The most alerts of one message; 0 is no limit.
    public var alertsMax = 0
    /// `send_resolved`.
    public var sendsResolved = true
    /// `http_config` and `timeout`.
    public var http = HTTPOptions()
    /// Why it can tell nobody.
    public var missing: String?

    /// `webhook`
    public let kind = "webhook"

    /// Creates a receiver.
    public init(url: Secret) {
        self.url = url
    }

    /// The message for a notification.
    public func message(_ writer: MessageWriter) throws(MessageError) -> OutboundMessage {
        let notification = writer.notification
        let told = alertsMax > 0 ? Array(notification.items.prefix(alertsMax)) : notification.items
        let body = JSONTree.object([
            ("receiver", .string(notification.key.integration.receiver)),
            ("status", .string(notification.isResolved ? "resolved" : "firing")),
            ("alerts", .list(told.map(Self.alert))), ("groupLabels", JSONTree(notification.groupLabels)),
            ("commonLabels", JSONTree(notification.sharedLabels)),
            ("commonAnnotations", JSONTree(notification.sharedAnnotations)),
            ("externalURL", .string(writer.externalURL)), ("version", .string("4")),
            ("groupKey", .string(notification.key.groupKey)),
            ("truncatedAlerts", .number(notification.items.count - told.count)),
        ])
        var message = try HTTPMessage(url: try writer.value(of: url), json: body, options: http, writer)
        // Go's encoder ends its output with a line feed.
        message.body.append(0x0a)
        return .http(message)
    }

    private static func alert(_ item: Notification.Item) -> JSONTree {
        .object([
            ("status", .string(item.isResolved ? "resolved" : "firing")), ("labels", JSONTree(item.labels)),
            ("annotations", JSONTree(item.annotations)),
            ("startsAt", .string(AlertTimeText.nanoseconds(item.startsAt))),
            ("endsAt", .string(item.endsAt.map(AlertTimeText.nanoseconds) ?? AlertTimeText.never)),
            ("generatorURL", .string(item.generatorURL)),
            ("fingerprint", .string(FingerprintText.text(item.labels.fingerprint))),
        ])
    }
}

/// Instants as Alertmanager writes them.
public enum AlertTimeText {
    /// Go's zero time.
    public static let never = "0001-01-01T00:00:00Z"

    /// RFC 3339 with as many decimals as there are: `2026-11-21T06:25:24.123456789Z`.
    public static func nanoseconds(_ instant: Timestamp) -> String {
        var text = CivilTime(nanoseconds: instant.nanoseconds).exact.dropLast()
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return String(text) + "Z"
    }

    /// RFC 3339 with milliseconds, the form of the API.
    public static func milliseconds(_ instant: Timestamp) -> String {
        CivilTime(nanoseconds: instant.nanoseconds).milliseconds
    }
}
