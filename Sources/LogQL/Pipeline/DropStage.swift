import WeirModel

/// `| drop a, b="c"`: removes labels of any kind, by name or only if their value matches.
final class DropStage: Sendable {
    private let selectors: [LabelSelector]

    /// Builds the running form.
    init(_ syntax: [LabelSelectorSyntax], context: inout StageContext) throws(StageError) {
        var selectors: [LabelSelector] = []
        for selector in syntax { selectors.append(try LabelSelector(selector, context: &context)) }
        self.selectors = selectors
    }

    /// Removes the labels; every entry goes on.
    func apply(to entry: inout PipelineEntry) -> Bool {
        for selector in selectors {
            let value = entry.labels.value(of: selector.name)
            guard selector.accepts(value ?? UnsafeRawBufferPointer(start: nil, count: 0)) else { continue }
            entry.labels.remove(selector.name)
            // Details without the error they belong to would say nothing.
            if selector.name == .error { entry.labels.remove(.errorDetails) }
        }
        return true
    }
}

/// What `drop` and `keep` list, in its running form.
struct LabelSelector: Sendable {
    /// The label.
    let name: LabelName
    private let condition: LabelCondition?

    /// Builds the running form.
    init(_ syntax: LabelSelectorSyntax, context: inout StageContext) throws(StageError) {
        switch syntax {
        case .name(let text):
            name = context.names.intern(text)
            condition = nil
        case .matcher(let matcher):
            name = context.names.intern(matcher.name)
            condition = try LabelCondition(matcher)
        }
    }

    /// Whether the label is meant when it has this value.
    func accepts(_ value: UnsafeRawBufferPointer) -> Bool { condition?.accepts(value) ?? true }
}
