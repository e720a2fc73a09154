import WeirModel

/// Which fields of a line a query reads, and what it does with them instead of parsing the line.
///
/// Either entries are made of their fields alone, or fields only tell which rows need not be parsed.
struct FieldPlan: Sendable {
    /// The parser whose grammar the fields follow.
    private enum Grammar: Sendable {
        case json
        case logfmt(isStrict: Bool, keepsEmpty: Bool)

        /// The grammar of a parser that makes labels of everything; nil for other stages.
        init?(_ stage: StageSyntax) {
            switch stage {
            case .json([]): self = .json
            case .logfmt(let isStrict, let keepsEmpty, []): self = .logfmt(isStrict: isStrict, keepsEmpty: keepsEmpty)
            default: return nil
            }
        }
    }

    /// The stages to run over rows whose fields are known.
    let pipeline: Pipeline
    /// The parser in `pipeline`, in whose place fields become labels.
    let parserIndex: Int
    /// Whether rows are judged before they are delivered, and parsed afterwards.
    let isFilter: Bool
    /// The field that is unwrapped, if nothing else looks at it: its number does not change what becomes of an entry.
    private(set) var valueField: Int?

    private let grammar: Grammar
    private let keys: [[UInt8]]
    private let names: [LabelName]
    private let wanted: WantedLabels

    /// Plans to make entries of fields; nil when stages need more of the line than labels that are known by name.
    ///
    /// - Parameter pipeline: what `stages` were built into.
    init?(
        entriesOf stages: [StageSyntax], _ pipeline: Pipeline, demand: LabelDemand, projection: LabelProjection,
        unwrap: UnwrapSyntax?
    ) {
        // Texts that lines must hold are the source's to test where it reads fields instead of lines.
        let stages = stages.filter { !$0.isLineFilter }
        guard case .only(let wanted) = demand, !wanted.isEmpty,
            pipeline.filtersLiteralsOnly, pipeline.stages.count == stages.count,
            let parser = stages.firstIndex(where: \.readsLine),
            stages[..<parser].allSatisfy(\.dependsOnLabelsAlone),
            stages[(parser + 1)...].allSatisfy(\.dependsOnLabelsAlone),
            let grammar = Grammar(stages[parser])
        else { return nil }
        self.init(pipeline, parserIndex: parser, isFilter: false, grammar, wanted)
        if let unwrap, projection.isBy, !projection.names.contains(unwrap.label),
            stages[(parser + 1)...].allSatisfy({ $0.isLabelFilter(besides: unwrap.label) }),
            unwrap.filters.allSatisfy({ !$0.names.contains(unwrap.label) }),
            !unwrap.label.hasSuffix(FieldPlan.suffix)
        {
            valueField = keys.firstIndex(of: Array(unwrap.label.utf8))
        }
    }

    /// Plans to judge rows by the label filters that follow the first parser; nil when there are none.
    init?(filtersOf stages: [StageSyntax], surroundings: StageSurroundings) throws(SyntaxError) {
        guard let parser = stages.firstIndex(where: { $0.readsLine && !$0.isLineFilter }),
            stages[..<parser].allSatisfy({ $0.isLineFilter || $0.isLabelFilter(besides: nil) }),
            let grammar = Grammar(stages[parser])
        else { return nil }
        let filters = stages[(parser + 1)...].prefix { $0.isLabelFilter(besides: nil) }
        var wanted: Set<String> = []
        for case .labelFilter(let filter) in filters { wanted.formUnion(filter.names) }
        guard !wanted.isEmpty else { return nil }
        var context = StageContext(demand: .only(wanted), surroundings: surroundings)
        let pipeline = try Pipeline([stages[parser]] + filters, context: &context)
        self.init(pipeline, parserIndex: 0, isFilter: true, grammar, wanted)
    }

