internal import WeirRegex

/// The stages of a scrape configuration, checked and with all names turned into slots; shared by its files.
struct StagePlan: Sendable {
    /// The names of extracted values.
    private(set) var values = NameTable()
    /// The names of labels that a stage may set, remove or look at.
    private(set) var labels = NameTable()
    /// The names of structured metadata.
    private(set) var metadata = NameTable()
    /// The stages in order, without a leading one that the reader does.
    private(set) var stages: [CompiledStage] = []
    /// The slots of labels whose values may differ from line to line.
    private(set) var changingLabels: Set<Int> = []
    /// Whether a stage may remove labels that it does not name.
    private(set) var removesOtherLabels = false
    /// How the reader takes records apart before the first stage.
    private(set) var record = RecordForm.plain
    /// The slot of the label `stream`, which the reader sets; nil when it does not.
    private(set) var streamLabel: Int?
    /// The slots of the values that the reader's form extracts; nil when no stage asks for them.
    private(set) var streamValue: Int?

    /// What was taken from outside.
    let resources: StageResources
    /// The stages' names in the configuration, in step with ``stages``.
    private(set) var stageNames: [String] = []
    /// The longest line that pieces of a container runtime are joined to; nil is the agent's limit.
    private(set) var pieceBytesMax: Int?

    /// How a reader takes the records of a file apart.
    enum RecordForm: Sendable {
        /// Each line is an entry.
        case plain
        /// Docker's records; entries are their texts.
        case docker
        /// Lines of a container runtime.
        case cri
    }

    /// Compiles stages.
    ///
    /// - Parameter isDockerSource: whether Docker's records are taken apart although no stage asks for it.
    init(
        _ configurations: [StageConfiguration], isDockerSource: Bool = false, _ resources: StageResources = .machine
    ) throws(StageError) {
        self.resources = resources
        var rest = configurations[...]
        if isDockerSource { record = .docker }
        // Joining pieces needs to know where they lie in the file, which only the reader does.
        if case .docker = rest.first {
            record = .docker
            rest = rest.dropFirst()
        } else if case .cri(let settings) = rest.first {
            record = .cri
            if settings.truncates, settings.partialLineBytesMax > 0 { pieceBytesMax = settings.partialLineBytesMax }
            rest = rest.dropFirst()
        }
        if record != .plain {
            streamLabel = changingLabel("stream")
            streamValue = values.slot("stream")
        }
        for configuration in rest { try add(configuration) }
    }

    /// Adds a stage that several plans share.
    mutating func append(_ stage: CompiledStage, named name: String) {
        stages.append(stage)
        stageNames.append(name)
    }

    /// The stages that count lines for users.
    var metrics: [MetricsStage] {
        stages.compactMap { stage in
            if case .metrics(let metrics) = stage { return metrics }
            return nil
        }
    }

    /// The slot of a label that a stage may change.
    mutating func changingLabel(_ name: String) -> Int {
        let slot = labels.slot(name)
        changingLabels.insert(slot)
        return slot
    }

    /// The slot of a label that a stage only looks at.
    mutating func label(_ name: String) -> Int { labels.slot(name) }

    /// The slot of a value.
    mutating func value(_ name: String) -> Int { values.slot(name) }

    private mutating func add(_ configuration: StageConfiguration) throws(StageError) {
        guard case .match(let settings) = configuration else {
            let stage = try compile(configuration)
            stages.append(stage)
            return stageNames.append(configuration.name)
        }
        // The inner stages follow in the same list, so that blocks held by one of them find their way on.
        let place = stages.count
        let match = try MatchStage(settings, &self)
        stages.append(.match(match, end: place + 1))
        stageNames.append(configuration.name)
        if !settings.drops { for inner in settings.stages { try add(inner) } }
        stages[place] = .match(match, end: stages.count)
    }

