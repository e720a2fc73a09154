internal import LogQL
internal import WeirAPI

extension ServeFile {
    /// Loki's sections about queueing, caching and slow queries, each of which has other keys that mean nothing here.
    mutating func applyQuerySections(_ map: YAMLMap) {
        map.section("querier") { section in
            if let count = section.integer("max_concurrent", in: 1...100_000) { desk.runningMax = count }
            section.ignore(LokiKeys.oneProcessRest)
        }
        map.section("query_scheduler") { section in
            if let count = section.integer("max_outstanding_requests_per_tenant", in: 1...Int.max) {
                desk.waitingMax = count
            }
            section.ignore(LokiKeys.oneProcessRest)
        }
        map.section("frontend") { section in
            if let time = section.value("log_queries_longer_than")?.duration { server.slowQuery = time }
            if let count = section.integer("max_outstanding_per_tenant", in: 1...Int.max) { desk.waitingMax = count }
            section.ignore(LokiKeys.oneProcessRest)
        }
        map.section("query_range") { section in
            if let isOn = section.value("cache_results")?.flag { desk.cachesResults = isOn }
            section.section("results_cache") { cache in
                cache.section("cache") { applyCache($0) }
                cache.ignore(LokiKeys.cacheRest)
            }
            section.ignore(LokiKeys.queryRangeRest)
        }
        map.section("pattern_ingester") { section in
            if let isOn = section.value("enabled")?.flag { server.findsPatterns = isOn }
            section.ignore(LokiKeys.patternsRest)
        }
    }

    private mutating func applyCache(_ map: YAMLMap) {
        map.section("embedded_cache") { section in
            if let isOn = section.value("enabled")?.flag, !isOn { desk.cachesResults = false }
            if let megabytes = section.integer("max_size_mb", in: 1...1 << 20) { desk.cacheBytesMax = megabytes << 20 }
            section.ignore(LokiKeys.cacheRest)
        }
        map.ignore(LokiKeys.cacheRest)
    }

    mutating func applyRateLimits(_ map: YAMLMap) {
        if let megabytes = map.value("ingestion_rate_mb")?.number { push.bytesPerSecond = Self.bytes(megabytes) }
        if let megabytes = map.value("ingestion_burst_size_mb")?.number { push.burstBytes = Self.bytes(megabytes) }
        if let bytes = map.value("per_stream_rate_limit")?.byteSize { push.streamBytesPerSecond = bytes }
        if let bytes = map.value("per_stream_rate_limit_burst")?.byteSize { push.streamBurstBytes = bytes }
        for key in ["max_streams_per_user", "max_global_streams_per_user"] {
            if let count = map.integer(key, in: 0...Int.max) { push.streamsMax = count }
        }
        if let freshness = map.value("max_cache_freshness_per_query")?.nanoseconds {
            desk.freshnessNanoseconds = freshness
        }
        map.section("otlp_config") { applyOTLP($0) }
    }

    private static func bytes(_ megabytes: Double) -> Int {
        Int(clamping: Int64(min(max(0, megabytes), 1_099_511_627_776) * 1_048_576))
    }

    private mutating func applyOTLP(_ map: YAMLMap) {
        map.section("resource_attributes") { section in
            if let isOn = section.value("ignore_defaults")?.flag { push.otlp.ignoresDefaults = isOn }
            push.otlp.resource = Self.rules(section.value("attributes_config"))
        }
        push.otlp.scope = Self.rules(map.value("scope_attributes"))
        push.otlp.record = Self.rules(map.value("log_attributes"))
        if let isOn = map.value("severity_text_as_label")?.flag { push.otlp.makesSeverityLabel = isOn }
    }

    private static func rules(_ value: YAMLValue?) -> [OTLPRules.Rule] {
        (value?.list ?? []).compactMap { element in
            guard let map = element.map else { return nil }
            defer { map.finish() }
            guard let action = map.choice("action", OTLPRules.Action.self) else {
                element.remark(.error, "an action is missing", replacement: "action: index_label")
                return nil
            }
            var rule = OTLPRules.Rule(action: action, attributes: Set(map.value("attributes")?.texts ?? []))
            if let value = map.value("regex"), let text = value.text {
                guard let pattern = OTLPRules.pattern(text) else {
                    value.remark(.error, "no regular expression")
                    return nil
                }
                rule.pattern = pattern
            }
            return rule
        }
    }
}
