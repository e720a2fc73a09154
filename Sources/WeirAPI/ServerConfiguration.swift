/// Where the server listens and how much it says (`server:`).
public struct ServerConfiguration: Sendable, Hashable {
    /// `http_listen_address`; loopback unless asked otherwise.
    public var address = "127.0.0.1"
    /// `http_listen_port`; 0 lets the system choose.
    public var port = 3100
    /// `log_level`.
    public var logLevel = LogLevel.info
    /// `log_format`.
    public var logForm = LogForm.text
    /// `log_to_store`, a key of Weir's own: whether the server's own log lines are kept like anybody's, as `{job="weir"}`.
    public var logsToStore = false
    /// `frontend.log_queries_longer_than`: how long a query takes before it is logged with its plan; zero logs none.
    public var slowQuery = Duration.seconds(10)
    /// `pattern_ingester.enabled`: whether Loki's path for patterns answers; Weir's own always does.
    public var findsPatterns = false
    /// `auth_enabled`: whether a request must name its tenant in `X-Scope-OrgID`; else all data belongs to one.
    public var requiresTenant = false
    /// `http_tls_config`; nil for plain HTTP.
    public var tls: TLSFiles?
    /// `http_server_read_header_timeout`: how long the head of a request may take, and how long a body may take before
    /// it has to keep up a kilobyte a second.
    public var readTimeout = Duration.seconds(30)
    /// `http_server_idle_timeout`: how long a connection may be silent between requests.
    public var idleTimeout = Duration.seconds(120)
    /// `http_listen_conn_limit`: the most connections at once; 0 is no limit.
    public var connectionsMax = 0

    /// Whether only this machine can reach it.
    public var isLoopback: Bool {
        address == "localhost" || address == "::1" || address.hasPrefix("127.")
    }

    /// How log lines are written.
    public enum LogForm: String, Sendable, CaseIterable {
        /// For people: time, level, message, fields.
        case text = "logfmt"
        /// For programs: an object a line.
        case json
    }

    /// How much the server says, by Loki's names.
    public enum LogLevel: String, Sendable, CaseIterable {
        /// Everything that helps to find a fault.
        case debug
        /// The life cycle.
        case info
        /// What was unexpected, though nothing is lost.
        case warn
        /// What somebody must act on.
        case error
    }

    /// Creates the defaults.
    public init() {}
}
