internal import WeirBytes
internal import WeirModel

/// The body of `POST /api/v2/alerts`: the alerts that can be taken, and why the others cannot.
struct PostedAlerts {
    private(set) var alerts: [Alert] = []
    private(set) var faults: [String] = []

    private struct Draft {
        var labels: [Label] = []
        var annotations: [Label] = []
        var startsAt: Timestamp?
        var endsAt: Timestamp?
        var generatorURL = ""
    }

    /// Reads a body.
    ///
    /// - Throws: `JSONError`, or ``APITextError`` for a time that is none.
    init(_ body: [UInt8], at now: Timestamp) throws {
        var drafts: [Draft] = []
        try body.withUnsafeBytes { bytes in
            var scanner = JSONScanner(bytes)
            try scanner.eachElement { scanner in drafts.append(try Self.draft(&scanner)) }
        }
        for draft in drafts { add(draft, at: now) }
    }

    private static func draft(_ scanner: inout JSONScanner) throws -> Draft {
        var draft = Draft()
        try scanner.eachMember { scanner, key in
            switch try scanner.decoded(key) {
            case "labels": draft.labels = try scanner.textPairs()
            case "annotations": draft.annotations = try scanner.textPairs()
            case "startsAt": draft.startsAt = try scanner.instant()
            case "endsAt": draft.endsAt = try scanner.instant()
            case "generatorURL": draft.generatorURL = try scanner.textOrNull() ?? ""
            default: try scanner.skipValue()
            }
        }
        return draft
    }

    private mutating func add(_ draft: Draft, at now: Timestamp) {
        let labels = LabelSet(draft.labels.filter { !$0.value.isEmpty })
        if let bad = (labels.labels + draft.annotations).first(where: { !Label.isValidName($0.name) }) {
            faults.append("invalid label set: invalid name \(QuotedText.quote(bad.name))")
            return
        }
        guard !labels.isEmpty else {
            faults.append("at least one label pair required")
            return
        }
        // Who names an end but no start means an alert that was over before it was heard of.
        let start = draft.startsAt ?? min(now, draft.endsAt ?? now)
        if let end = draft.endsAt, end < start {
            faults.append("start time must be before end time")
            return
        }
        alerts.append(
            Alert(
                labels: labels, annotations: LabelSet(draft.annotations.filter { !$0.value.isEmpty }), startsAt: start,
                endsAt: draft.endsAt, generatorURL: draft.generatorURL))
    }
}

/// A message for whoever sent a request.
struct APITextError: Error, CustomStringConvertible {
    let description: String

    init(_ text: String) {
        description = text
    }
}

extension JSONScanner {
    /// A text, or nothing for `null`.
    mutating func textOrNull() throws -> String? {
        if try takeNull() { return nil }
        return try decoded(try string())
    }

    /// An object of texts.
    mutating func textPairs() throws -> [Label] {
        var pairs: [Label] = []
        try eachMember { scanner, key in
            let name = try scanner.decoded(key)
            pairs.append(Label(name, try scanner.textOrNull() ?? ""))
        }
        return pairs
    }

    /// An instant; nothing for `null` and for Go's zero time.
    mutating func instant() throws -> Timestamp? {
        guard let text = try textOrNull(), !text.isEmpty else { return nil }
        guard let nanoseconds = TimeText.parse(text) else { throw APITextError("\(text) is no RFC 3339 time") }
        return nanoseconds == .min ? nil : Timestamp(nanoseconds: nanoseconds)
    }

    /// `true`, `false`, or nothing for `null`.
    mutating func flagOrNull() throws -> Bool? {
        if try takeNull() { return nil }
        if peek() == UInt8(ascii: "t") {
            try literal("true")
            return true
        }
        try literal("false")
        return false
    }
}
