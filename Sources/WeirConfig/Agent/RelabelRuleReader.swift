internal import WeirAgent

/// Reads `relabel_configs`.
enum RelabelRuleReader {
    static func read(_ map: YAMLMap) -> [RelabelRule] {
        (map.value("relabel_configs")?.list ?? []).compactMap { value in value.map.map { rule($0, value) } }
    }

    private static func rule(_ map: YAMLMap, _ value: YAMLValue) -> RelabelRule {
        var rule = RelabelRule()
        if let action = map.choice("action", RelabelRule.Action.self) { rule.action = action }
        if let labels = map.value("source_labels")?.texts { rule.sourceLabels = labels }
        if let separator = map.value("separator")?.text { rule.separator = separator }
        if let regex = map.value("regex")?.text { rule.regex = regex }
        if let label = map.value("target_label")?.text { rule.targetLabel = label }
        // An empty text, written as "", is no null and removes the label.
        if let replacement = map.value("replacement")?.text { rule.replacement = replacement }
        if let modulus = map.integer("modulus", in: 1...Int.max) { rule.modulus = UInt64(modulus) }
        map.finish()
        let needsTarget: Set<RelabelRule.Action> = [
            .replace, .hashmod, .lowercase, .uppercase, .keepequal, .dropequal,
        ]
        if needsTarget.contains(rule.action) && rule.targetLabel.isEmpty {
            value.remark(.error, "the action \(rule.action.rawValue) needs a target_label")
        }
        if rule.action == .hashmod && rule.modulus == 0 { value.remark(.error, "hashmod needs a modulus") }
        return rule
    }
}
