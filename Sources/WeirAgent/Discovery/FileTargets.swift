internal import WeirModel
internal import WeirSystem

/// Which files the configuration means, and the labels of each.
struct FileTargets: Sendable {
    private let groups: [Group]
    private let hostName: String
    /// The stages of the configuration that count lines for users.
    let metrics: [MetricsStage]

    /// Files under one pattern, with what happens to their lines.
    private struct Group: Sendable {
        var pattern: Glob
        var excluded: Glob?
        var labels: LabelSet
        var relabelling: Relabelling
        var plan: StagePlan
        var isDockerSource: Bool
        var jobName = ""
        var isCompressed = false
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
        hostName = configuration.hostName
        // One rate for all files, as all plans share the stage.
        let rate = try FileTargets.readRate(configuration.limits)
        for scrape in configuration.scrapes where scrape.receiver == nil {
            var plan = try StagePlan(scrape.stages.compactMap(\.runnable))
            if let rate { plan.append(rate, named: "readline_rate") }
            let relabelling = try Relabelling(scrape.relabelRules)
            for target in scrape.targets {
                // Rules may make the path. One that cannot tell yet, because it needs a file's metadata, drops nothing.
                // Of pods nothing is known before their files are seen, so rules cannot make the path.
                let relabelled =
                    scrape.isPodSource ? target.labels : relabelling.apply(target.labels) ?? target.labels
                guard let path = relabelled[StaticTarget.pathLabel] ?? target.labels[StaticTarget.pathLabel],
                    !path.isEmpty
                else { continue }
                let excluded = relabelled[StaticTarget.excludeLabel] ?? target.labels[StaticTarget.excludeLabel]
                groups.append(
                    Group(
                        pattern: Glob(path), excluded: excluded.map { Glob($0) }, labels: target.labels,
                        relabelling: relabelling, plan: plan, isDockerSource: false, jobName: scrape.jobName,
                        isCompressed: scrape.isCompressed))
            }
        }
        if let docker = configuration.docker {
            var plan = try StagePlan(docker.stages.compactMap(\.runnable), isDockerSource: true)
            if let rate { plan.append(rate, named: "readline_rate") }
            groups.append(
                Group(
                    pattern: Glob(docker.containersFolder + "/*/*-json.log"), excluded: nil, labels: docker.labels,
                    relabelling: try Relabelling(docker.relabelRules), plan: plan, isDockerSource: true))
        }
        self.groups = groups
        metrics = groups.flatMap(\.plan.metrics)
    }

    private static func readRate(_ limits: AgentLimits) throws(StageError) -> CompiledStage? {
        guard let rate = limits.linesPerSecondMax else { return nil }
        var settings = StageConfiguration.Limit(rate: rate, burst: limits.linesBurstMax ?? max(1, Int(rate)))
        settings.drops = limits.dropsLinesBeyondRate
        var plan = try StagePlan([])
        return .limit(try LimitStage(settings, &plan))
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

    /// A reader for a file that was found; nil when relabelling drops it, or leaves it to another machine.
    func reader(
        for found: Found, limits: AgentLimits, on files: any FileSystem, observer: (any StageObserver)? = nil
    ) -> (labels: LabelSet, reader: LineReader)? {
        let group = groups[found.group]
        let container = ContainerDirectory(besideLog: found.path, on: files)
        var labels = group.labels
        for label in container?.metaLabels ?? [] { labels[label.name] = label.value }
        for label in PodPath(found.path)?.metaLabels ?? [] { labels[label.name] = label.value }
        if group.isDockerSource { for label in container?.streamLabels ?? [] { labels[label.name] = label.value } }
        guard var kept = group.relabelling.apply(labels) else { return nil }
        if let host = kept[StaticTarget.hostLabel], !host.isEmpty, !hostName.isEmpty, host != hostName { return nil }
        for label in kept.labels where label.name.hasPrefix("__") { kept[label.name] = nil }
        // Container paths differ only by an id that the labels say better.
        if !group.isDockerSource { kept["filename"] = found.path }
        let isDockerLog = group.isDockerSource || found.path.hasSuffix("-json.log")
        let runner = StageRunner(
            group.plan, labels: kept, limits: limits, trimsNewline: isDockerLog, observer: observer)
        return (kept, LineReader(runner, isDockerLog: isDockerLog, lineBytesMax: limits.lineBytesMax))
    }

    /// Where a file is read: archives are unpacked on the way.
    func system(for found: Found, _ files: any FileSystem) -> any FileSystem {
        groups[found.group].isCompressed ? UnpackingFileSystem(files) : files
    }

    /// A reader for lines that are in no file, under the labels of a job.
    func readerOfLines(
        job: String?, limits: AgentLimits, observer: (any StageObserver)?
    ) -> (labels: LabelSet, reader: LineReader)? {
        guard let group = groups.first(where: { job == nil || $0.jobName == job }),
            var kept = group.relabelling.apply(group.labels)
        else { return nil }
        for label in kept.labels where label.name.hasPrefix("__") { kept[label.name] = nil }
        let runner = StageRunner(group.plan, labels: kept, limits: limits, trimsNewline: false, observer: observer)
        return (kept, LineReader(runner, isDockerLog: group.isDockerSource, lineBytesMax: limits.lineBytesMax))
    }
}
