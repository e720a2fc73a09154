internal import WeirRegex

/// When lines are joined to blocks: each block begins with a line that matches the pattern.
final class MultilineStage: Sendable {
    let pattern: Pattern
    let waitMax: Int64
    let linesMax: Int

    init(pattern: Pattern, _ settings: StageConfiguration.Multiline) {
        self.pattern = pattern
        waitMax = settings.waitMax.wholeNanoseconds
        linesMax = max(1, settings.linesMax)
    }
}

/// A block that waits for further lines: an entry copied out of memory that will be used again.
struct MultilineBlock {
    /// The lines so far, joined by newlines.
    var text: [UInt8]
    /// How many lines those are.
    var lineCount = 1
    /// When the last of them was added, in nanoseconds.
    var lastAdded: Int64
    /// Where the first line starts in the file.
    let start: FilePoint

    private let timestamp: Int64
    private let readTime: Int64
    private let values: [[UInt8]?]
    private let labels: [[UInt8]?]

    /// Begins a block with an entry.
    init(_ work: EntryWork, at start: FilePoint, now: Int64) {
        text = Array(work.line)
        lastAdded = now
        self.start = start
        timestamp = work.timestamp
        readTime = work.readTime
        values = work.values.map { $0.map { Array($0) } }
        labels = work.labels.map { $0.map { Array($0) } }
    }

    /// Makes the block the entry that is worked on.
    func restore(into work: inout EntryWork, _ scratch: inout ScratchArena) {
        work.line = scratch.copy(text)
        work.timestamp = timestamp
        work.readTime = readTime
        work.known = nil
        work.metadata.removeAll(keepingCapacity: true)
        for index in values.indices { work.values[index] = values[index].map { scratch.copy($0) } }
        for index in labels.indices { work.labels[index] = labels[index].map { scratch.copy($0) } }
    }
}
