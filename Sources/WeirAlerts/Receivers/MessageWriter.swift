public import WeirModel
internal import WeirTemplate

/// What a receiver's form needs besides the notification: templates, secrets, addresses, the time.
public struct MessageWriter: Sendable {
    /// Reads a file that holds a secret; throws what went wrong.
    public typealias FileReader = @Sendable (_ path: String) throws -> String

    /// The notification.
    public let notification: Notification
    /// Where people find this program: `http://weir:3100`.
    public let externalURL: String
    /// The time.
    public let now: Timestamp
    private let templates: NotificationTemplates
    private let readFile: FileReader
    private let root: TemplateValue

    /// Creates a writer.
    public init(
        _ notification: Notification, templates: NotificationTemplates, externalURL: String, now: Timestamp,
        readFile: @escaping FileReader
    ) {
        self.notification = notification
        self.templates = templates
        self.externalURL = externalURL
        self.now = now
        self.readFile = readFile
        root = NotificationTemplates.root(notification, externalURL: externalURL)
    }

    /// The text that a template of the configuration makes.
    func text(_ template: String) throws(MessageError) -> String {
        do { return try templates.render(template, root) } catch { throw MessageError(error.message) }
    }

    /// The same for HTML, where everything printed is escaped.
    func html(_ template: String) throws(MessageError) -> String {
        do { return try templates.render(template, root, escapesHTML: true) } catch {
            throw MessageError(error.message)
        }
    }

    /// A secret as it is now.
    func value(of secret: Secret) throws(MessageError) -> String {
        switch secret {
        case .text(let text): return text
        case .file(let path):
            do {
                var text = try readFile(path)
                while text.last?.isWhitespace == true { text.removeLast() }
                return text
            } catch { throw MessageError("cannot read the secret: \(error)") }
        }
    }

    /// What services recognise an incident by: the SHA-256 of the group's key, as Alertmanager forms it.
    var incidentKey: String { IncidentKey.text(notification.key.groupKey) }

    /// At most so many characters, with an ellipsis in place of what is cut off.
    static func cut(_ text: String, to scalarsMax: Int) -> String {
        guard text.unicodeScalars.count > scalarsMax else { return text }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: text.unicodeScalars.prefix(scalarsMax - 1))
        view.append("…")
        return String(view)
    }
}

/// Why a notification has no form: a template that fails, a secret that cannot be read, a receiver without an address.
public struct MessageError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The reason.
    public let reason: String

    /// Creates an error.
    public init(_ reason: String) {
        self.reason = reason
    }

    /// The reason.
    public var description: String { reason }
}
