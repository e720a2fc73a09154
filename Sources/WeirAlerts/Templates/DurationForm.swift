/// Durations as texts of notifications show them.
enum DurationForm {
    /// As Go prints a duration: `1h2m3.5s`.
    static func go(_ nanoseconds: Int64) -> String {
        if nanoseconds == 0 { return "0s" }
        let sign = nanoseconds < 0 ? "-" : ""
        let magnitude = nanoseconds.magnitude
        for (unit, size) in [("ns", UInt64(1)), ("µs", 1000), ("ms", 1_000_000)] where magnitude < size * 1000 {
            return sign + decimal(magnitude, per: size) + unit
        }
        let minutes = magnitude / 60_000_000_000
        let seconds = decimal(magnitude % 60_000_000_000, per: 1_000_000_000) + "s"
        if minutes == 0 { return sign + seconds }
        return sign + (minutes >= 60 ? "\(minutes / 60)h" : "") + "\(minutes % 60)m" + seconds
    }

    /// Seconds of a text such as ``go(_:)`` makes; nil when it is none.
    static func seconds(_ text: String) -> Double? {
        let units: [String: Double] = ["ns": 1e-9, "µs": 1e-6, "us": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600]
        var rest = text.hasPrefix("-") ? text.dropFirst() : text[...]
        guard !rest.isEmpty else { return nil }
        var sum = 0.0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isNumber || $0 == "." }
            rest = rest[digits.endIndex...]
            let unit = rest.prefix { !$0.isNumber && $0 != "." }
            rest = rest[unit.endIndex...]
            guard let amount = Double(digits), let size = units[String(unit)] else { return nil }
            sum += amount * size
        }
        return text.hasPrefix("-") ? -sum : sum
    }

    /// As people read it: `1d 2h 3m 4s`, `1.5s`, `20ms`.
    static func human(_ seconds: Double) -> String {
        guard seconds.isFinite else { return seconds.isNaN ? "NaN" : seconds > 0 ? "+Inf" : "-Inf" }
        let sign = seconds < 0 ? "-" : ""
        let magnitude = abs(seconds)
        guard magnitude >= 1, magnitude < 9e15 else {
            if magnitude == 0 { return "0s" }
            for (unit, size) in [("ms", 1e-3), ("us", 1e-6), ("ns", 1e-9)] where magnitude >= size {
                return sign + fourDigits(magnitude / size) + unit
            }
            return sign + fourDigits(magnitude) + "s"
        }
        let whole = Int64(magnitude)
        let parts = [(whole / 86_400, "d"), (whole / 3600 % 24, "h"), (whole / 60 % 60, "m")]
        guard let first = parts.firstIndex(where: { $0.0 > 0 }) else { return sign + fourDigits(magnitude) + "s" }
        return sign + parts[first...].map { "\($0.0)\($0.1)" }.joined(separator: " ") + " \(whole % 60)s"
    }

    private static func fourDigits(_ value: Double) -> String {
        var scale = 1.0
        while value * scale < 1000, scale < 1e6 { scale *= 10 }
        let rounded = (value * scale).rounded() / scale
        return rounded == rounded.rounded() ? "\(Int64(rounded))" : "\(rounded)"
    }

    private static func decimal(_ value: UInt64, per unit: UInt64) -> String {
        var text = "\(value / unit)"
        var rest = value % unit
        if rest > 0 { text += "." }
        var place = unit / 10
        while rest > 0 {
            text += "\(rest / place)"
            rest %= place
            place /= 10
        }
        return text
    }
}
