internal import WeirRegex

/// Extracts the named groups of a pattern.
final class RegexStage: Sendable {
    private let source: Int?
    private let pattern: Pattern
    private let slots: [Int?]

    init(expression: String, source: String?, _ plan: inout StagePlan) throws(StageError) {
        pattern = try plan.pattern(expression, of: "regex")
        self.source = source.map { plan.value($0) }
        slots = pattern.groupNames.map { name in name.map { plan.value($0) } }
        guard slots.contains(where: { $0 != nil }) else {
            throw StageError(stage: "regex", reason: "\(expression) has no named group, so nothing would be extracted")
        }
    }

    func run(_ work: inout EntryWork) {
        var input = work.line
        if let source {
            guard let value = work.values[source] else { return }
            input = value
        }
        var spans = [Range<Int>?](repeating: nil, count: slots.count + 1)
        guard pattern.search(input, spans: &spans) else { return }
        for (index, slot) in slots.enumerated() {
            guard let slot else { continue }
            // A group that took no part is the empty text, as in Go.
            work.values[slot] = input.part(spans[index + 1] ?? 0..<0)
        }
    }
}
