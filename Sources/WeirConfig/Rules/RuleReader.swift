internal import LogQL
internal import WeirModel
internal import WeirRules

/// YAML to one rule.
struct RuleReader {
    private let map: YAMLMap
    private let line: Int

    init(_ map: YAMLMap, line: Int) {
        self.map = map
        self.line = line
    }

    /// The rule; nil, with an error, when it cannot be used.
    func read() -> Rule? {
        let alert = map.value("alert")
        let record = map.value("record")
        let expression = expression()
        let isAlert = alert != nil
        let hold = map.value("for")
        let keep = map.value("keep_firing_for")
        let holdNanoseconds = hold?.nanoseconds ?? 0
        let keepNanoseconds = keep?.nanoseconds ?? 0
        let labels = RuleReader.labels(map, "labels", isAlert: isAlert)
        let annotations = RuleReader.labels(map, "annotations", isAlert: true)
        map.finish()

        switch (alert?.text, record?.text) {
        case (nil, nil):
            map.remark(.error, key: "alert", "one of 'record' or 'alert' must be set")
            return nil
        case (_?, let name?):
            map.remark(.error, key: "record", "only one of 'record' and 'alert' must be set (\(name))")
            return nil
        case (let name?, nil):
            guard !name.isEmpty, let expression else {
                if name.isEmpty { map.remark(.error, key: "alert", "an alert needs a name") }
                return nil
            }
            let kind = Rule.Kind.alerting(
                holdNanoseconds: holdNanoseconds, keepNanoseconds: keepNanoseconds, annotations: annotations)
            return checked(Rule(name: name, expression: expression, labels: labels, kind: kind, line: line))
        case (nil, let name?):
            var isUsable = expression != nil
            for (key, value) in [("for", hold), ("keep_firing_for", keep)] where value != nil {
                value?.remark(.error, "invalid field '\(key)' in recording rule")
                isUsable = false
            }
            if !annotations.isEmpty {
                map.remark(.error, key: "annotations", "invalid field 'annotations' in recording rule")
                isUsable = false
            }
            if !RuleReader.isMetricName(name) {
                record?.remark(.error, "invalid recording rule name: \(name)")
                isUsable = false
            }
            guard isUsable, let expression else { return nil }
            return Rule(name: name, expression: expression, labels: labels, kind: .recording, line: line)
        }
    }

    private func expression() -> String? {
        guard let value = map.value("expr"), let text = value.text, !text.isEmpty else {
            map.remark(.error, key: "expr", "field 'expr' must be set in rule")
            return nil
        }
        do {
            if case .log = try Query.parse(text) {
                let fits = map.keys.contains("alert")
                value.remark(
                    fits ? .note : .error,
                    fits
                        ? "a log query, taken as: count_over_time of it within the group's interval is above 0"
                        : "rule result is not a vector or scalar")
                return fits ? text : nil
            }
            return text
        } catch {
            value.remark(.error, "could not parse expression: \(error.message)")
            return nil
        }
    }

    private func checked(_ rule: Rule) -> Rule? {
        do throws(RuleError) {
            try rule.checkTemplates()
            return rule
        } catch {
            map.remark(.error, key: "annotations", "\(error.message)")
            return nil
        }
    }

    /// The pairs behind a key; those that cannot be labels are left out with an error.
    static func labels(_ map: YAMLMap, _ key: String, isAlert: Bool) -> LabelSet {
        guard let section = map.value(key)?.map else { return .empty }
        var labels = LabelSet()
        for (name, value) in section.allTextPairs() {
            guard Label.isValidName(name), name != "__name__" else {
                section.remark(.error, key: name, "invalid \(key == "labels" ? "label" : "annotation") name: \(name)")
                continue
            }
            labels[name] = value
        }
        return labels
    }

    /// `[a-zA-Z_:][a-zA-Z0-9_:]*`
    static func isMetricName(_ name: String) -> Bool {
        Label.isValidName(String(name.map { $0 == ":" ? "_" : $0 }))
    }
}
