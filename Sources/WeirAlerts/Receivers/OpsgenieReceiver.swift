internal import WeirModel
internal import WeirSystem

/// `opsgenie_configs`.
public struct OpsgenieReceiver: Integration {
    /// Somebody who is called.
    public struct Responder: Sendable, Hashable {
        /// Templates by key: `id`, `name`, `username`, `type`.
        public var properties: [String: String]

        /// Creates a responder.
        public init(properties: [String: String]) {
            self.properties = properties
        }
    }

    /// The key of the API.
    public var apiKey: Secret
    /// The address of the API, with a slash at its end.
    public var url = "https://api.opsgenie.com/"
    /// `send_resolved`.
    public var sendsResolved = true
    /// `http_config`.
    public var http = HTTPOptions()
    /// Why it can tell nobody.
    public var missing: String?
    /// The templates of all plain texts, by key.
    public var texts: [String: String] = OpsgenieReceiver.defaults
    /// `details`: templates by name, added to the group's common labels.
    public var details: [String: String] = [:]
    /// `responders`.
    public var responders: [Responder] = []

    /// `opsgenie`
    public let kind = "opsgenie"

    /// The templates unless the file has others.
    public static let defaults = [
        "message": #"{{ template "opsgenie.default.message" . }}"#,
        "description": #"{{ template "opsgenie.default.description" . }}"#,
        "source": #"{{ template "opsgenie.default.source" . }}"#, "note": "", "priority": "", "tags": "", "entity": "",
        "actions": "",
    ]

    private static let messageMax = 130
    private static let descriptionMax = 15_000

    /// Creates a receiver.
    public init(apiKey: Secret) {
        self.apiKey = apiKey
    }

    /// The message for a notification.
    public func message(_ writer: MessageWriter) throws(MessageError) -> OutboundMessage {
        func text(_ key: String) throws(MessageError) -> String { try writer.text(texts[key] ?? "") }
        let base = url.hasSuffix("/") ? url : url + "/"
        let source = try text("source")
        let address: String
        var body: [(String, JSONTree)] = []
        if writer.notification.isResolved {
            address = "\(base)v2/alerts/\(writer.incidentKey)/close?identifierType=alias"
            body = [("source", .string(source))]
        } else {
            address = base + "v2/alerts"
            body = [
                ("alias", .string(writer.incidentKey)),
                ("message", .string(MessageWriter.cut(try text("message"), to: Self.messageMax))),
            ]
            body.add("description", unlessEmpty: MessageWriter.cut(try text("description"), to: Self.descriptionMax))
            var known = writer.notification.sharedLabels
            for (name, template) in details { known[name] = try writer.text(template) }
            body.append(("details", JSONTree(known)))
            body.append(("source", .string(source)))
            let called = try responderTrees(writer)
            if !called.isEmpty { body.append(("responders", .list(called))) }
            for key in ["tags", "actions"] {
                let parts = try text(key).split(separator: ",").map { JSONTree.string(String($0.drop { $0 == " " })) }
                if !parts.isEmpty { body.append((key, .list(parts))) }
            }
            for key in ["note", "priority", "entity"] { body.add(key, unlessEmpty: try text(key)) }
        }
        var message = try HTTPMessage(url: address, json: .object(body), options: http, writer)
        message.headers.append(("Authorization", "GenieKey \(try writer.value(of: apiKey))"))
        return .http(message)
    }

    private func responderTrees(_ writer: MessageWriter) throws(MessageError) -> [JSONTree] {
        var trees: [JSONTree] = []
        for responder in responders {
            var members: [(String, JSONTree)] = []
            for key in ["id", "name", "username", "type"] {
                members.add(key, unlessEmpty: try writer.text(responder.properties[key] ?? ""))
            }
            // A template may leave nobody to be called.
            if members.contains(where: { $0.0 != "type" }) { trees.append(.object(members)) }
        }
        return trees
    }
}
