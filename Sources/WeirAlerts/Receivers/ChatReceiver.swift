internal import WeirModel
internal import WeirSystem

/// `msteams_configs`, `msteamsv2_configs`, `telegram_configs` and `discord_configs`: services that take one text.
public struct ChatReceiver: Integration {
    /// Which service.
    public enum Service: Sendable, Hashable {
        /// Teams' older cards.
        case teams
        /// Teams' adaptive cards.
        case adaptiveTeams
        /// Telegram, with the token of the bot, the chat, the topic in it, how the text is marked up, and whether phones
        /// stay quiet.
        case telegram(token: Secret, chat: Int, topic: Int, parseMode: String, isQuiet: Bool)
        /// Discord.
        case discord
    }

    /// Which service.
    public var service: Service
    /// Where to; for Telegram the address of the API.
    public var url: Secret
    /// `send_resolved`.
    public var sendsResolved = true
    /// `http_config`.
    public var http = HTTPOptions()
    /// Why it can tell nobody.
    public var missing: String?
    /// The templates of all texts, by key; see ``defaults(of:)``.
    public var texts: [String: String]

    /// Creates a receiver.
    public init(_ service: Service, url: Secret) {
        self.service = service
        self.url = url
        texts = Self.defaults(of: service)
    }

    /// `msteams`, `msteamsv2`, `telegram` or `discord`
    public var kind: String {
        switch service {
        case .teams: "msteams"
        case .adaptiveTeams: "msteamsv2"
        case .telegram: "telegram"
        case .discord: "discord"
        }
    }

    /// The templates unless the file has others.
    public static func defaults(of service: Service) -> [String: String] {
        switch service {
        case .teams:
            [
                "title": #"{{ template "msteams.default.title" . }}"#,
                "summary": #"{{ template "msteams.default.summary" . }}"#,
                "text": #"{{ template "msteams.default.text" . }}"#,
            ]
        case .adaptiveTeams:
            [
                "title": #"{{ template "msteamsv2.default.title" . }}"#,
                "text": #"{{ template "msteamsv2.default.text" . }}"#,
            ]
        case .telegram: ["message": #"{{ template "telegram.default.message" . }}"#]
        case .discord:
            [
                "title": #"{{ template "discord.default.title" . }}"#,
                "message": #"{{ template "discord.default.message" . }}"#,
                "content": #"{{ template "discord.default.content" . }}"#, "username": "", "avatar_url": "",
            ]
        }
    }

    /// The message for a notification.
    public func message(_ writer: MessageWriter) throws(MessageError) -> OutboundMessage {
        var address = try writer.value(of: url)
        let body: JSONTree
        switch service {
        case .teams: body = try card(writer)
        case .adaptiveTeams: body = try adaptiveCard(writer)
        case .discord: body = try embed(writer)
        case .telegram(let token, let chat, let topic, let parseMode, let isQuiet):
            while address.hasSuffix("/") { address.removeLast() }
            address += "/bot\(try writer.value(of: token))/sendMessage"
            var members: [(String, JSONTree)] = [
                ("chat_id", .number(chat)), ("text", .string(try telegramText(writer, parseMode))),
            ]
            members.add("parse_mode", unlessEmpty: parseMode)
            members.append(("disable_web_page_preview", .bool(true)))
            members.append(("disable_notification", .bool(isQuiet)))
            if topic != 0 { members.append(("message_thread_id", .number(topic))) }
            body = .object(members)
        }
        return .http(try HTTPMessage(url: address, json: body, options: http, writer))
    }

    private func text(_ key: String, _ writer: MessageWriter) throws(MessageError) -> String {
        try writer.text(texts[key] ?? "")
    }

    private func telegramText(_ writer: MessageWriter, _ parseMode: String) throws(MessageError) -> String {
        let template = texts["message"] ?? ""
        let text = parseMode == "HTML" ? try writer.html(template) : try writer.text(template)
        return MessageWriter.cut(text, to: 4096)
    }

    private func embed(_ writer: MessageWriter) throws(MessageError) -> JSONTree {
        let isResolved = writer.notification.isResolved
        var members: [(String, JSONTree)] = [
            ("content", .string(MessageWriter.cut(try text("content", writer), to: 2000))),
            (
                "embeds",
                .list([
                    .object([
                        ("title", .string(MessageWriter.cut(try text("title", writer), to: 256))),
                        ("description", .string(MessageWriter.cut(try text("message", writer), to: 4096))),
                        ("color", .number(isResolved ? 0x2e_cc71 : 0x99_2d22)),
                    ])
                ])
            ),
        ]
        members.add("username", unlessEmpty: try text("username", writer))
        members.add("avatar_url", unlessEmpty: try text("avatar_url", writer))
        return .object(members)
    }

    private func card(_ writer: MessageWriter) throws(MessageError) -> JSONTree {
        .object([
            ("@context", .string("http://schema.org/extensions")), ("@type", .string("MessageCard")),
            ("title", .string(try text("title", writer))), ("summary", .string(try text("summary", writer))),
            ("text", .string(try text("text", writer))),
            ("themeColor", .string(writer.notification.isResolved ? "2DC72D" : "8C1A1A")),
        ])
    }

    private func adaptiveCard(_ writer: MessageWriter) throws(MessageError) -> JSONTree {
        let heading = JSONTree.object([
            ("type", .string("TextBlock")), ("text", .string(try text("title", writer))),
            ("weight", .string("Bolder")), ("size", .string("Medium")), ("wrap", .bool(true)),
            ("style", .string("heading")),
            ("color", .string(writer.notification.isResolved ? "Good" : "Attention")),
        ])
        let paragraph = JSONTree.object([
            ("type", .string("TextBlock")), ("text", .string(try text("text", writer))), ("wrap", .bool(true)),
        ])
        let content = JSONTree.object([
            ("$schema", .string("http://adaptivecards.io/schemas/adaptive-card.json")),
            ("type", .string("AdaptiveCard")), ("version", .string("1.4")), ("body", .list([heading, paragraph])),
            ("msteams", .object([("width", .string("full"))])),
        ])
        let attachment = JSONTree.object([
            ("contentType", .string("application/vnd.microsoft.card.adaptive")), ("contentUrl", .null),
            ("content", content),
        ])
        return .object([("type", .string("message")), ("attachments", .list([attachment]))])
    }
}
