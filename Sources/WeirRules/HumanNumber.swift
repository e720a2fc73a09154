internal import WeirTemplate

/// Numbers for people, in the words of Prometheus' template functions.
enum HumanNumber {
    /// `12345.678` is `12.35k`, `0.001234` is `1.234m`.
    static func decimal(_ value: Double) -> String {
        guard value != 0, value.isFinite else { return four(value) }
        let (scaled, prefix) =
            value.magnitude >= 1
            ? shrunk(value, by: 1000, ["k", "M", "G", "T", "P", "E", "Z", "Y"])
            : grown(value, ["m", "u", "n", "p", "f", "a", "z", "y"])
        return four(scaled) + prefix
    }

    /// `1536` is `1.5ki`.
    static func binary(_ value: Double) -> String {
        guard value.magnitude > 1, value.isFinite else { return four(value) }
        let (scaled, prefix) = shrunk(value, by: 1024, ["ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"])
        return four(scaled) + prefix
    }

    /// `0.05` is `5%`.
    static func percentage(_ ratio: Double) -> String { four(ratio * 100) + "%" }

    /// Seconds: `93784.5` is `1d 2h 3m 4s`, `0.5` is `500ms`.
    static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite else { return four(seconds) }
        guard seconds != 0 else { return "0s" }
        guard seconds.magnitude >= 1 else {
            let (scaled, prefix) = grown(seconds, ["m", "u", "n", "p", "f", "a", "z", "y"])
            return "\(four(scaled))\(prefix)s"
        }
        let sign = seconds < 0 ? "-" : ""
        guard seconds.magnitude >= 60, let whole = Int64(exactly: seconds.magnitude.rounded(.down)) else {
            return "\(sign)\(four(seconds.magnitude))s"
        }
        let (second, minute, hour, day) = (whole % 60, whole / 60 % 60, whole / 3600 % 24, whole / 86_400)
        if day > 0 { return "\(sign)\(day)d \(hour)h \(minute)m \(second)s" }
        if hour > 0 { return "\(sign)\(hour)h \(minute)m \(second)s" }
        return "\(sign)\(minute)m \(second)s"
    }

    private static func shrunk(_ value: Double, by base: Double, _ prefixes: [String]) -> (Double, String) {
        var value = value
        var prefix = ""
        for next in prefixes where value.magnitude >= base {
            prefix = next
            value /= base
        }
        return (value, prefix)
    }

    private static func grown(_ value: Double, _ prefixes: [String]) -> (Double, String) {
        var value = value
        var prefix = ""
        for next in prefixes where value.magnitude < 1 {
            prefix = next
            value *= 1000
        }
        return (value, prefix)
    }

    /// Four significant digits.
    private static func four(_ value: Double) -> String {
        String(decoding: GoFormat.format(Array("%.4g".utf8), [.float(value)]), as: UTF8.self)
    }
}
