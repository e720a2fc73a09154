internal import ArgumentParser

/// How rows are printed.
enum OutputForm: String, ExpressibleByArgument, CaseIterable {
    /// Time, labels, line.
    case `default`
    /// The line alone, byte for byte.
    case raw
    /// One JSON object per row.
    case jsonl
}
