/// The entry that is passing the stages: its line as a range of bytes, its labels, and memory for new bytes.
///
/// Addresses stay valid until the next entry begins.
struct PipelineEntry: ~Copyable {
    /// Nanoseconds since 1970 UTC.
    var timestamp: Int64 = 0
    /// The line, as the stages so far left it.
    var line = UnsafeRawBufferPointer(start: nil, count: 0)
    /// The labels.
    var labels: EntryLabels
    /// Where stages put rewritten lines and values; emptied when the next entry begins.
    var arena = ByteArena()

    /// The entries that `--skip-errors` has left out, over all batches.
    var skippedCount = 0
    /// What `distinct` has seen, over all batches.
    var distinct = DistinctValues()

    /// What can go wrong with one entry.
    enum Fault {
        case json, logfmt, sample, labelFilter, template

        /// What `__error__` says.
        var text: StaticString {
            switch self {
            case .json: "JSONParserErr"
            case .logfmt: "LogfmtParserErr"
            case .sample: "SampleExtractionErr"
            case .labelFilter: "LabelFilterErr"
            case .template: "TemplateFormatErr"
            }
        }
    }

    init(names: LabelNameRegistry) {
        labels = EntryLabels(names: names)
    }

    /// Whether the entry carries no error; one that does is counted as left out.
    mutating func passesErrorCheck() -> Bool {
        guard labels.hasError else { return true }
        skippedCount += 1
        return false
    }

    /// Marks the entry as faulty; an earlier fault stays.
    ///
    /// - Parameter details: the text of `__error_details__`; nil leaves that label out.
    mutating func fail(_ fault: Fault, details: String? = nil) {
        guard !labels.hasError else { return }
        let name = fault.text
        labels.set(.error, UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        if let details { labels.set(.errorDetails, arena.copy(details)) }
    }
}
