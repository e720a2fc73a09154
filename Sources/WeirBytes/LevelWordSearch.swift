internal import CKernels

/// Searches for the words that name levels in free text: trace, debug, fatal, critical, error, warning, info and their
/// short forms.
public enum LevelWordSearch {
    /// The next position from `start` where three letters begin one of the words, in either case; nil when none does.
    ///
    /// A position is a candidate: the caller compares the whole word and looks at what stands beside it.
    public static func next(in text: UnsafeRawBufferPointer, from start: Int) -> Int? {
        precondition(start >= 0, "search from \(start)")
        guard let base = text.baseAddress, start < text.count else { return nil }
        let position = weir_find_level_word(base.assumingMemoryBound(to: UInt8.self), text.count, start)
        return position < 0 ? nil : position
    }
}
