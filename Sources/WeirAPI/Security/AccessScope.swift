internal import WeirModel

/// What the bearer of a token may do.
public enum AccessScope: String, Sendable, CaseIterable {
    /// Send lines and alerts.
    case push
    /// Ask: queries, labels, tails, rules, alerts, exports.
    case read
    /// Have lines deleted.
    case delete
    /// Everything about the process and its rules: configuration, log level, flush, rule groups, silences. Includes the
    /// other scopes.
    case admin
}

/// What a request needs.
enum AccessNeed: Equatable {
    /// Nothing: load balancers ask it.
    case nothing
    /// Any token: it tells of the process, not of data.
    case anyToken
    /// A token with this scope.
    case scope(AccessScope)

    /// Decides by path and method. What is not known is administration, unless it only reads.
    init(method: String, path: String) {
        let isReading = method == "GET" || method == "HEAD"
        if path == "/ready" {
            self = .nothing
        } else if Self.aboutProcess.contains(path) {
            self = .anyToken
        } else if Self.pushing.contains(where: { Self.matches(path, $0) }) || path.hasSuffix("/_bulk") {
            self = .scope(.push)
        } else if path == "/api/v2/alerts", !isReading {
            self = .scope(.push)
        } else if Self.matches(path, "/loki/api/v1/delete") {
            self = .scope(.delete)
        } else if Self.administrative.contains(where: { Self.matches(path, $0) }) {
            self = .scope(.admin)
        } else if isReading || Self.asking.contains(where: { Self.matches(path, $0) }) {
            self = .scope(.read)
        } else {
            self = .scope(.admin)
        }
    }

    /// Whether a path is `prefix` or lies below it.
    private static func matches(_ path: String, _ prefix: String) -> Bool {
        path == prefix || path.hasPrefix(prefix + "/")
    }

    private static let aboutProcess: Set<String> = [
        "/metrics", "/services", "/loki/api/v1/status/buildinfo", "/api/v1/status/buildinfo",
    ]

    private static let pushing = [
        "/loki/api/v1/push", "/api/prom/push", "/otlp", "/weir/api/v1/push", "/_bulk", "/elasticsearch",
    ]

    private static let administrative = [
        "/flush", "/log_level", "/config", "/runtime_config", "/debug", "/ingester", "/-", "/weir/api/v1/backup",
    ]

    /// Paths where a form is a question too.
    private static let asking = [
        "/loki/api/v1/query", "/loki/api/v1/query_range", "/loki/api/v1/labels", "/loki/api/v1/label",
        "/loki/api/v1/series", "/loki/api/v1/index", "/loki/api/v1/detected_labels", "/loki/api/v1/detected_fields",
        "/loki/api/v1/detected_field", "/loki/api/v1/patterns", "/loki/api/v1/tail", "/loki/api/v1/format_query",
        "/api/prom/query", "/api/prom/label", "/api/prom/series", "/api/prom/tail", "/weir/api/v1/query",
        "/weir/api/v1/query_range", "/weir/api/v1/format_query", "/weir/api/v1/explain", "/weir/api/v1/patterns",
        "/weir/api/v1/export",
        "/weir/api/v1/rules/backtest",
        "/api/v1/query", "/api/v1/query_range", "/api/v1/labels", "/api/v1/series", "/api/v1/format_query",
        "/prometheus/api/v1",
    ]
}
