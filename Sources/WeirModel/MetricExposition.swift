/// The Prometheus text format, version 0.0.4.
public enum MetricExposition {
    /// The content type of the text.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// Writes families in order of name; families of one name, from different parts of the program, become one.
    ///
    /// Help and kind are those of the first family of a name. Families without samples are left out.
    public static func text(_ families: [MetricFamily]) -> String {
        var byName: [String: MetricFamily] = [:]
        for family in families {
            byName[family.name, default: MetricFamily(family.name, family.help, family.kind)].samples += family.samples
        }
        var text = ""
        for name in byName.keys.sorted() {
            guard let family = byName[name], !family.samples.isEmpty else { continue }
            text += "# HELP \(name) \(escaped(family.help, quotes: false))\n"
            text += "# TYPE \(name) \(family.kind.rawValue)\n"
            for sample in family.samples {
                text += "\(name)\(sample.suffix)\(labels(sample.labels)) \(number(sample.value))\n"
            }
        }
        return text
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
