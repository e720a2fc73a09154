/// Keys of Promtail's file that have no meaning here, and why.
enum PromtailKeys {
    private static let otherInput = "not applied: nothing is read from there"

    static let top: [IgnoredKey] = [
        IgnoredKey("options", "has no effect"), IgnoredKey("tracing", "has no effect: there are no traces"),
        IgnoredKey("wal", "has no effect: positions move only after delivery, so files are the buffer"),
    ]

    static let server: [IgnoredKey] = [
        IgnoredKey("grpc_*", "has no effect: there is no gRPC"),
        IgnoredKey("log_*", "has no effect: the command line sets it"), IgnoredKey("http_*", "has no effect"),
        IgnoredKey("graceful_shutdown_timeout", "has no effect"), IgnoredKey("external_url", "has no effect"),
        IgnoredKey("register_instrumentation", "has no effect: /metrics is always there"),
        IgnoredKey("health_check_target", "has no effect"), IgnoredKey("profiling_enabled", "has no effect"),
        IgnoredKey("enable_runtime_reload", "has no effect: SIGHUP and POST /-/reload always work"),
        IgnoredKey("reload", "has no effect"),
    ]

    static let client: [IgnoredKey] = [
        IgnoredKey("oauth2", .warning, "not applied: use bearer_token"),
        IgnoredKey("proxy_*", .warning, "not applied: give proxy_url"),
        IgnoredKey("follow_redirects", "has no effect"), IgnoredKey("enable_http2", "has no effect"),
        IgnoredKey("stream_lag_labels", "has no effect"), IgnoredKey("no_proxy", "has no effect"),
        IgnoredKey("drop_rate_limited_batches", "has no effect: a batch is sent until it is taken"),
    ]

    static let limits: [IgnoredKey] = [
        IgnoredKey("max_streams", .warning, "not applied: streams are not limited here"),
        IgnoredKey("max_line_size_truncate", "has no effect: a line that is too long is always cut"),
    ]

    static let scrape: [IgnoredKey] = [
        IgnoredKey("file_sd_configs", .warning, otherInput + "; give the targets in static_configs"),
        IgnoredKey("windows_events", .warning, otherInput), IgnoredKey("kafka", .warning, otherInput),
        IgnoredKey("gelf", .warning, otherInput), IgnoredKey("gcplog", .warning, otherInput),
        IgnoredKey("cloudflare", .warning, otherInput), IgnoredKey("heroku_drain", .warning, otherInput),
        IgnoredKey("azure_event_hubs", .warning, otherInput),
        IgnoredKey("consul*", .warning, otherInput),
        IgnoredKey("encoding", .warning, "not applied: lines are kept as the bytes they are"),
    ]
}
