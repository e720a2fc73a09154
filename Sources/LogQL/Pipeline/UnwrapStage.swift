/// `| unwrap duration(took)`: the value of a label as the number of the sample.
final class UnwrapStage: Sendable {
    /// The label that is read.
    let name: LabelName
    private let conversion: UnwrapSyntax.Conversion
    private let filters: [LabelFilter]
    private let skipsErrors: Bool

    /// Builds the stage.
    init(_ syntax: UnwrapSyntax, context: inout StageContext) throws(StageError) {
        name = context.names.intern(syntax.label)
        conversion = syntax.conversion
        skipsErrors = syntax.skipsErrors
        var filters: [LabelFilter] = []
        for filter in syntax.filters { filters.append(try LabelFilter(filter, context: &context)) }
        self.filters = filters
    }

    /// The number of the entry; nil leaves the entry out: the label is absent or empty, or a filter drops it.
    ///
    /// A text that is no number marks the entry as faulty and counts as 0, for the filters to decide.
    func value(of entry: inout PipelineEntry) -> Double? {
        guard let text = entry.labels.value(of: name), !text.isEmpty else { return nil }
        let value = number(in: text)
        if value == nil, !entry.labels.hasError {
            entry.fail(.sample, details: "cannot read \(String(decoding: text, as: UTF8.self)) as \(kind)")
        }
        for filter in filters {
            guard filter.apply(to: &entry) else { return nil }
        }
        if skipsErrors, !entry.passesErrorCheck() { return nil }
        return value ?? 0
    }

    /// The number that a text means; nil when it is none.
    func number(in text: UnsafeRawBufferPointer) -> Double? {
        switch conversion {
        case .number: ValueText.number(text)
        case .bytes: ValueText.byteSize(text).map { Double($0) }
        case .duration, .durationSeconds:
            DurationText.go(text).map { Double($0) / 1e9 }
        }
    }

    private var kind: String {
        switch conversion {
        case .number: "a number"
        case .bytes: "a size"
        case .duration, .durationSeconds: "a duration"
        }
    }
}
