internal import WeirBytes

/// Puts labels and line into one JSON object, `{"app":"web","_entry":"…"}`, and removes those labels.
final class PackStage: Sendable {
    private let parts: [(name: String, label: Int, value: Int)]
    private let usesReadTime: Bool

    init(labels: [String], usesReadTime: Bool, _ plan: inout StagePlan) {
        parts = labels.sorted().map { ($0, plan.changingLabel($0), plan.value($0)) }
        self.usesReadTime = usesReadTime
    }

    func run(_ work: inout EntryWork, _ scratch: inout ScratchArena) {
        var writer = JSONWriter(reservingCapacity: work.line.count + 64)
        writer.raw("{")
        for part in parts {
            // Promtail packs extracted values of the name as well.
            guard let value = work.labels[part.label] ?? work.values[part.value] else { continue }
            writer.string(part.name)
            writer.raw(":")
            writer.string(value)
            writer.raw(",")
            work.labels[part.label] = nil
        }
        writer.raw("\"_entry\":")
        writer.string(work.line)
        writer.raw("}")
        work.line = scratch.copy(writer.bytes)
        if usesReadTime { work.timestamp = work.readTime }
    }
}
