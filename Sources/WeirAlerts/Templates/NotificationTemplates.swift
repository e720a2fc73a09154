public import WeirModel
public import WeirTemplate

/// The templates that notifications are written with: the default ones and those of the user's files.
public struct NotificationTemplates: Sendable {
    private var set: TemplateSet

    /// Creates the default templates.
    ///
    /// - Parameters:
    ///   - now: the clock, in nanoseconds since 1970 UTC.
    ///   - zones: time zones by name.
    public init(now: @escaping @Sendable () -> Int64, zones: ZoneCache) {
        set = TemplateSet(
            functions: NotificationFunctions.all(now: now, zones: zones),
            methods: TemplateMethods(NotificationMethods.call))
        for (name, text) in DefaultTemplates.files {
            do { try set.add(text, name: name) } catch { preconditionFailure("\(name): \(error.message)") }
        }
    }

    /// Adds what a file defines; it may take the place of a default.
    ///
    /// - Throws: `TemplateError` with the place in the file.
    public mutating func add(_ text: String, name: String) throws(TemplateError) {
        try set.add(text, name: name)
    }

    /// Checks that a text of a receiver can be compiled.
    public func check(_ text: String, name: String = "") throws(TemplateError) {
        _ = try set.template(text, name: name)
    }

    /// The text that a template makes of a notification's data.
    func render(_ text: String, _ root: TemplateValue, escapesHTML: Bool = false) throws(TemplateError) -> String {
        // Most texts of a configuration are plain.
        guard text.contains("{{") else { return text }
        var bytes: [UInt8] = []
        try set.template(text, name: "", escapesHTML: escapesHTML).render(root, into: &bytes)
        guard bytes.count <= NotificationTemplates.bytesMax else {
            throw TemplateError("the text is longer than \(NotificationTemplates.bytesMax) bytes")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let bytesMax = 1 << 20

    /// What templates see of a notification.
    static func root(_ notification: Notification, externalURL: String) -> TemplateValue {
        .map(
            TemplateMap([
                "Receiver": .text(notification.key.integration.receiver),
                "Status": .text(notification.isResolved ? "resolved" : "firing"),
                "Alerts": .list(notification.items.map(alert)), "GroupLabels": pairs(notification.groupLabels),
                "CommonLabels": pairs(notification.sharedLabels),
                "CommonAnnotations": pairs(notification.sharedAnnotations), "ExternalURL": .text(externalURL),
                "NotificationReason": .text(notification.reason.rawValue),
            ]))
    }

    private static func alert(_ item: Notification.Item) -> TemplateValue {
        // Go's zero time stands for an end that is not known.
        let never = TemplateTime(seconds: -62_135_596_800)
        return .map(
            TemplateMap([
                "Status": .text(item.isResolved ? "resolved" : "firing"), "Labels": pairs(item.labels),
                "Annotations": pairs(item.annotations),
                "StartsAt": .time(TemplateTime(unixNanoseconds: item.startsAt.nanoseconds)),
                "EndsAt": .time(item.endsAt.map { TemplateTime(unixNanoseconds: $0.nanoseconds) } ?? never),
                "GeneratorURL": .text(item.generatorURL),
                "Fingerprint": .text(FingerprintText.text(item.labels.fingerprint)),
            ]))
    }

    private static func pairs(_ labels: LabelSet) -> TemplateValue {
        var values: [String: TemplateValue] = [:]
        for label in labels.labels { values[label.name] = .text(label.value) }
        return .map(TemplateMap(values, absent: .text("")))
    }
}

/// Fingerprints as Alertmanager writes them: 16 hexadecimal digits.
public enum FingerprintText {
    /// The digits.
    public static func text(_ fingerprint: UInt64) -> String {
        let digits = String(fingerprint, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
