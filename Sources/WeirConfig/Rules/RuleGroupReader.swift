internal import LogQL
internal import WeirModel
internal import WeirRules

/// YAML to groups of rules.
struct RuleGroupReader {
    let tenant: Tenant
    let namespace: String
    private(set) var groups: [RuleGroupDefinition] = []

    /// Keys of groups and rules that other programs know.
    private static let ignored = [
        IgnoredKey("partial_response_strategy", "has no effect: there is one store"),
        IgnoredKey("evaluation_delay", .warning, "not applied; write query_offset"),
        IgnoredKey("remote_write", .warning, "not applied: recorded series are kept here"),
        IgnoredKey("source_tenants", .warning, "not applied: rules see their own tenant"),
        IgnoredKey("align_evaluation_time_on_interval", "has no effect: instants are always aligned"),
        IgnoredKey("eval_alignment", "has no effect: instants are always aligned"),
        IgnoredKey("concurrency", "has no effect: rules of a group run in order"),
        IgnoredKey("type", "has no effect: a selector with a name means recorded series, one without means lines"),
    ]

    init(tenant: Tenant, namespace: String) {
        self.tenant = tenant
        self.namespace = namespace
    }

    mutating func readFile(_ value: YAMLValue) {
        if value.isList {
            value.remark(.note, "a list of rules without `groups:`, taken as one group")
            return readRules(value, groupName: namespace)
        }
        guard let map = value.map else { return }
        if map.keys.contains("alert") || map.keys.contains("record") {
            value.remark(.note, "a rule without `groups:`, taken as a group of one")
            let rule = RuleReader(map, line: value.line).read()
            if let rule { add(RuleGroupDefinition(key: key(namespace), rules: [rule])) }
            return
        }
        // Loki's tools write the namespace beside the groups.
        _ = map.value("namespace")
        for group in map.value("groups")?.list ?? [] {
            if let section = group.map { readGroup(section, line: group.line) }
        }
        // Of `weir rules test` and of prometheus.yml, whose files are sometimes named here by mistake.
        _ = map.value("tests")
        map.finish()
    }

    private mutating func readRules(_ value: YAMLValue, groupName: String) {
        let rules = (value.list ?? []).compactMap { element in
            element.map.flatMap { RuleReader($0, line: element.line).read() }
        }
        add(RuleGroupDefinition(key: key(groupName), rules: rules))
    }

    mutating func readGroup(_ map: YAMLMap, line: Int) {
        let name = map.value("name")?.text ?? ""
        if name.isEmpty { map.remark(.error, key: "name", "a group needs a name") }
        if groups.contains(where: { $0.key.name == name }) {
            map.remark(.error, key: "name", "groupname: \"\(name)\" is repeated in the same file")
        }
        var group = RuleGroupDefinition(key: key(name), rules: [])
        if let interval = map.value("interval"), let nanoseconds = interval.nanoseconds {
            if nanoseconds > 0 { group.intervalNanoseconds = nanoseconds }
        }
        if let offset = map.value("query_offset")?.nanoseconds { group.queryOffsetNanoseconds = offset }
        if let limit = map.integer("limit", in: 0...Int.max) { group.limit = limit }
        group.labels = RuleReader.labels(map, "labels", isAlert: true)
        if let value = map.value("pipeline_errors") { group.failsOnLineErrors = value.text == "fail" }
        for element in map.value("rules")?.list ?? [] {
            guard let section = element.map else { continue }
            guard let rule = RuleReader(section, line: element.line).read() else { continue }
            let isKnown = group.rules.contains { $0.name == rule.name && $0.labels == rule.labels }
            if isKnown, rule.isAlerting || !rule.labels.isEmpty {
                element.remark(.warning, "a rule with this name and these labels stands in this group already")
            }
            group.rules.append(rule)
        }
        map.ignore(Self.ignored)
        map.finish()
        if !name.isEmpty { add(group) }
    }

    private mutating func add(_ group: RuleGroupDefinition) {
        if !groups.contains(where: { $0.key == group.key }) { groups.append(group) }
    }

    private func key(_ name: String) -> RuleGroupDefinition.Key {
        RuleGroupDefinition.Key(tenant: tenant, namespace: namespace, name: name)
    }
}
