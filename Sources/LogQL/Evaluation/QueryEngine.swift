public import WeirModel
internal import WeirTemplate

/// Answers LogQL queries over a source of lines.
///
/// An engine holds no state between queries and may be used from many tasks at once. A query reads each line once per
/// range aggregation, on as many threads as the source gives it.
public struct QueryEngine: Sendable {
    /// The clocks that an engine is given: it never reads one of its own.
    public struct Clocks: Sendable {
        /// Nanoseconds that never go back, for `query_timeout`.
        public var monotonic: @Sendable () -> Int64
        /// Nanoseconds since 1970 UTC, for the template function `now`.
        public var wall: @Sendable () -> Int64
        /// The content of a file of the system's zone database by its relative path such as `Europe/Berlin`, for the
        /// template function `toDateInZone`; nil when there is none.
        public var zoneFile: @Sendable (String) -> [UInt8]?

        /// Creates the clocks; without a zone database every zone is UTC.
        public init(
            monotonic: @escaping @Sendable () -> Int64, wall: @escaping @Sendable () -> Int64,
            zoneFile: @escaping @Sendable (String) -> [UInt8]? = { _ in nil }
        ) {
            self.monotonic = monotonic
            self.wall = wall
            self.zoneFile = zoneFile
        }
    }

    private let source: any LogSource
    private let samples: any SampleSource
    private var limits: QueryLimits
    private let clocks: Clocks
    private let zones: ZoneCache

    /// Creates an engine.
    ///
    /// - Parameter samples: what selectors of recorded series read.
    public init(
        source: any LogSource, samples: any SampleSource = NoSamples(), limits: QueryLimits = QueryLimits(),
        clocks: Clocks
    ) {
        self.source = source
        self.samples = samples
        self.limits = limits
        self.clocks = clocks
        zones = ZoneCache(file: clocks.zoneFile)
    }

    /// The same engine with the limits of one tenant; the number of threads stays.
    public func limited(to limits: QueryLimits) -> QueryEngine {
        var engine = self
        engine.limits = limits
        engine.limits.workers = self.limits.workers
        return engine
    }

    /// Answers a query.
    ///
    /// - Throws: ``QueryError`` in Loki's wording. Cancelling the task ends the query with `.cancelled`.
    /// - Complexity: one pass over the selected lines per range aggregation. Memory holds the entries of the answer, or
    ///   a number per series and step, never lines that are only counted.
    public func run(_ request: QueryRequest) async throws(QueryError) -> QueryOutcome {
        try QueryEngine.checkLength(of: request, limits.textBytesMax)
        let query: Query
        do { query = try Query.parse(request.text, dialect: request.dialect) } catch { throw .syntax(error) }
        return try await run(query, request)
    }

    /// Answers a query that is parsed already; the text of the request is not looked at.
    public func run(_ query: Query, _ request: QueryRequest) async throws(QueryError) -> QueryOutcome {
        let watch = QueryWatch(
            timeoutNanoseconds: limits.timeoutNanoseconds, memoryBytesMax: limits.memoryBytesMax,
            now: clocks.monotonic)
        switch query {
        case .log(let log): return try await runLog(log, request, watch)
        case .metric(let metric): return try await runMetric(metric, request, watch)
        }
    }

    private var workers: Int { max(1, limits.workers) }

    /// Refuses a text that is too long to be looked at.
    static func checkLength(of request: QueryRequest, _ bytesMax: Int) throws(QueryError) {
        guard request.text.utf8.count > bytesMax else { return }
        throw .syntax(SyntaxError("input size too long (\(request.text.utf8.count) > \(bytesMax))"))
    }

    /// What the stages of a request's query stand in.
    func surroundings(of request: QueryRequest) -> StageSurroundings {
        StageSurroundings(now: clocks.wall, zones: zones, dialect: request.dialect)
    }

