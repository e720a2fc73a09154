public import LogQL
public import WeirAlerts
public import WeirModel

/// What the endpoints stand on: where rows go, where they come from, and what the program tells about itself.
public struct APIServices: Sendable {
    /// Runs a query; production gives the engine's `run`, tests what they like.
    public typealias QueryRunner = @Sendable (QueryRequest) async throws(QueryError) -> QueryOutcome

    /// Where accepted pushes go.
    public var sink: any EntrySink
    /// Where label names, values and series come from.
    public var source: any LogSource
    /// What answers queries.
    public var runQuery: QueryRunner
    /// What tenants may push and ask.
    public var limits: LimitTable
    /// What pushes of tenants without limits of their own may hold.
    public var pushLimits: PushLimits { limits.defaults.push }
    /// What queries of tenants without limits of their own may cost; here only the length of their text.
    public var queryLimits: QueryLimits { limits.defaults.query }
    /// The time now.
    public var now: @Sendable () -> Timestamp
    /// Seals what is in memory, for `/flush`.
    public var flush: @Sendable () async throws -> Void
    /// Why requests cannot be served yet, for `/ready`; nil when they can.
    public var unreadyReason: @Sendable () -> String?
    /// The metrics of the program's other parts.
    public var metricSources: [@Sendable () -> [MetricFamily]]
    /// Where new lines meet tails.
    public var tails: TailHub
    /// The groups of rules of a tenant with what became of them; none without a rules engine.
    public var ruleGroups: @Sendable (Tenant) async -> [RuleGroupStatus] = { _ in [] }
    /// The label sets of recorded series that fulfil all matchers and have samples in a stretch of time, sorted.
    public var recordedSeries:
        @Sendable (Tenant, [Matcher], _ after: Timestamp, _ through: Timestamp) async throws -> [LabelSet] = {
            _, _, _, _ in []
        }
    /// Runs rules in YAML over stored lines between two instants, for `/weir/api/v1/rules/backtest`; nil where that is
    /// not offered.
    public var backtest:
        (
            @Sendable (Tenant, _ yaml: String, _ start: Timestamp, _ end: Timestamp) async throws -> BacktestAnswer
        )?
    /// The rules as files, which requests may read and change.
    public var ruleFiles = RuleFileAccess()
    /// Reads the configuration again, for `/-/reload`; returns what changed, or throws why nothing does. Nil where that
    /// is not offered.
    public var reload: (@Sendable () async throws(ReloadError) -> [String])?
    /// What deletes lines; nil when nobody may.
    public var deletes: DeleteControl?
    /// Takes hold of the store's files as they are, and gives what writes them as a tar archive; nil without a store.
    public var makeBackup: (@Sendable () async throws -> APIResponse.BodyStream)?
    /// The built-in notifier; nil when alerts go elsewhere only.
    public var alerting: AlertService?
    /// The notifier's configuration as YAML without secrets.
    public var alertingText: @Sendable () -> String = { "" }
    /// Since when the notifier runs.
    public var alertingSince = Timestamp(nanoseconds: 0)
    /// Whether Loki's path for patterns answers, as its own does with a pattern ingester.
    public var findsPatterns = false
    /// The program's own log level.
    public var logLevel = LogLevelControl.fixed
    /// The parts of the configuration besides limits as YAML, for `/config`.
    public var configurationText: @Sendable () -> String = { "" }
    /// What runs, for `/services`.
    public var serviceNames: [String] = ["server"]
    /// What `status/buildinfo` shows.
    public var build: BuildVersion

    /// Creates services; what has a default is not needed to push and query.
    public init(
        sink: any EntrySink, source: any LogSource, runQuery: @escaping QueryRunner, limits: LimitTable,
        now: @escaping @Sendable () -> Timestamp, flush: @escaping @Sendable () async throws -> Void = {},
        unreadyReason: @escaping @Sendable () -> String? = { nil },
        metricSources: [@Sendable () -> [MetricFamily]] = [], tails: TailHub = TailHub(),
        build: BuildVersion = BuildVersion()
    ) {
        self.sink = sink
        self.source = source
        self.runQuery = runQuery
        self.limits = limits
        self.now = now
        self.flush = flush
        self.unreadyReason = unreadyReason
        self.metricSources = metricSources
        self.tails = tails
        self.build = build
    }

    /// Creates services in which all tenants have the same limits.
    public init(
        sink: any EntrySink, source: any LogSource, runQuery: @escaping QueryRunner,
        pushLimits: PushLimits = PushLimits(), queryLimits: QueryLimits = QueryLimits(),
        now: @escaping @Sendable () -> Timestamp, flush: @escaping @Sendable () async throws -> Void = {},
        unreadyReason: @escaping @Sendable () -> String? = { nil },
        metricSources: [@Sendable () -> [MetricFamily]] = [], tails: TailHub = TailHub(),
        build: BuildVersion = BuildVersion()
    ) {
        self.init(
            sink: sink, source: source, runQuery: runQuery,
            limits: LimitTable(LimitTable.Limits(push: pushLimits, query: queryLimits)), now: now, flush: flush,
            unreadyReason: unreadyReason, metricSources: metricSources, tails: tails, build: build)
    }

    /// Creates services whose queries the engine answers.
    public init(
        sink: any EntrySink, source: any LogSource, engine: QueryEngine, pushLimits: PushLimits = PushLimits(),
        queryLimits: QueryLimits = QueryLimits(), now: @escaping @Sendable () -> Timestamp,
        flush: @escaping @Sendable () async throws -> Void = {},
        unreadyReason: @escaping @Sendable () -> String? = { nil },
        metricSources: [@Sendable () -> [MetricFamily]] = [], tails: TailHub = TailHub(),
        build: BuildVersion = BuildVersion()
    ) {
        self.init(
            sink: sink, source: source,
            runQuery: { request throws(QueryError) in try await engine.run(request) },
            pushLimits: pushLimits,
            queryLimits: queryLimits, now: now, flush: flush, unreadyReason: unreadyReason,
            metricSources: metricSources, tails: tails,
            build: build)
    }
}
