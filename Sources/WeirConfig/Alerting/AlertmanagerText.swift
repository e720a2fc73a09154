public import WeirAlerts
internal import WeirModel

/// A configuration as YAML that Alertmanager's own tools accept, without secrets: what the API shows as `original`.
///
/// Receivers have their names only, because the tools check the rest and know fewer kinds than there are.
public enum AlertmanagerText {
    /// The text.
    public static func write(_ configuration: AlertingConfiguration) -> String {
        var text = "global:\n  resolve_timeout: \(duration(configuration.dispatcher.resolveTimeout))\n"
        text += "route:\n"
        write(configuration.dispatcher.route, indent: 2, to: &text)
        if !configuration.dispatcher.inhibitions.isEmpty { text += "inhibit_rules:\n" }
        for rule in configuration.dispatcher.inhibitions {
            text += "- source_matchers: \(list(rule.source.map(\.description)))\n"
            text += "  target_matchers: \(list(rule.target.map(\.description)))\n"
            text += "  equal: \(list(rule.equal))\n"
        }
        text += "receivers:\n"
        for receiver in configuration.receivers {
            text += "- name: \(quote(receiver.name))"
            if !receiver.integrations.isEmpty {
                text += "  # " + receiver.integrations.map(\.kind).joined(separator: ", ")
            }
            text += "\n"
        }
        if !configuration.dispatcher.muteIntervals.isEmpty { text += "time_intervals:\n" }
        for interval in configuration.dispatcher.muteIntervals { write(interval, to: &text) }
        return text
    }

    private static func write(_ route: Route, indent: Int, to text: inout String) {
        let space = String(repeating: " ", count: indent)
        if let receiver = route.receiver { text += "\(space)receiver: \(quote(receiver))\n" }
        switch route.grouping {
        case .all: text += "\(space)group_by: ['...']\n"
        case .names(let names) where !names.isEmpty: text += "\(space)group_by: \(list(names.sorted()))\n"
        default: break
        }
        if !route.matchers.isEmpty { text += "\(space)matchers: \(list(route.matchers.map(\.description)))\n" }
        if route.continues { text += "\(space)continue: true\n" }
        for (key, value) in [
            ("group_wait", route.groupWait), ("group_interval", route.groupInterval),
            ("repeat_interval", route.repeatInterval),
        ] {
            if let value { text += "\(space)\(key): \(duration(value))\n" }
        }
        for (key, names) in [
            ("mute_time_intervals", route.muteIntervals), ("active_time_intervals", route.activeIntervals),
        ] where !names.isEmpty {
            text += "\(space)\(key): \(list(names))\n"
        }
        guard !route.routes.isEmpty else { return }
        text += "\(space)routes:\n"
        for child in route.routes {
            var part = ""
            write(child, indent: indent + 2, to: &part)
            text += part.isEmpty ? "\(space)- {}\n" : "\(space)- " + part.dropFirst(indent + 2)
        }
    }

    private static func write(_ interval: MuteInterval, to text: inout String) {
        text += "- name: \(quote(interval.name))\n  time_intervals:\n"
        for part in interval.parts {
            var fields: [String] = []
            let times = part.minutes.map {
                "{start_time: '\(clock($0.lowerBound))', end_time: '\(clock($0.upperBound))'}"
            }
            if !times.isEmpty { fields.append("times: [\(times.joined(separator: ", "))]") }
            let days = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
            func add(_ key: String, _ ranges: [String]) {
                if !ranges.isEmpty { fields.append("\(key): \(list(ranges))") }
            }
            add("weekdays", part.weekdays.map { "\(days[$0.lowerBound]):\(days[$0.upperBound])" })
            add("days_of_month", part.monthDays.map { "\($0.first):\($0.last)" })
            add("months", part.months.map { "\($0.lowerBound):\($0.upperBound)" })
            add("years", part.years.map { "\($0.lowerBound):\($0.upperBound)" })
            if !part.location.isEmpty { fields.append("location: \(quote(part.location))") }
            text += "  - {\(fields.joined(separator: ", "))}\n"
        }
    }

    private static func clock(_ minute: Int) -> String {
        let (hour, rest) = minute.quotientAndRemainder(dividingBy: 60)
        return (hour < 10 ? "0" : "") + "\(hour):" + (rest < 10 ? "0" : "") + "\(rest)"
    }

    private static func duration(_ duration: Duration) -> String {
        let seconds = duration.components.seconds
        if seconds > 0, seconds % 86_400 == 0 { return "\(seconds / 86_400)d" }
        if seconds > 0, seconds % 3600 == 0 { return "\(seconds / 3600)h" }
        if seconds > 0, seconds % 60 == 0 { return "\(seconds / 60)m" }
        let milliseconds = duration.components.attoseconds / 1_000_000_000_000_000
        return milliseconds == 0 ? "\(seconds)s" : "\(seconds * 1000 + milliseconds)ms"
    }

    private static func list(_ texts: [String]) -> String { "[\(texts.map(quote).joined(separator: ", "))]" }

    /// Single quotes hold everything but line ends and themselves; those are doubled.
    private static func quote(_ text: String) -> String {
        text.contains("\n")
            ? QuotedText.quote(text)
            : "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }
}
