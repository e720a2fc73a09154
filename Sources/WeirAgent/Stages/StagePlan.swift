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
    init(_ configurations: [StageConfiguration], isDockerSource: Bool = false) throws(StageError) {
        var rest = configurations[...]
        if isDockerSource { record = .docker }
        // Joining pieces needs to know where they lie in the file, which only the reader does.
        if case .docker = rest.first {
            record = .docker
            rest = rest.dropFirst()
        } else if case .cri = rest.first {
            record = .cri
            rest = rest.dropFirst()
        }
        if record != .plain {
            streamLabel = changingLabel("stream")
            streamValue = values.slot("stream")
        }
        for configuration in rest {
            if let stage = try compile(configuration) { stages.append(stage) }
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

    private mutating func compile(_ configuration: StageConfiguration) throws(StageError) -> CompiledStage? {
        switch configuration {
        case .docker:
            return .docker(label: changingLabel("stream"))
        case .cri:
            throw StageError(stage: "cri", reason: "must be the first stage; lines are joined while reading")
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
        case .match(let settings):
            return .match(try compileMatch(settings))
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
            return .sampling(rate)
        case .pack(let names, let usesReadTime):
            return .pack(PackStage(labels: names.map { changingLabel($0) }, names: names, usesReadTime: usesReadTime))
        case .limit:
            throw StageError(stage: "limit", reason: "is not run yet; lines pass unlimited")
        case .unsupported(let name):
            throw StageError(stage: name, reason: "is not run yet; lines pass unchanged")
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

    private mutating func compileMatch(_ settings: StageConfiguration.Match) throws(StageError) -> MatchStage {
        var stages: [CompiledStage] = []
        for configuration in settings.stages {
            if case .multiline = configuration {
                throw StageError(stage: "multiline", reason: "cannot run inside match; put it before or behind")
            }
            if let stage = try compile(configuration) { stages.append(stage) }
        }
        return try MatchStage(settings, stages: stages, &self)
    }
}
