/// Where stored lines come from: the joint between the query language and the storage, which do not know each other.
public protocol LogSource: Sendable {
    /// Delivers the rows of a selection, each stored entry once.
    ///
    /// `visit` is called from up to `workers` threads at once, each with its own `worker` number in `0..<workers`, so
    /// per-worker state needs no lock. Inside a batch rows stand in the direction of the selection; rows of one stream
    /// with equal timestamps stand in order of arrival (forward) or exactly reversed (backward). Batches come roughly
    /// in that order as well. Two batches never hold rows of the same stream with equal timestamps. The batch may not
    /// be kept after `visit` returns.
    ///
    /// Cancellation of the surrounding task is checked once per batch and ends the scan with `CancellationError`.
    ///
    /// - Returns: how much was read.
    /// - Throws: what `visit` throws, or ``SourceError``.
    func scan(
        _ selection: Selection, workers: Int,
        _ visit: @escaping @Sendable (_ worker: Int, _ batch: borrowing LineBatch) throws -> Flow
    ) async throws -> ScanSummary

    /// The names of labels of streams with entries in the range, sorted; matchers narrow the streams, none means all.
    func labelNames(tenant: Tenant, matchers: [Matcher], range: TimeRange) async throws -> [String]

    /// The values of one label over streams with entries in the range, sorted.
    func labelValues(of name: String, tenant: Tenant, matchers: [Matcher], range: TimeRange) async throws -> [String]

    /// The label sets of streams with entries in the range, sorted.
    func series(tenant: Tenant, matchers: [Matcher], range: TimeRange) async throws -> [LabelSet]

    /// How much there is of each stream in each of some ranges, each stored entry once, without delivering rows.
    ///
    /// - Returns: streams with entries, in no order; nil when the source cannot tell without rows, or when entries have
    ///   structured metadata of a name that the request splits by. The caller then scans.
    /// - Throws: ``SourceError``, or `CancellationError`.
    func counts(_ request: CountRequest) async throws -> [StreamCounts]?

    /// How much there is of each stream in each of some ranges, each stored entry once.
    ///
    /// - Parameter ranges: in order of time and without overlap.
    /// - Returns: for each range its streams with entries, sorted by labels.
    func volumes(tenant: Tenant, matchers: [Matcher], ranges: [TimeRange]) async throws -> [[StreamVolume]]
}

extension LogSource {
    /// Answers nil: whoever asks scans.
    public func counts(_ request: CountRequest) async throws -> [StreamCounts]? { nil }

    /// How much there is of each stream with entries in a range, sorted by labels.
    public func volumes(tenant: Tenant, matchers: [Matcher], range: TimeRange) async throws -> [StreamVolume] {
        try await volumes(tenant: tenant, matchers: matchers, ranges: [range]).first ?? []
    }
}

/// What a visitor wants next.
public enum Flow: Sendable {
    /// Everything else that was selected.
    case proceed
    /// Only rows in this range from now on; batches wholly outside need not be read.
    case narrow(TimeRange)
    /// Nothing more.
    case stop
}

/// How much a scan read; what Loki's `stats` object reports.
public struct ScanSummary: Sendable, Equatable {
    /// Rows that were decoded, before any filter of the query.
    public var linesRead = 0
    /// Bytes of those rows' lines.
    public var lineBytesRead = 0
    /// Blocks decoded.
    public var blocksRead = 0
    /// Blocks that were ruled out without being decoded.
    public var blocksSkipped = 0

    /// Creates an empty summary.
    public init() {}
}

/// Why stored lines could not be delivered.
public enum SourceError: Error, Sendable {
    /// The store is still replaying its WAL, or is shutting down.
    case unavailable(reason: String)
}
