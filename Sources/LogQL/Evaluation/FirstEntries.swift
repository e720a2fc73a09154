/// One worker's first entries of the values of a `distinct`, by the number of the value.
struct FirstEntries {
    /// The first entry of a value.
    struct First {
        var timestamp: Int64
        /// What the stages behind `distinct` made of it; nil when they dropped it. It still rules out later entries.
        var entry: EntryHeap.Kept?

        /// Whether it stands before another in the order of the answer.
        func stands(before other: First, isBackward: Bool) -> Bool {
            isBackward ? timestamp > other.timestamp : timestamp < other.timestamp
        }
    }

    private(set) var firsts: [First] = []

    /// Replaces the first entry of a value, or adds it; values come in the order of their numbers.
    mutating func set(_ first: First, at value: Int) {
        if value < firsts.count { firsts[value] = first } else { firsts.append(first) }
    }
}
