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
    /// What is kept on disk between reading and delivery.
    public var spool = SpoolConfiguration()
    /// Where the agent answers `/ready`, `/metrics` and `/targets`.
    public var server = AgentServerConfiguration()

    /// Creates an agent that follows nothing.
    public init() {}

    /// A configuration for each client, with positions of its own.
    ///
    /// Agents that share nothing are what keeps a slow or dead server from holding up the others: each reads at the pace
    /// of its server, and the files hold what was not sent. The common positions are where each of them begins.
    public var perClient: [AgentConfiguration] {
        guard clients.count > 1 else { return [self] }
        return clients.map { client in
            var one = self
            one.clients = [client]
            // By what the client is and not by its place, so that another order of clients does not mix up positions.
            var hash: UInt64 = 0xcbf2_9ce4_8422_2325
            for byte in (client.name + "\n" + client.url + "\n" + client.tenant).utf8 {
                hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
            }
            one.positions.filename = positions.filename + "." + String(hash, radix: 16)
            one.positions.importedFrom = positions.filename
            return one
        }
    }
}

/// Where the delivered offsets are kept (`positions:`).
public struct PositionsConfiguration: Sendable, Hashable {
    /// The file; replaced as a whole, never written in place. A Promtail file found there is imported.
    public var filename = "/var/log/positions.yaml"
    /// The least time between two saves (`sync_period`). A longer one repeats more lines after a crash; none are lost.
    /// Promtail's is ten seconds, and repeats that many.
    public var syncPeriod: Duration = .seconds(1)
    /// A file whose positions are taken while there is no ``filename`` yet; nil takes none.
    public var importedFrom: String?
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
