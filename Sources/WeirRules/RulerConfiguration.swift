public import WeirModel

/// What the server's file says about rules: where their files are, how often they are evaluated, where alerts go.
public struct RulerConfiguration: Sendable {
    /// Files of rules, with wildcards; relative to the file that names them.
    public var files: [String] = []
    /// Loki's folder of rules: `<folder>/<tenant>/<file>`.
    public var folder: String?
    /// How the engine evaluates.
    public var engine = RuleEngine.Configuration()
    /// `resend_delay`: how long a firing alert is not repeated.
    public var resendNanoseconds = RuleSurroundings.resendNanosecondsDefault
    /// Labels that alerts get where they lack them.
    public var externalLabels = LabelSet()
    /// The server's address as people reach it; empty for the address it listens on.
    public var externalURL = ""
    /// Base addresses of external Alertmanagers; each gets every alert.
    public var alertmanagers: [String] = []
    /// `notification_timeout`: how long an external Alertmanager may take.
    public var notificationTimeout = Duration.seconds(10)
    /// `notification_queue_capacity`: the most alerts that wait for one.
    public var notificationsMax = 10_000
    /// Header fields of requests to them.
    public var alertmanagerHeaders: [String: String] = [:]
    /// `enable_api`: whether groups may be made and removed over HTTP.
    public var allowsWriting = true

    /// Creates Loki's defaults.
    public init() {}
}
