/// Where the server listens and how much it says (`server:`).
public struct ServerConfiguration: Sendable, Hashable {
    /// `http_listen_address`; loopback unless asked otherwise, as nothing here asks for a password.
    public var address = "127.0.0.1"
    /// `http_listen_port`; 0 lets the system choose.
    public var port = 3100
    /// `log_level`.
    public var logLevel = LogLevel.info
    /// `auth_enabled`: whether a request must name its tenant in `X-Scope-OrgID`; else all data belongs to one.
    public var requiresTenant = false

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
