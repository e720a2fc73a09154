import WeirModel

/// The best entries of a log query so far: the newest or oldest `limit`, the worst of them on top.
struct EntryHeap {
    /// An entry that may become part of the answer.
    struct Kept {
        var timestamp: Int64
        /// Rises with every entry a worker delivers; decides between entries of one instant.
        var sequence: Int
        /// The entry's labels, as a position in the worker's table.
        var labels: Int
        var line: [UInt8]

        /// About how many bytes it takes, with what an array needs besides its elements.
        var heldBytes: Int { MemoryLayout<Kept>.stride + 32 + line.count }
    }

    private(set) var kept: [Kept] = []
    /// About how many bytes the entries take.
    private(set) var heldBytes = 0
    private let limit: Int
    private let isBackward: Bool

    init(limit: Int, direction: Selection.Direction) {
        self.limit = limit
        isBackward = direction == .backward
    }

    /// Whether worse entries would be refused.
    var isFull: Bool { kept.count >= limit }

    /// The instant of the worst entry; only when not empty.
    var worst: Int64 { kept[0].timestamp }

    /// Whether an entry that comes now at this instant would be kept.
    func accepts(_ timestamp: Int64) -> Bool {
        // An equal instant comes later in the order of the answer than what is already here.
        !isFull || (limit > 0 && (isBackward ? timestamp > worst : timestamp < worst))
    }

    /// Adds an entry that ``accepts(_:)`` has agreed to.
    mutating func insert(_ entry: Kept) {
        heldBytes += entry.heldBytes
        if isFull {
            heldBytes -= kept[0].heldBytes
            kept[0] = entry
            sink(from: 0)
        } else {
            kept.append(entry)
            rise(from: kept.count - 1)
        }
    }

    /// Whether `left` stands behind `right` in the answer.
    private func isWorse(_ left: Int, _ right: Int) -> Bool {
        let (a, b) = (kept[left], kept[right])
        if a.timestamp != b.timestamp { return isBackward ? a.timestamp < b.timestamp : a.timestamp > b.timestamp }
        return a.sequence > b.sequence
    }

    private mutating func rise(from index: Int) {
        var index = index
        while index > 0 {
            let parent = (index - 1) / 2
            guard isWorse(index, parent) else { return }
            kept.swapAt(index, parent)
            index = parent
        }
    }

    private mutating func sink(from index: Int) {
        var index = index
        while true {
            var worst = index
            for child in [2 * index + 1, 2 * index + 2] where child < kept.count && isWorse(child, worst) {
                worst = child
            }
            guard worst != index else { return }
            kept.swapAt(index, worst)
            index = worst
        }
    }
}
