import WeirModel

/// `| keep a, b="c"`: removes all labels but the listed ones and those of errors.
final class KeepStage: Sendable {
    private let selectors: [LabelSelector]

    /// Builds the running form.
    init(_ syntax: [LabelSelectorSyntax], context: inout StageContext) throws(StageError) {
        var selectors: [LabelSelector] = []
        for selector in syntax { selectors.append(try LabelSelector(selector, context: &context)) }
        self.selectors = selectors
    }

    /// Removes the other labels; every entry goes on.
    func apply(to entry: inout PipelineEntry) -> Bool {
        for index in 0..<entry.labels.count {
            let item = entry.labels.item(at: index)
            guard !item.isRemoved, item.name != .error, item.name != .errorDetails else { continue }
            if !isKept(item) { entry.labels.removeItem(at: index) }
        }
        return true
    }

    private func isKept(_ item: EntryLabels.Item) -> Bool {
        for selector in selectors where selector.name == item.name && selector.accepts(item.value) { return true }
        return false
    }
}
