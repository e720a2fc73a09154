internal import WeirAgent

/// Reads `pipeline_stages`: a list of maps with one key each, the stage's name.
enum AgentStageReader {
    static func read(_ value: YAMLValue?) -> [StageConfiguration] {
        let elements = value?.list ?? []
        return elements.enumerated().compactMap { index, element in
            guard let map = element.map else { return nil }
            guard map.keys.count == 1, let name = map.keys.first, let settings = map.presentValue(name) else {
                element.remark(.error, "a stage has one key, its name; this has \(map.keys.count)")
                return nil
            }
            guard let stage = stage(name, settings) else { return nil }
            if case .unsupported = stage { return stage }
            if case .cri = stage, index > 0 {
                settings.remark(.error, "must be the first stage: pieces of lines are joined while reading")
            }
            // A match reports the problems of its own stages itself, where they stand.
            if case .match(var match) = stage {
                match.stages = []
                report(.match(match), settings)
            } else {
                report(stage, settings)
            }
            return stage
        }
    }

    private static func report(_ stage: StageConfiguration, _ settings: YAMLValue) {
        if let problem = stage.problem() { settings.remark(.error, problem.reason) }
    }

    private static let names = [
        "docker", "cri", "json", "logfmt", "regex", "timestamp", "output", "labels", "static_labels", "labeldrop",
        "labelallow", "structured_metadata", "drop", "match", "multiline", "replace", "tenant", "decolorize",
        "sampling", "limit", "pack", "template", "metrics", "eventlogmessage",
    ]
    /// Stages that are not run, and why.
    private static let unsupported = [
        "geoip": "not run: Weir reads no MaxMind databases; lines pass unchanged, without geoip_* labels"
    ]

    private static func stage(_ name: String, _ value: YAMLValue) -> StageConfiguration? {
        switch name {
        case "labels": return .labels(sources(value))
        case "structured_metadata": return .structuredMetadata(sources(value))
        case "static_labels":
            let pairs = value.map?.allTextPairs() ?? []
            return .staticLabels(Dictionary(pairs.map { ($0.name, $0.value) }) { $1 })
        case "labeldrop": return .labelDrop(value.texts ?? [])
        case "labelallow": return .labelAllow(value.texts ?? [])
        case "metrics": return AgentMetricsReader.read(value)
        case _ where unsupported[name] != nil:
            value.remark(.warning, unsupported[name] ?? "")
            return .unsupported(name: name)
        case _ where names.contains(name):
            guard let map = value.map else { return nil }
            defer { map.finish() }
            return settings(name, value, map)
        default:
            value.remark(
                .error, "there is no stage of this name",
                replacement: NearestName.find(name, among: names + unsupported.keys))
            return nil
        }
    }

    private static func settings(_ name: String, _ value: YAMLValue, _ map: YAMLMap) -> StageConfiguration? {
        switch name {
        case "docker": return .docker
        case "decolorize": return .decolorize
        case "cri": return cri(map)
        case "json": return json(map)
        case "logfmt":
            let mapping = map.value("mapping").map(sources) ?? [:]
            return .logfmt(.init(mapping: mapping, source: source(map)))
        case "regex":
            return need("expression", value, map).map { .regex(expression: $0, source: source(map)) }
        case "timestamp": return timestamp(value, map)
        case "output": return need("source", value, map).map { .output(source: $0) }
        case "drop": return drop(map)
        case "match": return match(value, map)
        case "multiline": return multiline(value, map)
        case "replace":
            let replacement = map.value("replace")?.text ?? ""
            return need("expression", value, map).map {
                .replace(expression: $0, source: source(map), replacement: replacement)
            }
        case "tenant": return tenant(value, map)
        case "sampling": return .sampling(rate: map.value("rate")?.number ?? 1)
        case "limit": return limit(map)
        case "template":
            let template = need("template", value, map)
            guard let source = need("source", value, map), let template else { return nil }
            return .template(source: source, template: template)
        case "eventlogmessage":
            var message = StageConfiguration.EventLogMessage()
            if let source = map.value("source")?.text { message.source = source }
            if let drops = map.value("drop_invalid_labels")?.flag { message.dropsInvalidNames = drops }
            if let overwrites = map.value("overwrite_existing")?.flag { message.overwritesExisting = overwrites }
            return .eventLogMessage(message)
        default:
            let usesReadTime = map.value("ingest_timestamp")?.flag ?? true
            return .pack(labels: map.value("labels")?.texts ?? [], usesReadTime: usesReadTime)
        }
    }

