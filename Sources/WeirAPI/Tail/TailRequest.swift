internal import LogQL
internal import WeirModel

/// What a tail was asked for; its query has been read, so nothing about it can fail any more.
public struct TailRequest: Sendable {
    /// Whose streams.
    let tenant: Tenant
    /// The query's text.
    let text: String
    /// The query.
    let query: FollowedQuery
    /// Where the history starts; it ends where the tail begins.
    let start: Timestamp
    /// The most entries of the history, the newest ones.
    let limit: Int
    /// How long new entries are held.
    let delayNanoseconds: Int64
    /// How entries show their labels.
    let encoding: ResponseEncoding

    /// The longest `delay_for`, in seconds.
    private static let delaySecondsMax = 5

    /// Why a tail cannot be, besides parameters and queries that cannot be read.
    struct NoEntries: Error {}

    /// Reads the parameters of a tail in Loki's order.
    ///
    /// - Throws: ``ParameterError``, `SyntaxError`, or ``NoEntries`` for a query that yields numbers.
    init(_ request: APIRequest, limits: QueryLimits, now: @escaping @Sendable () -> Timestamp) throws {
        let parameters = QueryParameters(request)
        tenant = request.tenant
        text = parameters.query
        limit = try parameters.limit()
        start = try parameters.bounds().start
        if limits.entriesMax > 0, limit > limits.entriesMax {
            throw ParameterError(
                "max entries limit per query exceeded, limit > max_entries_limit_per_query "
                    + "(\(limit) > \(limits.entriesMax))")
        }
        guard text.utf8.count <= limits.textBytesMax else {
            throw SyntaxError("input size too long (\(text.utf8.count) > \(limits.textBytesMax))")
        }
        guard case .log(let log) = try Query.parse(text, dialect: .loki) else { throw NoEntries() }
        query = try FollowedQuery(log) { now().nanoseconds }
        let delay = try parameters.text("delay_for").map { text throws(ParameterError) in
            try ParameterText.integer(text, function: "ParseInt")
        }
        guard (delay ?? 0) <= TailRequest.delaySecondsMax else {
            throw ParameterError("delay_for can't be greater than \(TailRequest.delaySecondsMax)")
        }
        delayNanoseconds = max(0, Int64(delay ?? 0)) * Timestamp.nanosecondsPerSecond
        encoding = ResponseEncoding(header: request.headers["x-loki-response-encoding-flags"])
    }

    /// Renders what the store or a push has for this tail.
    ///
    /// - Parameter isStored: whether the streams come from the store. Without stages Loki shows entries of a push under
    ///   the labels of their stream alone.
    func render(_ streams: [ResultStream], isStored: Bool) -> [TailEntry] {
        let showsStreamOnly = encoding.categorizesLabels || !isStored && !query.hasStages
        return streams.flatMap { stream in
            let labels = showsStreamOnly ? stream.streamLabels : stream.labels
            return stream.entries.map {
                TailEntry($0, of: stream, labels: labels, categorizes: encoding.categorizesLabels)
            }
        }
    }
}
