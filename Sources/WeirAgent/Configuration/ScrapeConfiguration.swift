public import WeirModel

/// Files that belong together and the stages their lines go through (an element of `scrape_configs:`).
public struct ScrapeConfiguration: Sendable {
    /// The job's name, unique in a configuration.
    public var jobName: String
    /// The groups of files with their labels.
    public var targets: [StaticTarget] = []
    /// Rules that change or drop a target's labels before its files are opened.
    public var relabelRules: [RelabelRule] = []
    /// What happens to each line, in order.
    public var stages: [StageConfiguration] = []
    /// Where lines come from when not from files.
    public var receiver: ReceiverConfiguration?
    /// Whether the files are those of pods, whose names are labels for relabelling (`kubernetes_sd_configs`).
    public var isPodSource = false
    /// Whether the files are gzip archives, each of which is read once in a run (`decompression`).
    public var isCompressed = false

    /// Creates a job without files.
    public init(jobName: String) {
        self.jobName = jobName
    }
}

/// One group of files under common labels (an element of `static_configs:`).
public struct StaticTarget: Sendable, Hashable {
    /// All labels as written, those that begin with `__` included: `__path__` is the pattern of files and
    /// `__path_exclude__` the pattern of files left out. Labels that begin with `__` vanish after relabelling.
    public var labels: LabelSet

    /// Creates a group.
    public init(labels: LabelSet) {
        self.labels = labels
    }

    /// The label that holds the pattern of files.
    public static let pathLabel = "__path__"
    /// The label that names the machine whose files are meant; other machines leave them alone.
    public static let hostLabel = "__host__"
    /// The label that holds the pattern of files left out.
    public static let excludeLabel = "__path_exclude__"
}

/// Docker's own folder of containers, followed with labels from each container's metadata.
///
/// Streams get `container`, `image`, `compose_project`, `compose_service` (where present) and `stream`.
public struct DockerSourceConfiguration: Sendable {
    /// The folder that holds one folder per container.
    public var containersFolder = "/var/lib/docker/containers"
    /// Labels that every container's streams get besides their own.
    public var labels: LabelSet = ["job": "docker"]
    /// Rules over `__meta_docker_*` and the labels above.
    public var relabelRules: [RelabelRule] = []
    /// What happens to each line after Docker's record has been decoded.
    public var stages: [StageConfiguration] = []

    /// Creates the defaults.
    public init() {}
}
