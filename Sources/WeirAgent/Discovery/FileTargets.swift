internal import WeirModel
internal import WeirSystem

/// Which files the configuration means, and the labels of each.
struct FileTargets: Sendable {
    private let groups: [Group]

    /// Files under one pattern, with what happens to their lines.
    private struct Group: Sendable {
        var pattern: Glob
        var excluded: Glob?
        var labels: LabelSet
        var relabelling: Relabelling
        var plan: StagePlan
        var isDockerSource: Bool
    }

    /// A file that is meant.
    struct Found {
        var path: String
        var status: FileStatus
        fileprivate var group: Int
    }

    /// What one look has found.
    struct Discovery {
        var files: [Found] = []
        var folders: Set<String> = []
    }

    /// Checks the configuration.
    init(_ configuration: AgentConfiguration) throws(StageError) {
        var groups: [Group] = []
        for scrape in configuration.scrapes {
            let plan = try StagePlan(scrape.stages.filter(\.isRunnable))
            let relabelling = try Relabelling(scrape.relabelRules)
            for target in scrape.targets {
                guard let path = target.labels[StaticTarget.pathLabel] else { continue }
                groups.append(
                    Group(
                        pattern: Glob(path), excluded: target.labels[StaticTarget.excludeLabel].map { Glob($0) },
                        labels: target.labels, relabelling: relabelling, plan: plan, isDockerSource: false))
            }
        }
        if let docker = configuration.docker {
            groups.append(
                Group(
                    pattern: Glob(docker.containersFolder + "/*/*-json.log"), excluded: nil, labels: docker.labels,
                    relabelling: try Relabelling(docker.relabelRules),
                    plan: try StagePlan(docker.stages.filter(\.isRunnable), isDockerSource: true), isDockerSource: true)
            )
        }
        self.groups = groups
    }

    /// Looks for files. A path that two groups mean belongs to the first.
    func discover(on files: any FileSystem) -> Discovery {
        var discovery = Discovery()
        var paths: Set<String> = []
        for (index, group) in groups.enumerated() {
            let expansion = group.pattern.expand(on: files)
            discovery.folders.formUnion(expansion.folders)
            for (path, status) in expansion.files.sorted(by: { $0.key < $1.key }) {
                guard group.excluded?.matches(path) != true, paths.insert(path).inserted else { continue }
                discovery.files.append(Found(path: path, status: status, group: index))
            }
        }
        return discovery
    }

    /// A reader for a file that was found; nil when relabelling drops it.
    func reader(
        for found: Found, limits: AgentLimits, on files: any FileSystem
    ) -> (labels: LabelSet, reader: LineReader)? {
        let group = groups[found.group]
        let container = ContainerDirectory(besideLog: found.path, on: files)
        var labels = group.labels
        for label in container?.metaLabels ?? [] { labels[label.name] = label.value }
        if group.isDockerSource { for label in container?.streamLabels ?? [] { labels[label.name] = label.value } }
        guard var kept = group.relabelling.apply(labels) else { return nil }
        for label in kept.labels where label.name.hasPrefix("__") { kept[label.name] = nil }
        // Container paths differ only by an id that the labels say better.
        if !group.isDockerSource { kept["filename"] = found.path }
        let isDockerLog = group.isDockerSource || found.path.hasSuffix("-json.log")
        let runner = StageRunner(group.plan, labels: kept, limits: limits, trimsNewline: isDockerLog)
        return (kept, LineReader(runner, isDockerLog: isDockerLog, lineBytesMax: limits.lineBytesMax))
    }
}

extension StageConfiguration {
    /// Whether the stage can run; those that cannot were reported when the configuration was loaded.
    var isRunnable: Bool { problem() == nil }
}
