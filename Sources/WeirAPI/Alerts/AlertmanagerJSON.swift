internal import WeirAlerts
internal import WeirBytes
internal import WeirModel

/// Alerts, groups and silences in the forms of Alertmanager's API.
extension JSONWriter {
    mutating func instant(_ instant: Timestamp) {
        string(AlertTimeText.milliseconds(instant))
    }

    /// An alert; the older form has no `updatedAt` and names receivers without objects.
    mutating func alert(_ view: AlertView, isV1: Bool = false) {
        let alert = view.alert
        raw(#"{"annotations":"#)
        labels(alert.annotations)
        raw(#","endsAt":"#)
        instant(alert.endsAt)
        raw(#","fingerprint":"#)
        string(FingerprintText.text(alert.fingerprint))
        raw(#","receivers":"#)
        list(view.receivers) { json, name in
            if isV1 { json.string(name) } else { json.receiver(name) }
        }
        raw(#","startsAt":"#)
        instant(alert.startsAt)
        raw(#","status":{"inhibitedBy":"#)
        list(view.inhibitedBy) { json, fingerprint in json.string(FingerprintText.text(fingerprint)) }
        if !isV1 {
            raw(#","mutedBy":"#)
            list(view.mutedBy) { json, name in json.string(name) }
        }
        raw(#","silencedBy":"#)
        list(view.silencedBy) { json, id in json.string(id) }
        raw(#","state":"#)
        string(view.isSuppressed ? "suppressed" : "active")
        raw("}")
        if !isV1 {
            raw(#","updatedAt":"#)
            instant(alert.updatedAt)
        }
        raw(#","generatorURL":"#)
        string(alert.generatorURL)
        raw(#","labels":"#)
        labels(alert.labels)
        raw("}")
    }

    mutating func receiver(_ name: String) {
        raw(#"{"name":"#)
        string(name)
        raw("}")
    }

    mutating func silence(_ silence: Silence, at now: Timestamp) {
        raw(#"{"id":"#)
        string(silence.id)
        raw(#","status":{"state":"#)
        string(silence.state(at: now).rawValue)
        raw(#"},"updatedAt":"#)
        instant(silence.updatedAt)
        raw(#","comment":"#)
        string(silence.comment)
        raw(#","createdBy":"#)
        string(silence.createdBy)
        raw(#","endsAt":"#)
        instant(silence.endsAt)
        raw(#","matchers":"#)
        list(silence.matchers) { json, matcher in json.matcher(matcher) }
        raw(#","startsAt":"#)
        instant(silence.startsAt)
        raw("}")
    }

    private mutating func matcher(_ matcher: Matcher) {
        let isPattern = matcher.comparison == .matches || matcher.comparison == .doesNotMatch
        let isEqual = matcher.comparison == .equal || matcher.comparison == .matches
        if isEqual { raw(#"{"isEqual":true"#) } else { raw(#"{"isEqual":false"#) }
        if isPattern { raw(#","isRegex":true,"name":"#) } else { raw(#","isRegex":false,"name":"#) }
        string(matcher.name)
        raw(#","value":"#)
        string(matcher.value)
        raw("}")
    }
}
