internal import WeirAlerts
internal import WeirModel

/// Reads values of `alertmanager.yml`: texts with variables, matchers, secrets.
struct AlertmanagerReader {
    let environment: [String: String]

    /// A text with its variables replaced; nil, with a remark, when one of them is not set.
    func text(_ value: YAMLValue) -> String? {
        guard let text = value.text else { return nil }
        var missing: [String] = []
        let expanded = expand(text, &missing)
        guard let name = missing.first else { return expanded }
        value.remark(.warning, "the variable \(name) is not set", replacement: "a value, or set \(name)")
        return nil
    }

    /// Replaces `${NAME}` outside of `{{ }}`; `$$` becomes `$`.
    func expand(_ text: String, _ missing: inout [String]) -> String {
        var result = ""
        var rest = Substring(text)
        while !rest.isEmpty {
            if rest.hasPrefix("{{"), let end = rest.firstRange(of: "}}") {
                result += rest[..<end.upperBound]
                rest = rest[end.upperBound...]
            } else if rest.hasPrefix("$$") {
                result += "$"
                rest = rest.dropFirst(2)
            } else if rest.hasPrefix("${"), let end = rest.firstIndex(of: "}") {
                let inside = rest[..<end].dropFirst(2)
                let name = String(inside.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
                let fallback = inside.dropFirst(name.count)
                let found = environment[name] ?? ""
                if !found.isEmpty {
                    result += found
                } else if fallback.hasPrefix(":-") {
                    result += fallback.dropFirst(2)
                } else {
                    missing.append(name)
                }
                rest = rest[rest.index(after: end)...]
            } else {
                result.append(rest.removeFirst())
            }
        }
        return result
    }

    /// A secret: `key`, or the file that `key_file` names.
    func secret(_ map: YAMLMap, _ key: String) -> Secret? {
        let inFile = map.value(key + "_file").flatMap { text($0) }
        guard let value = map.value(key) else { return inFile.map { .file($0) } }
        if inFile != nil {
            value.remark(.error, "both \(key) and \(key)_file are given; the file is used")
            return inFile.map { .file($0) }
        }
        return text(value).map { .text($0) }
    }

    /// Texts by key, for those keys that are given; templates that do not compile are remarked on.
    func texts(_ map: YAMLMap, _ keys: [String]) -> [String: String] {
        var texts: [String: String] = [:]
        for key in keys {
            guard let value = map.value(key), let text = text(value) else { continue }
            texts[key] = text
            if Self.outsideOfActions(text).contains("\\n") {
                value.remark(
                    .note, "the two characters \\n stay as they are in single quotes",
                    replacement: "double quotes or a block")
            }
        }
        return texts
    }

    private static func outsideOfActions(_ text: String) -> String {
        var result = ""
        var rest = Substring(text)
        while let start = rest.firstRange(of: "{{") {
            result += rest[..<start.lowerBound]
            guard let end = rest[start.upperBound...].firstRange(of: "}}") else { return result }
            rest = rest[end.upperBound...]
        }
        return result + rest
    }

    /// All pairs of a map as texts.
    func pairs(_ map: YAMLMap, _ key: String) -> [String: String] {
        guard let section = map.value(key)?.map else { return [:] }
        var pairs: [String: String] = [:]
        for name in section.keys {
            if let value = section.presentValue(name), let text = text(value) { pairs[name] = text }
        }
        return pairs
    }

    // MARK: Matchers

    /// `match`, `match_re` and `matchers` with a prefix such as `source_`.
    func matchers(_ map: YAMLMap, prefix: String = "") -> [Matcher] {
        var matchers: [Matcher] = []
        for (key, comparison) in [("match", Matcher.Comparison.equal), ("match_re", .matches)] {
            guard let section = map.value(prefix + key)?.map else { continue }
            for name in section.keys {
                guard let value = section.presentValue(name), let text = text(value) else { continue }
                // The anchors belong to the group's key, as Alertmanager writes it.
                let pattern = comparison == .matches ? "^(?:\(text))$" : text
                do { matchers.append(try Matcher(name, comparison, pattern)) } catch {
                    value.remark(
                        .error, "\(error); without this matcher the route would take too much: it takes nothing")
                    matchers.append(contentsOf: Self.never)
                }
            }
        }
        guard let value = map.value(prefix + "matchers") else { return matchers }
        let lines = value.isScalar ? [value] : value.list ?? []
        for line in lines {
            guard let text = text(line) else { continue }
            do { matchers += try MatcherText.parse(text) } catch {
                line.remark(.error, "\(error); the route or rule takes nothing")
                matchers.append(contentsOf: Self.never)
            }
        }
        return matchers
    }

    /// What no alert fulfils: safer than a condition left out.
    private static var never: [Matcher] { (try? [Matcher("alertname", .matches, "[^\\s\\S]")]) ?? [] }

    /// `inhibit_rules`.
    func inhibitions(_ value: YAMLValue?) -> [InhibitionRule] {
        (value?.list ?? []).compactMap { item -> InhibitionRule? in
            guard let map = item.map else { return nil }
            defer { map.finish() }
            _ = map.value("name")
            let rule = InhibitionRule(
                source: matchers(map, prefix: "source_"), target: matchers(map, prefix: "target_"),
                equal: map.value("equal")?.texts ?? [])
            if rule.source.isEmpty || rule.target.isEmpty {
                item.remark(.warning, "a side without matchers stands for every alert")
            }
            return rule
        }
    }
}
