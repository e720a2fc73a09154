internal import LogQL
internal import WeirModel
internal import WeirStore

// How long lines are kept: Loki's `limits_config.retention_*` with `compactor`, and Weir's own `retention` and `max_disk`.
extension ServeFile {
    /// `compactor`: whether Loki's periods of retention count.
    mutating func applyCompactor(_ map: YAMLMap) {
        if let isOn = map.value("retention_enabled")?.flag { enforcesLokiRetention = isOn }
        map.ignore(LokiKeys.compactor)
    }

    /// `retention_period` and `retention_stream` of `limits_config`, or of one tenant's overrides.
    mutating func applyRetentionLimits(_ map: YAMLMap, tenant: Tenant? = nil) {
        var rules: [RetentionConfiguration.Rule] = []
        var remarked: YAMLValue?
        if let value = map.value("retention_period"), let nanoseconds = value.nanoseconds {
            if nanoseconds < 0 {
                value.remark(.error, "a period is not negative; 0 keeps lines for ever")
            } else if let tenant {
                rules.append(
                    RetentionConfiguration.Rule(
                        tenant: tenant, period: ServeFile.period(nanoseconds), priority: Int.min))
            } else if enforcesLokiRetention {
                store.retention.period = ServeFile.period(nanoseconds)
            }
            if nanoseconds > 0 { remarked = value }
        }
        if let value = map.value("retention_stream") {
            rules += (value.list ?? []).compactMap { rule(of: $0, tenant: tenant) }
            if !rules.isEmpty { remarked = remarked ?? value }
        }
        if let value = map.value("deletion_mode"), let mode = value.text {
            let modes = ["disabled", "filter-only", "filter-and-delete"]
            if !modes.contains(mode) { value.remark(.error, "expected one of \(modes.joined(separator: ", "))") }
            if tenant == nil { allowsDeletes = mode != "disabled" }
            if mode == "filter-only" { value.remark(.note, "lines are hidden at once, and removed later all the same") }
        }
        if let isOn = map.value("allow_deletes")?.flag, tenant == nil { allowsDeletes = isOn }
        guard enforcesLokiRetention else {
            remarked?.remark(
                .warning, "not applied: lines are kept for ever unless the compactor enforces retention",
                replacement: "compactor: {retention_enabled: true}")
            return
        }
        store.retention.rules += rules
    }

    /// `runtime_config`: where the overrides are.
    mutating func applyRuntimeConfiguration(_ map: YAMLMap) {
        if let files = map.value("file")?.texts {
            let paths = files.flatMap { $0.split(separator: ",").map(String.init) }
            overridesFile = paths.first { !$0.isEmpty }
            if paths.count > 1 { map.remark(.warning, key: "file", "only the first file is read: \(paths[0])") }
        }
        if let period = map.value("period")?.duration, period > .zero { runtimePeriod = period }
    }

    /// Takes limits of single tenants out of the text of Loki's `runtime_config` file; remarks join ``diagnostics``.
    public mutating func applyOverrides(_ text: String, file: String) {
        let remarks = YAMLReader.readFile(text, file: file, environment: nil) { map in
            map.section("overrides") { applyOverrides($0) }
            map.ignore([IgnoredKey("*", "has no effect: only the limits of tenants are read here")])
        }
        diagnostics += remarks
    }

    /// `overrides`: limits of single tenants, in the form of Loki's `runtime_config` file.
    mutating func applyOverrides(_ map: YAMLMap) {
        for name in map.keys {
            guard let limits = map.value(name)?.map else { continue }
            applyRetentionLimits(limits, tenant: Tenant(name))
            limits.ignore([IgnoredKey("*", .warning, "not applied: this limit is the same for all tenants")])
            limits.finish()
        }
    }

    /// `retention` and `max_disk` at the top: Weir's own, which win over Loki's.
    mutating func applyRetention(_ map: YAMLMap) {
        if let value = map.value("retention") {
            if value.isScalar {
                if let nanoseconds = value.nanoseconds { setPeriod(nanoseconds, value) }
            } else {
                map.section("retention") { applyRetentionMap($0) }
            }
        }
        if let value = map.value("max_disk"), let bytes = value.byteSize {
            store.retention.bytesMax = bytes > 0 ? bytes : nil
        }
    }

    private mutating func applyRetentionMap(_ map: YAMLMap) {
        for name in ["logs", "loki_retention"] {
            if let value = map.value(name), let nanoseconds = value.nanoseconds { setPeriod(nanoseconds, value) }
        }
        for value in map.value("streams")?.list ?? [] {
            if let rule = rule(of: value, tenant: nil) { store.retention.rules.append(rule) }
        }
        map.ignore([
            IgnoredKey("prometheus_retention", "has no effect: lines are kept here, no metrics of other programs"),
            IgnoredKey("metrics", "has no effect: lines are kept here, no metrics of other programs"),
            IgnoredKey("jaeger_retention", "has no effect: there are no traces"),
            IgnoredKey("traces", "has no effect: there are no traces"),
        ])
    }

    private mutating func setPeriod(_ nanoseconds: Int64, _ value: YAMLValue) {
        if nanoseconds < 0 {
            value.remark(.error, "a period is not negative; 0 keeps lines for ever")
            return
        }
        if let other = store.retention.period, other != ServeFile.period(nanoseconds) {
            value.remark(.note, "wins over limits_config.retention_period")
        }
        store.retention.period = ServeFile.period(nanoseconds)
    }

    /// One of `retention_stream`: `selector`, `priority` and `period`.
    private func rule(of value: YAMLValue, tenant: Tenant?) -> RetentionConfiguration.Rule? {
        guard let map = value.map else { return nil }
        defer { map.finish() }
        let priority = map.value("priority")?.integer ?? 0
        guard let selector = map.value("selector"), let text = selector.text,
            let period = map.value("period"), let nanoseconds = period.nanoseconds
        else {
            value.remark(.error, "expected selector and period")
            return nil
        }
        guard nanoseconds >= 0 else {
            period.remark(.error, "a period is not negative; 0 keeps lines for ever")
            return nil
        }
        do {
            return RetentionConfiguration.Rule(
                tenant: tenant, matchers: try Matcher.parseSelector(text), period: ServeFile.period(nanoseconds),
                priority: priority)
        } catch {
            selector.remark(.error, error.message)
            return nil
        }
    }

    /// Loki's zero means for ever.
    private static func period(_ nanoseconds: Int64) -> Duration? {
        nanoseconds == 0 ? nil : .nanoseconds(nanoseconds)
    }
}
