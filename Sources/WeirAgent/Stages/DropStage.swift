internal import WeirRegex

/// Drops lines for which all given conditions hold.
final class DropStage: Sendable {
    /// The reason under which dropped lines are counted.
    let reason: String

    private let sources: [Int]
    private let separator: FixedBytes
    private let value: FixedBytes?
    private let pattern: Pattern?
    private let olderThan: Int64?
    private let longerThan: Int?

    init(_ settings: StageConfiguration.Drop, _ plan: inout StagePlan) throws(StageError) {
        guard
            !settings.sources.isEmpty || settings.expression != nil || settings.olderThan != nil
                || settings.longerThan != nil
        else {
            throw StageError(stage: "drop", reason: "needs source, expression, older_than or longer_than")
        }
        reason = settings.reason
        sources = settings.sources.map { plan.value($0) }
        separator = FixedBytes(settings.separator)
        value = settings.value.map { FixedBytes($0) }
        if let expression = settings.expression {
            pattern = try plan.pattern(expression, of: "drop")
        } else {
            pattern = nil
        }
        olderThan = settings.olderThan.map(\.wholeNanoseconds)
        longerThan = settings.longerThan
    }

    func drops(_ work: EntryWork, _ scratch: inout ScratchArena) -> Bool {
        if let longerThan, work.line.count <= longerThan { return false }
        if let olderThan, work.readTime - work.timestamp <= olderThan { return false }
        guard !sources.isEmpty else {
            return pattern?.matches(work.line) ?? true
        }
        guard let text = joined(work, &scratch) else { return false }
        if let value { return text.equals(value.bytes) }
        return pattern?.matches(text) ?? true
    }

    /// The values of all sources with the separator between them; nil when one is absent.
    private func joined(_ work: EntryWork, _ scratch: inout ScratchArena) -> UnsafeRawBufferPointer? {
        if sources.count == 1 { return work.values[sources[0]] }
        var text: [UInt8] = []
        for (index, source) in sources.enumerated() {
            guard let part = work.values[source] else { return nil }
            if index > 0 { text.append(contentsOf: separator.bytes) }
            text.append(contentsOf: part)
        }
        return scratch.copy(text)
    }
}

extension Duration {
    /// The duration in nanoseconds, at most what 64 bits hold.
    var wholeNanoseconds: Int64 {
        let parts = components
        let (seconds, overflows) = parts.seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflows else { return parts.seconds < 0 ? .min : .max }
        let (sum, tooLarge) = seconds.addingReportingOverflow(parts.attoseconds / 1_000_000_000)
        return tooLarge ? (seconds < 0 ? .min : .max) : sum
    }
}
