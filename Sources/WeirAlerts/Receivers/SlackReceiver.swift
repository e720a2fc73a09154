internal import WeirBytes
internal import WeirModel
public import WeirSystem

/// `slack_configs`, and `mattermost_configs`, whose form is the same.
public struct SlackReceiver: Integration {
    /// One of the short texts beside each other in a message.
    public struct Field: Sendable, Hashable {
        /// A template.
        public var title: String
        /// A template.
        public var value: String
        /// Whether it takes half of the width; nil for the receiver's `short_fields`.
        public var isShort: Bool?

        /// Creates a field.
        public init(title: String, value: String, isShort: Bool? = nil) {
            self.title = title
            self.value = value
            self.isShort = isShort
        }
    }

    /// A button below a message.
    public struct Action: Sendable, Hashable {
        /// Its properties in order, each a template: `type`, `text`, `url`, `style`, `name`, `value`.
        public var properties: [String: String]

        /// Creates a button.
        public init(properties: [String: String]) {
            self.properties = properties
        }
    }

    /// Where to.
    public var url: Secret
    /// `slack` or `mattermost`.
    public var kind = "slack"
    /// `send_resolved`.
    public var sendsResolved = false
    /// `http_config` and `timeout`.
    public var http = HTTPOptions()
    /// Why it can tell nobody.
    public var missing: String?
    /// The templates of all plain texts, by key.
    public var texts: [String: String] = SlackReceiver.defaults
    /// `fields`.
    public var fields: [Field] = []
    /// `actions`.
    public var actions: [Action] = []
    /// `short_fields`.
    public var shortFields = false
    /// `link_names`.
    public var linksNames = false
    /// `mrkdwn_in`.
    public var markdownIn = ["fallback", "pretext", "text"]

    /// The templates unless the file has others; keys without one are empty.
    public static let defaults = [
        "username": #"{{ template "slack.default.username" . }}"#,
        "color": #"{{ if eq .Status "firing" }}danger{{ else }}good{{ end }}"#,
        "title": #"{{ template "slack.default.title" . }}"#,
        "title_link": #"{{ template "slack.default.titlelink" . }}"#,
        "pretext": #"{{ template "slack.default.pretext" . }}"#, "text": #"{{ template "slack.default.text" . }}"#,
        "fallback": #"{{ template "slack.default.fallback" . }}"#,
        "callback_id": #"{{ template "slack.default.callbackid" . }}"#,
        "footer": #"{{ template "slack.default.footer" . }}"#,
        "icon_emoji": #"{{ template "slack.default.iconemoji" . }}"#,
        "icon_url": #"{{ template "slack.default.iconurl" . }}"#, "channel": "", "image_url": "", "thumb_url": "",
    ]

    /// Slack shows no more of a title.
    private static let titleMax = 1024

    /// Creates a receiver.
    public init(url: Secret) {
        self.url = url
    }

    /// The message for a notification.
    public func message(_ writer: MessageWriter) throws(MessageError) -> OutboundMessage {
        func text(_ key: String) throws(MessageError) -> String { try writer.text(texts[key] ?? "") }
        var attachment: [(String, JSONTree)] = []
        attachment.add("title", unlessEmpty: MessageWriter.cut(try text("title"), to: Self.titleMax))
        attachment.add("title_link", unlessEmpty: try text("title_link"))
        attachment.add("pretext", unlessEmpty: try text("pretext"))
        attachment.append(("text", .string(try text("text"))))
        attachment.append(("fallback", .string(try text("fallback"))))
        attachment.append(("callback_id", .string(try text("callback_id"))))
        if !fields.isEmpty { attachment.append(("fields", .list(try fieldTrees(writer)))) }
        if !actions.isEmpty { attachment.append(("actions", .list(try actionTrees(writer)))) }
        attachment.add("image_url", unlessEmpty: try text("image_url"))
        attachment.add("thumb_url", unlessEmpty: try text("thumb_url"))
        attachment.append(("footer", .string(try text("footer"))))
        attachment.add("color", unlessEmpty: try text("color"))
        if !markdownIn.isEmpty {
            attachment.append(("mrkdwn_in", .list(markdownIn.map { .string($0) })))
        }
        var body: [(String, JSONTree)] = []
        for key in ["channel", "username", "icon_emoji", "icon_url"] { body.add(key, unlessEmpty: try text(key)) }
        if linksNames { body.append(("link_names", .bool(true))) }
        body.append(("attachments", .list([.object(attachment)])))
        return .http(try HTTPMessage(url: try writer.value(of: url), json: .object(body), options: http, writer))
    }

    private func fieldTrees(_ writer: MessageWriter) throws(MessageError) -> [JSONTree] {
        var trees: [JSONTree] = []
        for field in fields {
            trees.append(
                .object([
                    ("title", .string(try writer.text(field.title))), ("value", .string(try writer.text(field.value))),
                    ("short", .bool(field.isShort ?? shortFields)),
                ]))
        }
        return trees
    }

    private func actionTrees(_ writer: MessageWriter) throws(MessageError) -> [JSONTree] {
        var trees: [JSONTree] = []
        for action in actions {
            var members: [(String, JSONTree)] = []
            for key in ["type", "text", "url", "style", "name", "value"] {
                members.add(key, unlessEmpty: try writer.text(action.properties[key] ?? ""))
            }
            trees.append(.object(members))
        }
        return trees
    }

    /// A 200 whose JSON says `"ok": false` is no success.
    public func outcome(of answer: HTTPAnswer) -> DeliveryOutcome {
        let body = String(decoding: answer.bodyPrefix, as: UTF8.self).filter { !$0.isWhitespace }
        if answer.status < 300, body.hasPrefix("{"), body.contains(#""ok":false"#) {
            return .refused(reason: "status \(answer.status): \(body.prefix(200))")
        }
        return DeliveryOutcome(answer)
    }
}
