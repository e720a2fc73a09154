/// What a query may cost, by Loki's names in `limits_config`.
public struct QueryLimits: Sendable {
    /// `max_entries_limit_per_query`: the largest `limit` of a log query; 0 is no limit.
    public var entriesMax = 5000
    /// `max_query_series`: the most series in an answer.
    public var seriesMax = 500
    /// `max_query_length`: the longest time range in nanoseconds; 0 is no limit.
    public var lengthNanosecondsMax: Int64 = 721 * 3600 * 1_000_000_000
    /// `query_timeout`, in nanoseconds.
    public var timeoutNanoseconds: Int64 = 60 * 1_000_000_000
    /// The longest query text in bytes; longer ones would let one request hold the parser for seconds.
    public var textBytesMax = 131_072
    /// The most steps of a range query, Prometheus' and Loki's figure.
    public var stepsMax = 11_000
    /// The most partial results (a series over a span of steps) that one range aggregation may hold; bounds memory.
    public var partsMax = 5_000_000
    /// `max_query_memory`, a key of Weir's own: the most bytes that one query may hold for entries, series and samples;
    /// 0 is no limit.
    public var memoryBytesMax = 1 << 30
    /// `logql_extensions`, a key of Weir's own: what the endpoints of Loki take; those of Weir take both.
    public var dialect = Dialect.loki
    /// Threads of one scan; 0 leaves the choice to the program, which takes one per core. The engine alone takes one.
    public var workers = 0

    /// Creates Loki's defaults.
    public init() {}
}
