import WeirModel
import WeirRegex

/// `| regexp "(?P<method>\\w+) …"`: makes a label of every named group of the first match.
final class RegexpStage: Sendable {
    private let pattern: Pattern
    private let fields: [(name: LabelName, group: Int)]

    /// Builds the running form.
    init(_ text: String, context: inout StageContext) throws(StageError) {
        let compiled: RegexpFields
        do { compiled = try RegexpFields(text) } catch { throw StageError(error.message) }
        pattern = compiled.pattern
        fields = compiled.fields.map { (context.names.intern($0.name), $0.group) }
    }

    /// Extracts the labels; every entry goes on, and one without a match unchanged. A group that took no part gives an
    /// empty value.
    func apply(to entry: inout PipelineEntry) -> Bool {
        let line = entry.line
        var spans = [Range<Int>?](repeating: nil, count: fields[fields.count - 1].group + 1)
        guard pattern.search(line, spans: &spans) else { return true }
        for field in fields {
            let span = spans[field.group] ?? 0..<0
            entry.labels.extract(field.name, UnsafeRawBufferPointer(rebasing: line[span]))
        }
        return true
    }
}