    private static func cri(_ map: YAMLMap) -> StageConfiguration {
        var cri = StageConfiguration.CRI()
        if let count = map.integer("max_partial_lines", in: 0...Int.max) { cri.partialLinesMax = count }
        if let bytes = map.value("max_partial_line_size")?.byteSize { cri.partialLineBytesMax = bytes }
        if let truncates = map.value("max_partial_line_size_truncate")?.flag { cri.truncates = truncates }
        return .cri(cri)
    }

    private static func json(_ map: YAMLMap) -> StageConfiguration {
        var json = StageConfiguration.JSON(expressions: map.value("expressions").map(sources) ?? [:])
        json.source = source(map)
        if let drops = map.value("drop_malformed")?.flag { json.dropsMalformed = drops }
        return .json(json)
    }

    private static func timestamp(_ value: YAMLValue, _ map: YAMLMap) -> StageConfiguration? {
        let format = need("format", value, map)
        guard let source = need("source", value, map), let format else { return nil }
        var stage = StageConfiguration.TimestampStage(source: source, format: format)
        if let formats = map.value("fallback_formats")?.texts { stage.fallbackFormats = formats }
        stage.location = map.value("location")?.text
        stage.fudgesOnFailure = map.choice("action_on_failure", TimestampFailure.self) != .skip
        return .timestamp(stage)
    }

    private enum TimestampFailure: String, CaseIterable {
        case fudge
        case skip
    }

    private static func drop(_ map: YAMLMap) -> StageConfiguration {
        var drop = StageConfiguration.Drop()
        if let sources = map.value("source")?.texts { drop.sources = sources }
        if let separator = map.value("separator")?.text { drop.separator = separator }
        drop.value = map.value("value")?.text
        drop.expression = map.value("expression")?.text
        drop.olderThan = map.value("older_than")?.duration
        drop.longerThan = map.value("longer_than")?.byteSize
        if let reason = map.value("drop_counter_reason")?.text { drop.reason = reason }
        return .drop(drop)
    }

    private static func match(_ value: YAMLValue, _ map: YAMLMap) -> StageConfiguration? {
        let stages = read(map.value("stages"))
        let action = map.choice("action", MatchAction.self)
        let reason = map.value("drop_counter_reason")?.text
        map.ignore([IgnoredKey("pipeline_name", "has no effect: it only named metrics")])
        guard let selector = need("selector", value, map) else { return nil }
        var match = StageConfiguration.Match(selector: selector)
        match.stages = stages
        match.drops = action == .drop
        if let reason { match.reason = reason }
        return .match(match)
    }

    private enum MatchAction: String, CaseIterable {
        case keep
        case drop
    }

    private static func multiline(_ value: YAMLValue, _ map: YAMLMap) -> StageConfiguration? {
        let wait = map.value("max_wait_time")?.duration
        let lines = map.integer("max_lines", in: 0...Int.max)
        guard let firstLine = need("firstline", value, map) else { return nil }
        var stage = StageConfiguration.Multiline(firstLine: firstLine)
        if let wait { stage.waitMax = wait }
        if let lines { stage.linesMax = lines }
        return .multiline(stage)
    }

    private static func tenant(_ value: YAMLValue, _ map: YAMLMap) -> StageConfiguration? {
        let given: [StageConfiguration.Tenant] = [
            map.value("label")?.text.map { .label($0) },
            map.value("source")?.text.map { .source($0) },
            map.value("value")?.text.map { .value($0) },
        ].compactMap { $0 }
        guard given.count == 1 else {
            value.remark(.error, "give exactly one of label, source and value")
            return nil
        }
        return .tenant(given[0])
    }

    private static func limit(_ map: YAMLMap) -> StageConfiguration {
        let burst = map.integer("burst", in: 0...Int.max) ?? 0
        var limit = StageConfiguration.Limit(rate: map.value("rate")?.number ?? 0, burst: burst)
        limit.drops = map.value("drop")?.flag ?? false
        limit.labelName = map.value("by_label_name")?.text
        if let count = map.integer("max_distinct_labels", in: 0...Int.max) {
            // Promtail takes 10,000 for anything less.
            limit.distinctLabelsMax = max(10_000, count)
        }
        return .limit(limit)
    }

    /// Name → source; a name without one stands for itself.
    private static func sources(_ value: YAMLValue) -> [String: String?] {
        let pairs = value.map?.allTextPairs() ?? []
        return Dictionary(pairs.map { ($0.name, $0.value.isEmpty ? nil : $0.value) }) { $1 }
    }

    private static func source(_ map: YAMLMap) -> String? {
        map.value("source")?.text
    }

    private static func need(_ key: String, _ value: YAMLValue, _ map: YAMLMap) -> String? {
        if let text = map.value(key)?.text { return text }
        value.remark(.error, "the stage needs \(key)")
        return nil
    }
}
