extension StageConfiguration {
    /// The stage's name in a configuration.
    public var name: String {
        switch self {
        case .docker: "docker"
        case .cri: "cri"
        case .json: "json"
        case .logfmt: "logfmt"
        case .regex: "regex"
        case .timestamp: "timestamp"
        case .output: "output"
        case .labels: "labels"
        case .staticLabels: "static_labels"
        case .labelDrop: "labeldrop"
        case .labelAllow: "labelallow"
        case .structuredMetadata: "structured_metadata"
        case .drop: "drop"
        case .match: "match"
        case .multiline: "multiline"
        case .replace: "replace"
        case .tenant: "tenant"
        case .decolorize: "decolorize"
        case .sampling: "sampling"
        case .limit: "limit"
        case .template: "template"
        case .metrics: "metrics"
        case .eventLogMessage: "eventlogmessage"
        case .pack: "pack"
        case .unsupported(let name): name
        }
    }

    /// The stage without what cannot run; nil when that is all of it.
    ///
    /// A `match` keeps those of its stages that can.
    var runnable: StageConfiguration? {
        guard case .match(var settings) = self else { return problem() == nil ? self : nil }
        settings.stages = settings.stages.compactMap(\.runnable)
        let stage = StageConfiguration.match(settings)
        return stage.problem() == nil ? stage : nil
    }
}
