internal import WeirBytes

/// Puts labels and line into one JSON object, `{"app":"web","_entry":"…"}`, and removes those labels.
final class PackStage: Sendable {
    private let labels: [Int]
    private let names: [String]
    private let usesReadTime: Bool

    init(labels: [Int], names: [String], usesReadTime: Bool) {
        self.labels = labels
        self.names = names
        self.usesReadTime = usesReadTime
    }

    func run(_ work: inout EntryWork, _ scratch: inout ScratchArena) {
        var writer = JSONWriter(reservingCapacity: work.line.count + 64)
        writer.raw("{")
        for (slot, name) in zip(labels, names).sorted(by: { $0.1 < $1.1 }) {
            guard let value = work.labels[slot] else { continue }
            writer.string(name)
            writer.raw(":")
            writer.string(value)
            writer.raw(",")
            work.labels[slot] = nil
        }
        writer.raw("\"_entry\":")
        writer.string(work.line)
        writer.raw("}")
        work.line = scratch.copy(writer.bytes)
        if usesReadTime { work.timestamp = work.readTime }
    }
}
