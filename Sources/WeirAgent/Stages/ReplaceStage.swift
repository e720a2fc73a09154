internal import WeirRegex

/// Replaces the groups of a pattern, or whole matches of one without groups, in the line or an extracted value.
final class ReplaceStage: Sendable {
    private let source: Int?
    private let pattern: Pattern
    private let slots: [Int?]
    private let template: StageTemplate
    /// The replacement when it has nothing to fill in.
    private let fixed: [UInt8]?

    init(
        expression: String, source: String?, replacement: String, _ plan: inout StagePlan
    ) throws(StageError) {
        pattern = try plan.pattern(expression, of: "replace")
        self.source = source.map { plan.value($0) }
        slots = pattern.groupNames.map { name in name.map { plan.value($0) } }
        template = try StageTemplate(replacement, of: "replace", &plan)
        fixed = replacement.contains("{{") ? nil : Array(replacement.utf8)
    }

    func run(_ work: inout EntryWork, names: [String], _ scratch: inout ScratchArena) {
        var input = work.line
        if let source {
            guard let value = work.values[source] else { return }
            input = value
        }
        var spans = [Range<Int>?](repeating: nil, count: slots.count + 1)
        var result: [UInt8] = []
        var copied = 0
        var from = 0
        var hasMatch = false
        while from <= input.count, pattern.search(input, from: from, spans: &spans), let whole = spans[0] {
            hasMatch = true
            for (index, span) in spans.enumerated() where slots.isEmpty || index > 0 {
                guard let span, span.lowerBound >= copied else { continue }
                result.append(contentsOf: input[copied..<span.lowerBound])
                let start = result.count
                append(input.part(span), work, names, to: &result)
                if index > 0, let slot = slots[index - 1] { work.values[slot] = scratch.copy(result[start...]) }
                copied = span.upperBound
            }
            from = whole.isEmpty ? whole.upperBound + 1 : whole.upperBound
        }
        guard hasMatch else { return }
        result.append(contentsOf: input[copied...])
        let replaced = scratch.copy(result)
        if let source { work.values[source] = replaced } else { work.line = replaced }
    }

    /// The text for one match; a template that fails leaves the match as it is.
    private func append(
        _ value: UnsafeRawBufferPointer, _ work: EntryWork, _ names: [String], to result: inout [UInt8]
    ) {
        if let fixed { return result.append(contentsOf: fixed) }
        let start = result.count
        guard !template.render(work, value: value, names: names, into: &result) else { return }
        result.removeSubrange(start...)
        result.append(contentsOf: value)
    }
}
