public import WeirModel

/// The answer to a query.
public enum QueryResult: Sendable {
    /// Entries by label set, sorted by labels; entries in the direction of the query.
    case streams([ResultStream])
    /// Samples over steps, sorted by labels.
    case matrix([Series])
    /// One sample per series at one instant, sorted by labels unless the query sorts.
    case vector([InstantSample])
    /// One number at one instant.
    case scalar(Sample)
}

/// One series at one instant.
public struct InstantSample: Sendable, Hashable {
    /// What identifies the series.
    public var labels: LabelSet
    /// Its sample.
    public var sample: Sample

    /// Creates a sample of a series.
    public init(labels: LabelSet, sample: Sample) {
        self.labels = labels
        self.sample = sample
    }
}

/// Entries that share all labels: those of the stream, structured metadata and parsed ones.
public struct ResultStream: Sendable {
    /// All labels together, as Loki shows them.
    public var labels: LabelSet
    /// The stream's own labels.
    public var streamLabels: LabelSet
    /// Structured metadata, by its name in `labels`.
    public var metadata: LabelSet
    /// Labels that stages made, by their name in `labels`.
    public var parsed: LabelSet
    /// The entries in the direction of the query.
    public var entries: [ResultEntry]

    /// Creates a result stream.
    public init(
        labels: LabelSet, streamLabels: LabelSet, metadata: LabelSet = .empty, parsed: LabelSet = .empty,
        entries: [ResultEntry]
    ) {
        self.labels = labels
        self.streamLabels = streamLabels
        self.metadata = metadata
        self.parsed = parsed
        self.entries = entries
    }
}

/// An entry of an answer.
public struct ResultEntry: Sendable, Hashable {
    /// When.
    public var timestamp: Timestamp
    /// The line's bytes, as the pipeline left them; not necessarily UTF-8.
    public var line: [UInt8]

    /// Creates an entry.
    public init(timestamp: Timestamp, line: [UInt8]) {
        self.timestamp = timestamp
        self.line = line
    }
}

/// An answer with what it took.
public struct QueryOutcome: Sendable {
    /// The answer.
    public var result: QueryResult
    /// How much was read.
    public var statistics: QueryStatistics
    /// What the user should know although the query succeeded.
    public var warnings: [String]

    /// Creates an outcome.
    public init(result: QueryResult, statistics: QueryStatistics, warnings: [String] = []) {
        self.result = result
        self.statistics = statistics
        self.warnings = warnings
    }
}

/// How much a query read, summed over all its scans.
public struct QueryStatistics: Sendable, Equatable {
    /// What the store read.
    public var scan = ScanSummary()
    /// Rows that passed the pipeline.
    public var linesMatched = 0
    /// Entries that were left out because of an error.
    public var linesSkipped = 0
    /// Entries in the answer.
    public var entriesReturned = 0

    /// Creates empty statistics.
    public init() {}

    /// Adds what another evaluation read.
    mutating func add(_ other: QueryStatistics) {
        scan.add(other.scan)
        linesMatched += other.linesMatched
        linesSkipped += other.linesSkipped
        entriesReturned += other.entriesReturned
    }

    /// What the user should know of it.
    var warnings: [String] {
        guard linesSkipped > 0 else { return [] }
        let lines = linesSkipped == 1 ? "1 line was" : "\(linesSkipped) lines were"
        return ["\(lines) left out because a stage could not read or convert them"]
    }
}
