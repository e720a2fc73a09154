internal import WeirModel
internal import WeirRules

extension ServeFile {
    private static let noCluster = "has no effect: one process does all of Loki's parts, there is no ring to join"
    private static let keptHere = "not applied: recorded series are kept here and read at /prometheus/api/v1/query"

    private static let rulerKeys: [IgnoredKey] = [
        IgnoredKey("rule_path", "has no effect: rules are read where they are"),
        IgnoredKey("enable_alertmanager_v2", "has no effect: version 2 is the only one there is"),
        IgnoredKey("enable_alertmanager_discovery", .warning, "not applied: name the addresses in alertmanager_url"),
        IgnoredKey("alertmanager_refresh_interval", "has no effect: addresses are resolved at every request"),
        IgnoredKey("alert_relabel_configs", .warning, "not applied"),
        IgnoredKey("for_grace_period", "has no effect: what was pending goes on where it was"),
        IgnoredKey("poll_interval", "has no effect: files are read at start and on SIGHUP"),
        IgnoredKey("wal*", .note, keptHere), IgnoredKey("remote_write", .warning, keptHere),
        IgnoredKey("evaluation", "has no effect: rules are evaluated in this process"),
        IgnoredKey("alertmanager_client", .warning, "only basic_auth is applied"),
        IgnoredKey("datasource_uid", "has no effect"), IgnoredKey("disable_rule_group_label", "has no effect"),
        IgnoredKey("*", noCluster),
    ]

    /// `ruler`, `ruler_storage`, and Prometheus' `rule_files`, `global` and `alerting`.
    mutating func applyRules(_ map: YAMLMap) {
        map.section("ruler") { applyRuler($0) }
        map.section("ruler_storage") { section in
            applyRuleStorage(section)
            section.ignore([IgnoredKey("*", .warning, "not applied: rules are read from a local folder")])
        }
        if let files = map.value("rule_files")?.texts { rules.files += files }
        map.section("global") { section in
            if let nanoseconds = section.value("evaluation_interval")?.nanoseconds, nanoseconds > 0 {
                rules.engine.intervalNanoseconds = nanoseconds
            }
            if let nanoseconds = section.value("rule_query_offset")?.nanoseconds {
                rules.engine.queryOffsetNanoseconds = nanoseconds
            }
            rules.externalLabels = RuleReader.labels(section, "external_labels", isAlert: true)
            section.ignore([
                IgnoredKey("scrape_*", "has no effect: nothing is scraped"), IgnoredKey("*", "has no effect"),
            ])
        }
        map.section("alerting") { applyAlerting($0) }
        if let jobs = map.value("scrape_configs") {
            let count = jobs.list?.count ?? 0
            jobs.remark(.warning, "\(count) scrape jobs not applied: Weir does not scrape")
        }
    }

    private mutating func applyRuler(_ map: YAMLMap) {
        map.section("storage") { section in
            applyRuleStorage(section)
            section.ignore([IgnoredKey("*", .warning, "not applied: rules are read from a local folder")])
        }
        if let value = map.value("alertmanager_url"), let text = value.text {
            rules.alertmanagers += text.split(separator: ",").map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
        }
        if let nanoseconds = map.value("evaluation_interval")?.nanoseconds, nanoseconds > 0 {
            rules.engine.intervalNanoseconds = nanoseconds
        }
        if let text = map.value("external_url")?.text { rules.externalURL = text }
        rules.externalLabels = RuleReader.labels(map, "external_labels", isAlert: true)
        if let nanoseconds = map.value("resend_delay")?.nanoseconds { rules.resendNanoseconds = nanoseconds }
        if let nanoseconds = map.value("for_outage_tolerance")?.nanoseconds {
            rules.engine.outageToleranceNanoseconds = nanoseconds
        }
        if let timeout = map.value("notification_timeout")?.duration { rules.notificationTimeout = timeout }
        if let count = map.integer("notification_queue_capacity", in: 1...Int.max) { rules.notificationsMax = count }
        if let isOn = map.value("enable_api")?.flag { rules.allowsWriting = isOn }
        map.ignore(Self.rulerKeys)
    }

    private mutating func applyRuleStorage(_ map: YAMLMap) {
        if let type = (map.value("type") ?? map.value("backend")), type.text != "local" {
            type.remark(.warning, "not applied: rules are read from a local folder", replacement: "local")
        }
        map.section("local") { section in
            if let folder = section.value("directory")?.text { rules.folder = folder }
        }
    }

    private mutating func applyAlerting(_ map: YAMLMap) {
        if let path = map.value("config_file")?.text { alerting.file = path }
        if let url = map.value("external_url")?.text { alerting.externalURL = url }
        if let isOn = map.value("built_in")?.flag { alerting.isBuiltIn = isOn }
        if let address = map.value("listen")?.text { alerting.listen = address }
        for manager in map.value("alertmanagers")?.list ?? [] {
            if manager.isScalar, let address = manager.text {
                rules.alertmanagers.append(address)
                continue
            }
            guard let section = manager.map else { continue }
            let scheme = section.value("scheme")?.text ?? "http"
            let prefix = section.value("path_prefix")?.text ?? ""
            if let timeout = section.value("timeout")?.duration { rules.notificationTimeout = timeout }
            for targets in section.value("static_configs")?.list ?? [] {
                guard let targetMap = targets.map else { continue }
                for target in targetMap.value("targets")?.texts ?? [] {
                    rules.alertmanagers.append("\(scheme)://\(target)\(prefix)")
                }
                targetMap.finish()
            }
            section.ignore([IgnoredKey("*", .warning, "not applied")])
        }
        map.ignore([IgnoredKey("alert_relabel_configs", .warning, "not applied")])
    }
}
