/// Keys of Loki's file that have no meaning here, and why. A warning where something that the key asks for is not done,
/// a note where nothing is lost.
enum LokiKeys {
    private static let oneProcess = "has no effect: one process does all of Loki's parts, there is no ring to join"
    private static let ownStorage = "has no effect: Weir keeps segments and catalogues of its own in the data folder"
    private static let ownRetention = "has no effect: what is too old goes at once, a day's folder at a time"

    static let oneProcessRest: [IgnoredKey] = [IgnoredKey("*", oneProcess)]
    static let cacheRest: [IgnoredKey] = [IgnoredKey("*", "has no effect: results are kept in this process's memory")]
    static let queryRangeRest: [IgnoredKey] = [
        IgnoredKey("*", "has no effect: queries are split by blocks and asked once")
    ]

    static let patternsRest: [IgnoredKey] = [
        IgnoredKey("*", "has no effect: patterns are found when they are asked for")
    ]

    static let top: [IgnoredKey] = [
        IgnoredKey("target", oneProcess), IgnoredKey("distributor", oneProcess),
        IgnoredKey("ingester_client", oneProcess), IgnoredKey("ingester_rf1", oneProcess),
        IgnoredKey("frontend_worker", oneProcess),
        IgnoredKey("index_gateway", oneProcess), IgnoredKey("memberlist", oneProcess),
        IgnoredKey("schema_config", ownStorage), IgnoredKey("chunk_store_config", ownStorage),
        IgnoredKey("bloom*", ownStorage), IgnoredKey("kafka_config", oneProcess), IgnoredKey("dataobj*", ownStorage),
        IgnoredKey(
            "table_manager", .warning,
            "not applied: write retention, or limits_config.retention_period and compactor.retention_enabled"),
        IgnoredKey("operational_config", .warning, "not applied: use runtime_config"),
        IgnoredKey("tracing", "has no effect: there are no traces"),
        IgnoredKey("analytics", "has no effect: nothing is reported to anybody"), IgnoredKey("ui", "has no effect"),
        IgnoredKey("ballast_bytes", "has no effect: there is no garbage collector to calm"),
        IgnoredKey("shutdown_delay", "has no effect: requests under way are finished"),
        IgnoredKey("metrics_namespace", "has no effect: metrics have one name each"),
    ]

    static let server: [IgnoredKey] = [
        IgnoredKey("grpc_*", "has no effect: there is no gRPC, everything is on the HTTP port"),
        IgnoredKey("http_path_prefix", .warning, "not applied: paths start at /"),
        IgnoredKey("http_*", "has no effect"), IgnoredKey("log_*", "has no effect"),
        IgnoredKey("graceful_shutdown_timeout", "has no effect: requests under way are finished"),
        IgnoredKey("register_instrumentation", "has no effect: /metrics is always there"),
        IgnoredKey("tls_cipher_suites", .warning, "not applied: the suites are BoringSSL's own choice"),
        IgnoredKey("proxy_protocol_enabled", .warning, "not applied"),
    ]

    static let common: [IgnoredKey] = [
        IgnoredKey("replication_factor", oneProcess), IgnoredKey("ring", oneProcess),
        IgnoredKey("instance_*", oneProcess), IgnoredKey("storage", ownStorage),
        IgnoredKey("compactor_*", oneProcess), IgnoredKey("persist_tokens", oneProcess),
    ]

    static let storage: [IgnoredKey] = [
        IgnoredKey("aws", .warning, "not applied: data is kept on the local disk"),
        IgnoredKey("s3*", .warning, "not applied: data is kept on the local disk"),
        IgnoredKey("gcs", .warning, "not applied: data is kept on the local disk"),
        IgnoredKey("azure", .warning, "not applied: data is kept on the local disk"),
        IgnoredKey("object_store", .warning, "not applied: data is kept on the local disk"),
        IgnoredKey("*", ownStorage),
    ]

    static let ingester: [IgnoredKey] = [
        IgnoredKey("max_streams_per_user", "has no effect: streams are not limited"),
        IgnoredKey("chunk_*", "has no effect: store.head_max_age and store.head_size decide when rows are sealed"),
        IgnoredKey("max_chunk_age", "has no effect: store.head_max_age decides when rows are sealed"),
        IgnoredKey("flush_*", "has no effect: store.head_max_age decides when rows are sealed"),
        IgnoredKey("*", oneProcess),
    ]

    static let ingesterWAL: [IgnoredKey] = [
        IgnoredKey("dir", "has no effect: the WAL is the folder wal in the data folder"),
        IgnoredKey("*", "has no effect: the WAL is released when its rows are sealed"),
    ]

    static let compactor: [IgnoredKey] = [
        IgnoredKey("retention_*", ownRetention), IgnoredKey("delete_*", "has no effect: requests are kept in weir.db"),
        IgnoredKey("apply_retention_interval", ownRetention), IgnoredKey("working_directory", ownStorage),
        IgnoredKey("*", oneProcess),
    ]

    static let limits: [IgnoredKey] = [
        IgnoredKey("ingestion_rate_strategy", oneProcess),
        IgnoredKey("max_line_size_truncate", .warning, "not applied: a line that is too long is refused"),
        IgnoredKey("max_query_lookback", .warning, "not applied: queries may reach back as far as there is data"),
        IgnoredKey("max_query_range", .warning, "not applied"),
        IgnoredKey("max_query_bytes_read", .warning, "not applied"),
        IgnoredKey("max_querier_bytes_read", .warning, "not applied"),
        IgnoredKey("required_labels", .warning, "not applied"),
        IgnoredKey("blocked_queries", .warning, "not applied"),
        IgnoredKey("ruler_*", "has no effect: rules are the same for all tenants"),
        IgnoredKey("allow_structured_metadata", "has no effect: it is always allowed"),
        IgnoredKey("enforce_metric_name", "has no effect, in Loki neither since 2.0"),
        IgnoredKey("unordered_writes", "has no effect: any order is taken"),
        IgnoredKey("volume_*", "has no effect: volumes are always answered"),
        IgnoredKey("increment_duplicate_timestamp", "has no effect: equal instants keep their order"),
        IgnoredKey("max_query_parallelism", "has no effect: a query uses all cores"),
        IgnoredKey("tsdb_*", ownStorage), IgnoredKey("bloom_*", ownStorage), IgnoredKey("pattern_*", "has no effect"),
        IgnoredKey("split_*", "has no effect: queries are split by blocks, not by time"),
        IgnoredKey("max_chunks_per_query", ownStorage), IgnoredKey("cardinality_limit", ownStorage),
        IgnoredKey("max_concurrent_tail_requests", "has no effect: tails are not limited"),
        IgnoredKey("max_streams_matchers_per_query", "has no effect"), IgnoredKey("query_ready*", ownStorage),
        IgnoredKey("shard_*", oneProcess), IgnoredKey("log_push*", "has no effect"),
        IgnoredKey("per_tenant_override*", .warning, "not applied: use runtime_config"),
        IgnoredKey("max_stats_cache_freshness", "has no effect: results are not cached"),
        IgnoredKey("min_sharding_lookback", oneProcess), IgnoredKey("metric_aggregation*", "has no effect"),
    ]
}