    private func runLog(
        _ query: LogQuery, _ request: QueryRequest, _ watch: QueryWatch
    ) async throws(QueryError) -> QueryOutcome {
        guard case .range(let start, let end, _) = request.time else {
            throw .invalid(
                message: "log queries are not supported as an instant query type, please change your query to a range "
                    + "query type")
        }
        if limits.entriesMax > 0, request.limit > limits.entriesMax {
            throw .limit(
                message: "max entries limit per query exceeded, limit > max_entries_limit_per_query "
                    + "(\(request.limit) > \(limits.entriesMax))")
        }
        try checkLength(from: start, to: end)
        let plan: SelectionPlan
        do {
            plan = try SelectionPlan(
                query, tenant: request.tenant, range: TimeRange(start: start, end: end), direction: request.direction,
                surroundings: surroundings(of: request))
        } catch {
            throw .syntax(error)
        }
        var statistics = QueryStatistics()
        let streams = try await LogEvaluation(source: source, watch: watch).run(
            plan, limit: max(0, request.limit), intervalNanoseconds: request.intervalNanoseconds, workers: workers,
            statistics: &statistics)
        return QueryOutcome(result: .streams(streams), statistics: statistics, warnings: statistics.warnings)
    }

    private func runMetric(
        _ query: MetricQuery, _ request: QueryRequest, _ watch: QueryWatch
    ) async throws(QueryError) -> QueryOutcome {
        if case .range(let start, let end, let step) = request.time {
            guard step > 0 else {
                throw .invalid(
                    message: "zero or negative query resolution step widths are not accepted. Try a positive integer")
            }
            guard start <= end else {
                throw .invalid(message: "end timestamp must not be before or equal to start time")
            }
            try checkLength(from: start, to: end)
        }
        guard let instants = StepInstants(request.time, countMax: limits.stepsMax + 1) else {
            throw .limit(
                message: "exceeded maximum resolution of 11,000 points per time series. Try increasing the value of "
                    + "the step parameter")
        }
        let ranges = RangeEvaluation(
            source: source, tenant: request.tenant, instants: instants, limits: limits, watch: watch, workers: workers,
            surroundings: surroundings(of: request), skipsErrors: request.skipsErrors, sharing: request.sharing)
        var evaluation = MetricEvaluation(ranges: ranges, samples: samples, instants: instants, watch: watch)
        let value = try await evaluation.evaluateWhole(query)
        let result = try answer(value, query, request.time, instants)
        let statistics = evaluation.statistics
        return QueryOutcome(result: result, statistics: statistics, warnings: statistics.warnings)
    }

    private func checkLength(from start: Timestamp, to end: Timestamp) throws(QueryError) {
        let (length, overflow) = end.nanoseconds.subtractingReportingOverflow(start.nanoseconds)
        guard limits.lengthNanosecondsMax > 0, overflow || length > limits.lengthNanosecondsMax else { return }
        throw .limit(
            message: "the query time range exceeds the limit (query length: \(DurationText.goText(length)), limit: "
                + "\(DurationText.prometheusText(limits.lengthNanosecondsMax)))")
    }

    private func answer(
        _ value: StepValue, _ query: MetricQuery, _ time: QueryRequest.Time, _ instants: StepInstants
    ) throws(QueryError) -> QueryResult {
        let isInstant = if case .instant = time { true } else { false }
        var series: [StepSeries]
        switch value {
        case .scalar(let number) where isInstant:
            return .scalar(Sample(timestamp: instants.first, value: number))
        case .scalar(let number):
            let steps = Array(0..<Int32(instants.count))
            series = [StepSeries(labels: .empty, steps: steps, values: steps.map { _ in number })]
        case .series(let found):
            // At an instant series may share labels, over time they cannot be told apart.
            series = (isInstant ? found : StepSeries.merged(found)).filter { !$0.steps.isEmpty }
        }
        guard series.count <= limits.seriesMax || limits.seriesMax <= 0 else {
            throw .limit(
                message: "maximum number of series (\(limits.seriesMax)) reached for a single query; consider "
                    + "reducing query cardinality by adding more specific stream selectors, reducing the time range, "
                    + "or aggregating results with functions like sum(), count() or topk()")
        }
        if !isInstant || !query.sortsResult { series.sort { $0.labels < $1.labels } }
        if isInstant {
            return .vector(
                series.map {
                    InstantSample(labels: $0.labels, sample: Sample(timestamp: instants.first, value: $0.values[0]))
                })
        }
        return .matrix(
            series.map { series in
                let samples = zip(series.steps, series.values).map { step, value in
                    Sample(timestamp: instants[Int(step)], value: value)
                }
                return Series(labels: series.labels, samples: samples)
            })
    }
}
