/// One entry on its way through the stages. All bytes belong to the read buffer, the scratch memory or the runner, and
/// stay where they are until the entry is done.
struct EntryWork {
    /// The instant of the entry, nanoseconds since 1970 UTC.
    var timestamp: Int64 = 0
    /// The line.
    var line = UnsafeRawBufferPointer(start: nil, count: 0)
    /// The extracted values by slot; nil is absent.
    var values: [UnsafeRawBufferPointer?] = []
    /// The labels by slot; nil is absent.
    var labels: [UnsafeRawBufferPointer?] = []
    /// Structured metadata: the slot of the name in the plan's names, and the value.
    var metadata: [(name: Int, value: UnsafeRawBufferPointer)] = []
    /// The tenant, if a stage has set one.
    var tenant: UnsafeRawBufferPointer?
    /// A time that the reader has read already: its text, and the instant in nanoseconds; nil when it read none.
    var known: (text: UnsafeRawBufferPointer, instant: Int64)?

    /// The instant of a text that the reader has read already; nil for any other text.
    @inline(__always)
    func knownInstant(of text: UnsafeRawBufferPointer) -> Int64? {
        guard let known, known.text.baseAddress == text.baseAddress, known.text.count == text.count else { return nil }
        return known.instant
    }

    /// When the line was read, nanoseconds since 1970 UTC.
    var readTime: Int64 = 0
}

/// What becomes of an entry after a stage.
enum StageOutcome {
    /// The next stage takes it.
    case proceed
    /// It is gone; the runner has counted why.
    case dropped
    /// A stage keeps it and will hand it on later.
    case held
}
