public import WeirAgent
internal import WeirModel

/// The agent's configuration file: Promtail's keys, and Weir's own `docker`.
///
/// Loading is lenient, as with ``ServeFile``: only a file with an error among its `diagnostics` must not be used.
public struct AgentFile: Sendable {
    /// What the file asks for.
    public var agent = AgentConfiguration()
    /// Remarks in the order of the file's keys.
    public var diagnostics: [Diagnostic] = []

    /// Creates the configuration of an empty file.
    public init() {}

    /// Whether there is no error among the remarks.
    public var isUsable: Bool { !diagnostics.contains { $0.severity == .error } }

    /// Reads a file's text.
    ///
    /// - Parameters:
    ///   - file: its path, for the remarks.
    ///   - environment: when given, variables in the text are replaced first; see ``EnvironmentExpansion``.
    public static func read(_ text: String, file: String, environment: [String: String]? = nil) -> AgentFile {
        var result = AgentFile()
        let remarks = YAMLReader.readFile(text, file: file, environment: environment) { result.apply($0) }
        result.diagnostics = remarks
        return result
    }

    /// Takes the agent's keys out of a map, without finishing it.
    mutating func apply(_ map: YAMLMap) {
        map.section("global") { section in
            section.section("file_watch_config") { watch in
                if let interval = watch.value("min_poll_frequency")?.duration { agent.limits.pollInterval = interval }
                watch.ignore([IgnoredKey("max_poll_frequency", "has no effect: the interval does not vary")])
            }
        }
        map.section("server") { applyServer($0) }
        map.section("positions") { applyPositions($0) }
        for value in (map.value("client").map { [$0] } ?? []) + (map.value("clients")?.list ?? []) {
            if let client = AgentClientReader.read(value) { agent.clients.append(client) }
        }
        for value in map.value("scrape_configs")?.list ?? [] { applyScrape(value) }
        refuseRepeatedJobs(map)
        if let docker = map.presentValue("docker")?.map { applyDocker(docker) }
        map.section("limits_config") { applyLimits($0) }
        map.section("spool") { applySpool($0) }
        map.section("target_config") { section in
            if let interval = section.value("sync_period")?.duration { agent.limits.discoveryInterval = interval }
            section.ignore([IgnoredKey("stdin", "has no effect")])
        }
        map.ignore(PromtailKeys.top)
    }

    private mutating func applyServer(_ map: YAMLMap) {
        if let address = map.value("http_listen_address")?.text { agent.server.address = address }
        if let port = map.integer("http_listen_port", in: 0...65_535) { agent.server.port = port }
        if let isOff = map.value("disable")?.flag { agent.server.isDisabled = isOff }
        map.ignore(PromtailKeys.server)
    }

    private mutating func applyPositions(_ map: YAMLMap) {
        if let path = map.value("filename")?.text { agent.positions.filename = path }
        if let period = map.value("sync_period")?.duration { agent.positions.syncPeriod = period }
        if let ignores = map.value("ignore_invalid_yaml")?.flag { agent.positions.ignoresInvalidFile = ignores }
    }

    private mutating func applySpool(_ map: YAMLMap) {
        if let isOn = map.value("enabled")?.flag { agent.spool.isEnabled = isOn }
        if let bytes = map.value("max_bytes")?.byteSize, bytes > 0 { agent.spool.bytesMax = bytes }
        if let age = map.value("max_age")?.duration { agent.spool.ageMax = age }
        if let overflow = map.choice("when_full", SpoolConfiguration.Overflow.self) { agent.spool.overflow = overflow }
    }

    private mutating func applyLimits(_ map: YAMLMap) {
        if let bytes = map.value("max_line_size")?.byteSize, bytes > 0 { agent.limits.lineBytesMax = bytes }
        let rate = map.value("readline_rate")?.number ?? 10_000
        let burst = map.integer("readline_burst", in: 1...Int.max)
        let drops = map.value("readline_rate_drop")?.flag ?? false
        if map.value("readline_rate_enabled")?.flag == true {
            agent.limits.linesPerSecondMax = rate
            agent.limits.linesBurstMax = burst ?? 10_000
            // Promtail drops unless told otherwise; here waiting is the default, as the files hold the lines.
            agent.limits.dropsLinesBeyondRate = drops
        }
        map.ignore(PromtailKeys.limits)
    }

