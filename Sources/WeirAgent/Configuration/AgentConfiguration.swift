/// What an agent follows and where it sends lines; the values of Promtail's file, plus what Docker containers need.
///
/// A value of this type holds no YAML: the loader maps Promtail's keys onto it and reports what it could not map.
public struct AgentConfiguration: Sendable {
    /// Where batches are pushed; each client gets every line. Empty when the lines stay in the same process.
    public var clients: [ClientConfiguration] = []
    /// Where the delivered offsets are kept.
    public var positions = PositionsConfiguration()
    /// Which files are followed, under which labels, through which stages.
    public var scrapes: [ScrapeConfiguration] = []
    /// The folder of Docker containers to follow with labels of their own; nil leaves Docker to `scrapes`.
    public var docker: DockerSourceConfiguration?
    /// This machine's name, which `__host__` is compared with; empty compares nothing.
    public var hostName = ""
    /// How much the agent may hold and how often it looks.
    public var limits = AgentLimits()
    /// Where the agent answers `/ready`, `/metrics` and `/targets`.
    public var server = AgentServerConfiguration()

    /// Creates an agent that follows nothing.
    public init() {}
}

/// Where the delivered offsets are kept (`positions:`).
public struct PositionsConfiguration: Sendable, Hashable {
    /// The file; replaced as a whole, never written in place. A Promtail file found there is imported.
    public var filename = "/var/log/positions.yaml"
    /// The least time between two saves (`sync_period`). A longer one repeats more lines after a crash; none are lost.
    /// Promtail's is ten seconds, and repeats that many.
    public var syncPeriod: Duration = .seconds(1)
    /// Whether a file that cannot be read is put aside instead of refusing to start (`ignore_invalid_yaml`).
    public var ignoresInvalidFile = false

    /// Creates the defaults.
    public init() {}
}

/// Where the agent's own HTTP server listens (`server:`).
public struct AgentServerConfiguration: Sendable, Hashable {
    /// The address; loopback unless asked otherwise.
    public var address = "127.0.0.1"
    /// The port.
    public var port = 9080
    /// Whether there is no server at all (`disable`).
    public var isDisabled = false

    /// Creates the defaults.
    public init() {}
}
