public import WeirModel
internal import WeirTemplate

/// A log query over batches as they are appended, outside any scan: what a tail shows.
///
/// Immutable; batches may come from several threads at once.
public struct FollowedQuery: Sendable {
    /// Conditions on labels of streams; a batch without a stream that fulfils them need not be given.
    public let matchers: [Matcher]
    /// Whether entries pass stages, which may drop or change them.
    public let hasStages: Bool
    private let pipeline: Pipeline

    /// Builds the running form of a query.
    ///
    /// - Parameters:
    ///   - now: nanoseconds since 1970 UTC, for the template function `now`.
    ///   - zoneFile: as in ``QueryEngine/Clocks``.
    /// - Throws: Loki's message for a stage that cannot be built.
    public init(
        _ query: LogQuery, now: @escaping @Sendable () -> Int64,
        zoneFile: @escaping @Sendable (String) -> [UInt8]? = { _ in nil }
    ) throws(SyntaxError) {
        var context = StageContext(surroundings: StageSurroundings(now: now, zones: ZoneCache(file: zoneFile)))
        matchers = query.matchers
        hasStages = !query.stages.isEmpty
        pipeline = try Pipeline(query.stages, context: &context)
    }

    /// Which of the streams fulfil the matchers; nil when none does.
    public func selected(_ streams: [LabelSet]) -> [Bool]? {
        let selected = streams.map { labels in matchers.allSatisfy { $0.accepts(labels) } }
        return selected.contains(true) ? selected : nil
    }

    /// The entries of a batch that the query lets through, in the order of the batch, each with its labels.
    ///
    /// - Parameter selected: what ``selected(_:)`` said of the batch's streams.
    /// - Returns: result streams of one entry each; those with equal labels share them.
    /// - Complexity: O(rows); allocates for each entry that is let through.
    public func entries(of batch: LineBatch, selected: [Bool]) -> [ResultStream] {
        var run = PipelineRun(pipeline)
        var found: [ResultStream] = []
        var key = EntryKey()
        var labelsByKey: [[UInt8]: ResultStream] = [:]
        batch.bytes.withUnsafeBytes { bytes in
            _ = run.begin(batch, bytes: bytes)
            for index in 0..<run.rows.count {
                let row = run.rows[index]
                guard selected[Int(batch.streamIndexes[row])], run.enter(row, of: batch, bytes: bytes) else { continue }
                key.build(run.entry.labels)
                var stream = labelsByKey[key.bytes] ?? ResultStream(run.entry.labels)
                if labelsByKey[key.bytes] == nil { labelsByKey[key.bytes] = stream }
                let timestamp = Timestamp(nanoseconds: batch.timestamps[row])
                stream.entries = [ResultEntry(timestamp: timestamp, line: Array(run.entry.line))]
                found.append(stream)
            }
        }
        return found
    }
}

extension ResultStream {
    /// A stream without entries that has an entry's labels.
    fileprivate init(_ labels: borrowing EntryLabels) {
        let stream = EntryKey.labelSet(labels, of: .stream)
        let metadata = EntryKey.labelSet(labels, of: .metadata)
        let parsed = EntryKey.labelSet(labels, of: .parsed)
        self.init(
            labels: LabelSet(stream.labels + metadata.labels + parsed.labels), streamLabels: stream,
            metadata: metadata, parsed: parsed, entries: [])
    }
}