    private mutating func compile(_ configuration: StageConfiguration) throws(StageError) -> CompiledStage {
        switch configuration {
        case .docker:
            return .docker(label: changingLabel("stream"))
        case .cri:
            throw StageError(stage: "cri", reason: "must be the first stage: pieces are joined while reading")
        case .json(let settings):
            return .json(try JSONStage(settings, &self))
        case .logfmt(let settings):
            return .logfmt(LogfmtStage(settings, &self))
        case .regex(let expression, let source):
            return .regex(try RegexStage(expression: expression, source: source, &self))
        case .timestamp(let settings):
            return .timestamp(try TimestampStage(settings, &self))
        case .output(let source):
            return .output(value(source))
        case .labels(let pairs):
            return .labels(try labelPairs(pairs))
        case .staticLabels(let pairs):
            return .staticLabels(try fixedLabels(pairs))
        case .labelDrop(let names):
            return .labelDrop(names.map { changingLabel($0) })
        case .labelAllow(let names):
            removesOtherLabels = true
            return .labelAllow(Set(names.map { labels.slot($0) }))
        case .structuredMetadata(let pairs):
            return .structuredMetadata(metadataPairs(pairs))
        case .drop(let settings):
            return .drop(try DropStage(settings, &self))
        case .multiline(let settings):
            return .multiline(MultilineStage(pattern: try pattern(settings.firstLine, of: "multiline"), settings))
        case .replace(let expression, let source, let replacement):
            return .replace(
                try ReplaceStage(expression: expression, source: source, replacement: replacement, &self))
        case .tenant(let source):
            return .tenant(compileTenant(source))
        case .decolorize:
            return .decolorize
        case .sampling(let rate):
            guard (0...1).contains(rate) else { throw StageError(stage: "sampling", reason: "rate is not in 0...1") }
            return .sampling(rate)
        case .pack(let names, let usesReadTime):
            return .pack(PackStage(labels: names, usesReadTime: usesReadTime, &self))
        case .limit(let settings):
            return .limit(try LimitStage(settings, &self))
        case .template(let source, let template):
            return .template(try TemplateStage(source: source, template: template, &self))
        case .metrics(let settings):
            return .metrics(try MetricsStage(settings, &self))
        case .eventLogMessage(let settings):
            return .eventLog(EventLogStage(settings, &self))
        case .match, .unsupported:
            throw StageError(stage: configuration.name, reason: "is not run; lines pass unchanged")
        }
    }

    /// Compiles a pattern, naming the stage it belongs to when it is none.
    func pattern(_ text: String, of stage: String) throws(StageError) -> Pattern {
        do throws(PatternError) {
            return try Pattern(text)
        } catch {
            throw StageError(stage: stage, reason: "\(error) in \(text)")
        }
    }

    private mutating func labelPairs(_ pairs: [String: String?]) throws(StageError) -> [LabelPair] {
        var compiled: [LabelPair] = []
        for (name, source) in pairs.sorted(by: { $0.key < $1.key }) {
            try checkLabelName(name, of: "labels")
            compiled.append(LabelPair(label: changingLabel(name), value: value(source ?? name)))
        }
        return compiled
    }

    private mutating func fixedLabels(_ pairs: [String: String]) throws(StageError) -> [FixedLabel] {
        var compiled: [FixedLabel] = []
        for (name, text) in pairs.sorted(by: { $0.key < $1.key }) {
            try checkLabelName(name, of: "static_labels")
            compiled.append(FixedLabel(label: changingLabel(name), value: FixedBytes(text)))
        }
        return compiled
    }

    private mutating func metadataPairs(_ pairs: [String: String?]) -> [MetadataSource] {
        pairs.sorted { $0.key < $1.key }.map { name, source in
            MetadataSource(
                name: metadata.slot(name), value: value(source ?? name), label: changingLabel(source ?? name))
        }
    }

    private mutating func compileTenant(_ source: StageConfiguration.Tenant) -> TenantStage {
        switch source {
        case .label(let name): .label(labels.slot(name))
        case .source(let name): .value(value(name))
        case .value(let name): .fixed(FixedBytes(name))
        }
    }
}
