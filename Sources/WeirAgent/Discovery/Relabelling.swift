internal import WeirBytes
internal import WeirModel
internal import WeirRegex

/// Relabelling rules, compiled: labels in, labels out, or the target dropped.
struct Relabelling: Sendable {
    private let rules: [(rule: RelabelRule, pattern: Pattern)]

    /// Compiles rules.
    init(_ rules: [RelabelRule]) throws(StageError) {
        var compiled: [(rule: RelabelRule, pattern: Pattern)] = []
        for rule in rules {
            do throws(PatternError) {
                compiled.append((rule, try Pattern("^(?s:\(rule.regex))$")))
            } catch {
                throw StageError(stage: "relabel_configs", reason: "\(error) in \(rule.regex)")
            }
            if rule.action == .hashmod, rule.modulus == 0 {
                throw StageError(stage: "relabel_configs", reason: "hashmod needs a modulus above 0")
            }
        }
        self.rules = compiled
    }

    /// Applies the rules in order; nil when one of them drops the target.
    func apply(_ labels: LabelSet) -> LabelSet? {
        var result = labels
        for (rule, pattern) in rules {
            guard Relabelling.apply(rule, pattern, &result) else { return nil }
        }
        return result
    }

    private static func apply(_ rule: RelabelRule, _ pattern: Pattern, _ labels: inout LabelSet) -> Bool {
        let joined = rule.sourceLabels.map { labels[$0] ?? "" }.joined(separator: rule.separator)
        switch rule.action {
        case .replace:
            if let groups = match(pattern, joined) {
                let target = expand(rule.targetLabel, groups, pattern)
                let value = expand(rule.replacement, groups, pattern)
                if Label.isValidName(target) { labels[target] = value.isEmpty ? nil : value }
            }
        case .keep: return match(pattern, joined) != nil
        case .drop: return match(pattern, joined) == nil
        case .keepequal: return joined == labels[rule.targetLabel] ?? ""
        case .dropequal: return joined != labels[rule.targetLabel] ?? ""
        case .lowercase: labels[rule.targetLabel] = joined.isEmpty ? nil : joined.lowercased()
        case .uppercase: labels[rule.targetLabel] = joined.isEmpty ? nil : joined.uppercased()
        case .hashmod: labels[rule.targetLabel] = String(MD5.lowHalf(Array(joined.utf8)) % rule.modulus)
        case .labelmap:
            for label in labels.labels {
                guard let groups = match(pattern, label.name) else { continue }
                labels[expand(rule.replacement, groups, pattern)] = label.value
            }
        case .labeldrop: for label in labels.labels where match(pattern, label.name) != nil { labels[label.name] = nil }
        case .labelkeep: for label in labels.labels where match(pattern, label.name) == nil { labels[label.name] = nil }
        }
        return true
    }

    /// The whole match and its groups as texts; nil when the pattern does not match.
    private static func match(_ pattern: Pattern, _ text: String) -> [String]? {
        var spans = [Range<Int>?](repeating: nil, count: pattern.groupNames.count + 1)
        var copy = text
        return copy.withUTF8 { utf8 in
            let bytes = UnsafeRawBufferPointer(utf8)
            guard pattern.search(bytes, spans: &spans) else { return nil }
            return spans.map { span in span.map { bytes.part($0).text } ?? "" }
        }
    }

    /// Puts groups in for `$1`, `${1}`, `$name` and `${name}`; `$$` is a dollar. Unknown groups are empty, as in Go.
    private static func expand(_ template: String, _ groups: [String], _ pattern: Pattern) -> String {
        var result = ""
        var rest = Substring(template)
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[dollar...].dropFirst()
            if rest.first == "$" {
                result += "$"
                rest = rest.dropFirst()
                continue
            }
            let isBraced = rest.first == "{"
            if isBraced { rest = rest.dropFirst() }
            let name = rest.prefix { $0 == "_" || $0.isASCII && ($0.isLetter || $0.isNumber) }
            rest = rest[name.endIndex...]
            if isBraced {
                guard rest.first == "}" else { return result }
                rest = rest.dropFirst()
            } else if name.isEmpty {
                result += "$"
                continue
            }
            let index = Int(name) ?? pattern.groupNames.firstIndex { $0 == String(name) }.map { $0 + 1 }
            if let index, groups.indices.contains(index) { result += groups[index] }
        }
        return result + rest
    }
}
