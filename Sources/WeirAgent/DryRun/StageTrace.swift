internal import WeirModel

/// Turns what an observer sees into ``TracedEntry`` values.
final class StageTrace: StageObserver {
    private var entry = TracedEntry()
    private var last = Picture()
    private let whenDone: (TracedEntry) -> Void

    /// An entry between two stages, as texts.
    private struct Picture {
        var parts: [(subject: String, text: String)] = []
    }

    /// - Parameter whenDone: takes every entry when it has gone as far as it goes.
    init(_ whenDone: @escaping (TracedEntry) -> Void) {
        self.whenDone = whenDone
    }

    func began(_ work: EntryWork, _ names: StageNames) {
        entry = TracedEntry()
        entry.input = work.line.text
        last = StageTrace.picture(work, names)
    }

    func passed(_ stage: Int, _ work: EntryWork, _ outcome: StageOutcome, _ names: StageNames) {
        let present = StageTrace.picture(work, names)
        var step = TracedEntry.Step(stage: names.stages[stage], changes: StageTrace.changes(from: last, to: present))
        last = present
        switch outcome {
        case .proceed: entry.steps.append(step)
        case .dropped:
            step.end = .dropped
            entry.steps.append(step)
            whenDone(entry)
        case .held:
            // What the stage holds is not what it was given any more, so there is nothing to compare.
            step.end = .held
            step.changes = []
            entry.steps.append(step)
            whenDone(entry)
        }
    }

    func ended(_ work: EntryWork, _ names: StageNames) {
        let labels = work.labels.enumerated().compactMap { slot, value in
            value.flatMap { $0.isEmpty ? nil : Label(names.labels[slot], $0.text) }
        }
        entry.output = TracedEntry.Output(
            timestamp: work.timestamp, labels: LabelSet(labels),
            metadata: work.metadata.map { Label(names.metadata[$0.name], $0.value.text) }, line: work.line.text)
        whenDone(entry)
    }

    private static func picture(_ work: EntryWork, _ names: StageNames) -> Picture {
        var picture = Picture()
        picture.parts.append(("line", work.line.text))
        picture.parts.append(("time", String(work.timestamp)))
        for (slot, value) in work.labels.enumerated() {
            if let value { picture.parts.append(("label \(names.labels[slot])", value.text)) }
        }
        for (slot, value) in work.values.enumerated() {
            if let value { picture.parts.append(("value \(names.values[slot])", value.text)) }
        }
        for pair in work.metadata { picture.parts.append(("metadata \(names.metadata[pair.name])", pair.value.text)) }
        if let tenant = work.tenant { picture.parts.append(("tenant", tenant.text)) }
        return picture
    }

    private static func changes(from old: Picture, to new: Picture) -> [TracedEntry.Change] {
        var changes: [TracedEntry.Change] = []
        for (subject, text) in new.parts {
            let before = old.parts.first { $0.subject == subject }?.text
            if before != text { changes.append(TracedEntry.Change(subject: subject, before: before, after: text)) }
        }
        for (subject, text) in old.parts where !new.parts.contains(where: { $0.subject == subject }) {
            changes.append(TracedEntry.Change(subject: subject, before: text, after: nil))
        }
        return changes
    }
}
