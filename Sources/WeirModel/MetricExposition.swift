/// The Prometheus text format, version 0.0.4, and OpenMetrics.
public enum MetricExposition {
    /// The content type of ``text(_:)``.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// The content type of ``openMetrics(_:)``.
    public static let openMetricsContentType = "application/openmetrics-text; version=1.0.0; charset=utf-8"

    /// Writes families in order of name; families of one name, from different parts of the program, become one.
    ///
    /// Help and kind are those of the first family of a name. Families without samples are left out.
    public static func text(_ families: [MetricFamily]) -> String {
        var text = ""
        for family in merged(families) {
            append(family, named: family.name, kind: family.kind.rawValue, to: &text)
        }
        return text
    }

    /// The same in the OpenMetrics format, version 1.0.0, in which the family of a counter is named without `_total`.
    public static func openMetrics(_ families: [MetricFamily]) -> String {
        var text = ""
        for family in merged(families) {
            if family.kind == .counter, family.name.hasSuffix("_total") {
                append(family, named: String(family.name.dropLast("_total".count)), kind: "counter", to: &text)
            } else {
                // A counter by another name is none there.
                append(
                    family, named: family.name, kind: family.kind == .counter ? "unknown" : family.kind.rawValue,
                    to: &text)
            }
        }
        return text + "# EOF\n"
    }

    private static func merged(_ families: [MetricFamily]) -> [MetricFamily] {
        var byName: [String: MetricFamily] = [:]
        for family in families {
            byName[family.name, default: MetricFamily(family.name, family.help, family.kind)].samples += family.samples
        }
        return byName.values.filter { !$0.samples.isEmpty }.sorted { $0.name < $1.name }
    }

    private static func append(_ family: MetricFamily, named name: String, kind: String, to text: inout String) {
        text += "# HELP \(name) \(escaped(family.help, quotes: false))\n"
        text += "# TYPE \(name) \(kind)\n"
        for sample in family.samples {
            text += "\(family.name)\(sample.suffix)\(labels(sample.labels)) \(number(sample.value))\n"
        }
    }

    /// Writes a value: whole numbers without a point, infinities and NaN in Prometheus' spelling.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        // Up to 2^53 whole numbers are exact.
        if value == value.rounded(.towardZero), value.magnitude < 9_007_199_254_740_992 { return "\(Int64(value))" }
        return value.description
    }

    private static func labels(_ labels: LabelSet) -> String {
        guard !labels.isEmpty else { return "" }
        let pairs = labels.labels.map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"" }
        return "{" + pairs.joined(separator: ",") + "}"
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
