/// One worker's first entries of the values of a `distinct`, by the number of the value.
struct FirstEntries {
    /// The first entry of a value.
    struct First {
        var timestamp: Int64
        /// What the stages behind `distinct` made of it; nil when they dropped it. It still rules out later entries.
        var entry: EntryHeap.Kept?

        /// About how many bytes it takes.
        var heldBytes: Int { MemoryLayout<First>.stride + (entry?.heldBytes ?? 0) }

        /// Whether it stands before another in the order of the answer.
        func stands(before other: First, isBackward: Bool) -> Bool {
            isBackward ? timestamp > other.timestamp : timestamp < other.timestamp
        }
    }

    private(set) var firsts: [First] = []
    /// About how many bytes they take.
    private(set) var heldBytes = 0

    /// Replaces the first entry of a value, or adds it; values come in the order of their numbers.
    mutating func set(_ first: First, at value: Int) {
        heldBytes += first.heldBytes
        if value < firsts.count {
            heldBytes -= firsts[value].heldBytes
            firsts[value] = first
        } else {
            firsts.append(first)
        }
    }
}