    private mutating func applyScrape(_ value: YAMLValue) {
        guard let map = value.map else { return }
        var scrape = ScrapeConfiguration(jobName: map.value("job_name")?.text ?? "")
        scrape.relabelRules = RelabelRuleReader.read(map)
        scrape.stages = AgentStageReader.read(map.value("pipeline_stages"))
        map.section("decompression") { section in
            let isOn = section.value("enabled")?.flag ?? false
            if let format = section.value("format"), isOn, format.text != "gz" {
                format.remark(.error, "only gz is read", replacement: "format: gz")
            }
            scrape.isCompressed = isOn
            section.ignore([IgnoredKey("initial_delay", "has no effect: an archive is read when it is there")])
        }
        for group in map.value("static_configs")?.list ?? [] {
            guard let target = group.map else { continue }
            target.ignore([IgnoredKey("targets", "has no effect: files are always those of this machine")])
            let labels = LabelSet((target.textPairs("labels") ?? []).map { Label($0.name, $0.value) })
            if labels[StaticTarget.pathLabel] == nil,
                !scrape.relabelRules.contains(where: { $0.targetLabel == StaticTarget.pathLabel })
            {
                group.remark(.warning, "nothing is read: the labels hold no \(StaticTarget.pathLabel)")
            }
            scrape.targets.append(StaticTarget(labels: labels))
            target.finish()
        }
        if let docker = map.value("docker_sd_configs") { followDocker(docker, scrape) }
        if let pods = map.value("kubernetes_sd_configs") { followPods(pods, &scrape) }
        scrape.receiver = ReceiverReader.read(map)
        map.ignore(PromtailKeys.scrape)
        map.finish()
        if !scrape.targets.isEmpty || scrape.receiver != nil { agent.scrapes.append(scrape) }
    }

    /// Kubernetes is not asked; the names of the node's log folders say which pod and container each log is of.
    private func followPods(_ value: YAMLValue, _ scrape: inout ScrapeConfiguration) {
        value.remark(
            .note,
            "the logs under /var/log/pods are followed; namespace, pod, uid and container come from their paths, other "
                + "labels of pods are not known")
        scrape.isPodSource = true
        scrape.targets.append(StaticTarget(labels: [StaticTarget.pathLabel: "/var/log/pods/*/*/*.log"]))
    }

    /// Docker's socket is not asked; the files of its containers tell the same, and survive its restart.
    private mutating func followDocker(_ value: YAMLValue, _ scrape: ScrapeConfiguration) {
        guard agent.docker == nil else {
            return value.remark(.warning, "ignored: another job follows Docker's containers already")
        }
        value.remark(.note, "the containers' files are followed instead of asking Docker's socket")
        var docker = DockerSourceConfiguration()
        docker.labels = scrape.jobName.isEmpty ? [:] : ["job": scrape.jobName]
        docker.relabelRules = scrape.relabelRules
        docker.stages = scrape.stages
        agent.docker = docker
    }

    private mutating func applyDocker(_ map: YAMLMap) {
        var docker = DockerSourceConfiguration()
        if let folder = map.value("containers_folder")?.text { docker.containersFolder = folder }
        if let pairs = map.textPairs("labels") { docker.labels = LabelSet(pairs.map { Label($0.name, $0.value) }) }
        docker.relabelRules = RelabelRuleReader.read(map)
        docker.stages = AgentStageReader.read(map.value("pipeline_stages"))
        map.finish()
        agent.docker = docker
    }

    private func refuseRepeatedJobs(_ map: YAMLMap) {
        var seen: Set<String> = []
        for scrape in agent.scrapes where !seen.insert(scrape.jobName).inserted {
            let name = QuotedPart.quote(scrape.jobName)
            map.remark(.error, key: "scrape_configs", "two jobs have the name \(name)")
        }
    }
}