    private init(
        _ pipeline: Pipeline, parserIndex: Int, isFilter: Bool, _ grammar: Grammar, _ wanted: Set<String>
    ) {
        var pipeline = pipeline
        // A label `x_extracted` comes from the field `x` where the stream has a label `x` as well.
        let bases = wanted.filter { $0.hasSuffix(FieldPlan.suffix) }
            .map { String($0.dropLast(FieldPlan.suffix.count)) }
        let sorted = wanted.union(bases).sorted()
        keys = sorted.map { Array($0.utf8) }
        names = sorted.map { pipeline.names.intern($0) }
        self.wanted = WantedLabels(.only(wanted), names: &pipeline.names)
        self.pipeline = pipeline
        self.parserIndex = parserIndex
        self.isFilter = isFilter
        self.grammar = grammar
    }

    private static let suffix = "_extracted"

    /// The names of the fields, in the order of their columns.
    var fieldNames: [String] { keys.map { String(decoding: $0, as: UTF8.self) } }

    /// Whether fields of a batch were read, so that rows without unread ones have no line.
    func isRead(in batch: borrowing LineBatch) -> Bool {
        guard !isFilter, batch.fields.count == keys.count else { return false }
        precondition(pipeline.lineFilters.isEmpty || batch.areLiteralsTested, "fields of lines that nobody has tested")
        return true
    }

    /// Makes labels of the fields of a row, as the parser would of its line.
    func extract(_ row: Int, of batch: LineBatch, bytes: UnsafeRawBufferPointer, into entry: inout PipelineEntry) {
        for (field, name) in names.enumerated() {
            let code = batch.fields[field].codes[row]
            guard code < FieldColumn.unread else { continue }
            let value = batch.fields[field].values[Int(code)]
            if let text = self.text(of: value, bytes, &entry.arena),
                wanted.contains(entry.labels.extractionName(of: name))
            {
                entry.labels.extract(name, text)
            }
        }
    }

    /// The text of a value; nil when the parser would make no label of it.
    func text(
        of value: FieldValue, _ bytes: UnsafeRawBufferPointer, _ arena: inout ByteArena
    ) -> UnsafeRawBufferPointer? {
        let keepsEmpty = if case .logfmt(_, true) = grammar { true } else { false }
        guard let form = FieldForm(rawValue: value.form) else { return nil }
        let start = Int(value.offset)
        let raw = UnsafeRawBufferPointer(rebasing: bytes[start..<start + Int(value.length)])
        return form.value(of: raw, keepsEmpty: keepsEmpty, arena: &arena)
    }
}

extension FieldPlan: FieldReading {
    var fieldCount: Int { keys.count }

    func holes(of sample: UnsafeRawBufferPointer, holes: [Range<Int>]) -> [FieldHole?]? {
        let finder = FieldHoles(sample, holes: holes, keys: keys)
        let found: [FieldHole?]?
        switch grammar {
        case .json: found = finder.inJSON()
        case .logfmt(let isStrict, let keepsEmpty):
            found = finder.inLogfmt(isStrict: isStrict, keepsEmpty: keepsEmpty)
        }
        guard let found else { return nil }
        // Where a line has `x` and `x_extracted`, their order in it decides.
        for (index, key) in keys.enumerated() where found[index] != nil {
            let extracted = key + Array(FieldPlan.suffix.utf8)
            if let other = keys.firstIndex(of: extracted), found[other] != nil { return nil }
        }
        return found
    }

    func wantedRows(of batch: borrowing LineBatch) -> [UInt32]? {
        guard isFilter, batch.fields.count == fieldCount else { return nil }
        return FieldJudge(self).wantedRows(of: batch)
    }
}

extension StageSyntax {
    /// Whether the stage is a line filter.
    var isLineFilter: Bool { if case .lineFilter = self { true } else { false } }

    /// Whether the stage only tests labels, and not this one.
    fileprivate func isLabelFilter(besides label: String?) -> Bool {
        guard case .labelFilter(let filter) = self else { return false }
        return label.map { !filter.names.contains($0) } ?? true
    }
}

extension LabelFilterSyntax {
    /// The labels that the filter looks at.
    fileprivate var names: Set<String> {
        var names: Set<String> = []
        collectNames(into: &names)
        return names
    }
}
