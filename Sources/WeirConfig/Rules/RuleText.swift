internal import LogQL
internal import WeirModel
public import WeirRules

/// Groups of rules as YAML, in the form that Loki's API answers and its tools read.
public enum RuleText {
    /// Several groups by namespace: `namespace:\n    - name: …`.
    public static func yaml(_ groups: [RuleGroupDefinition]) -> String {
        var text = ""
        var namespace: String?
        for group in groups {
            if group.key.namespace != namespace {
                text += "\(scalar(group.key.namespace)):\n"
                namespace = group.key.namespace
            }
            for (index, line) in lines(of: group).enumerated() {
                text += (index == 0 ? "    - " : "      ") + line + "\n"
            }
        }
        return text
    }

    /// One group.
    public static func yaml(_ group: RuleGroupDefinition) -> String {
        lines(of: group).map { $0 + "\n" }.joined()
    }

    private static func lines(of group: RuleGroupDefinition) -> [String] {
        var lines = ["name: \(scalar(group.key.name))"]
        if let interval = group.intervalNanoseconds { lines.append("interval: \(PrometheusDuration.text(interval))") }
        if let offset = group.queryOffsetNanoseconds {
            lines.append("query_offset: \(PrometheusDuration.text(offset))")
        }
        if group.limit > 0 { lines.append("limit: \(group.limit)") }
        lines += pairs("labels", group.labels)
        lines.append("rules:")
        for rule in group.rules {
            for (index, line) in self.lines(of: rule).enumerated() {
                lines.append((index == 0 ? "    - " : "      ") + line)
            }
        }
        return lines
    }

    private static func lines(of rule: Rule) -> [String] {
        var lines = [
            "\(rule.isAlerting ? "alert" : "record"): \(scalar(rule.name))", "expr: \(scalar(rule.expression))",
        ]
        guard case .alerting(let hold, let keep, let annotations) = rule.kind else {
            return lines + pairs("labels", rule.labels)
        }
        if hold > 0 { lines.append("for: \(PrometheusDuration.text(hold))") }
        if keep > 0 { lines.append("keep_firing_for: \(PrometheusDuration.text(keep))") }
        return lines + pairs("labels", rule.labels) + pairs("annotations", annotations)
    }

    private static func pairs(_ key: String, _ labels: LabelSet) -> [String] {
        labels.isEmpty ? [] : ["\(key):"] + labels.labels.map { "    \($0.name): \(scalar($0.value))" }
    }

    /// A text in one line: plain where that cannot be misread, in double quotes otherwise.
    private static func scalar(_ text: String) -> String {
        let isPlain =
            text.first.map { $0.isASCII && $0.isLetter } ?? false
            && text.utf8.allSatisfy {
                $0 >= 0x2d && $0 <= 0x2f || $0 >= 0x30 && $0 <= 0x39 || $0 >= 0x41 && $0 <= 0x5a || $0 == 0x5f
                    || $0 >= 0x61 && $0 <= 0x7a
            }
        let words = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"]
        return isPlain && !words.contains(text.lowercased()) ? text : quoted(text)
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "\r": quoted += "\\r"
            case _ where scalar.value < 0x20:
                quoted += "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
