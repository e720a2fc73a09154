internal import LogQL
internal import WeirAPI

extension ServeFile {
    mutating func applyPushLimits(_ map: YAMLMap) {
        let counts = 0...Int.max
        if let bytes = map.value("max_line_size")?.byteSize { push.lineBytesMax = bytes }
        if let count = map.integer("max_label_names_per_series", in: counts) { push.labelsMax = count }
        if let bytes = map.integer("max_label_name_length", in: counts) { push.labelNameBytesMax = bytes }
        if let bytes = map.integer("max_label_value_length", in: counts) { push.labelValueBytesMax = bytes }
        if let bytes = map.value("max_structured_metadata_size")?.byteSize { push.metadataBytesMax = bytes }
        if let count = map.integer("max_structured_metadata_entries_count", in: counts) {
            push.metadataPairsMax = count
        }
        if let isOn = map.value("reject_old_samples")?.flag { push.rejectsOld = isOn }
        if let age = map.value("reject_old_samples_max_age")?.nanoseconds { push.ageNanosecondsMax = age }
        if let grace = map.value("creation_grace_period")?.nanoseconds { push.graceNanoseconds = grace }
        if let labels = map.value("discover_service_name")?.texts { push.serviceNameLabels = labels }
        if let isOn = map.value("discover_log_levels")?.flag { push.discoversLevels = isOn }
        applyRateLimits(map)
    }

    mutating func applyQueryLimits(_ map: YAMLMap) {
        if let count = map.integer("max_entries_limit_per_query", in: 0...Int.max) { query.entriesMax = count }
        if let count = map.integer("max_query_series", in: 0...Int.max) { query.seriesMax = count }
        if let length = map.value("max_query_length")?.nanoseconds { query.lengthNanosecondsMax = length }
        if let bytes = map.value("max_query_memory")?.byteSize { query.memoryBytesMax = bytes }
        if let isOn = map.value("logql_extensions")?.flag { query.dialect = isOn ? .weir : .loki }
        if let timeout = map.value("query_timeout")?.nanoseconds { query.timeoutNanoseconds = timeout }
    }
}
