public import WeirModel

/// One followed path, for the list of targets.
public struct AgentTarget: Sendable, Hashable {
    /// The path.
    public let path: String
    /// The labels of its streams before any stage.
    public let labels: LabelSet
    /// The byte up to which the newest file was read.
    public let position: Int
    /// The newest file's size.
    public let size: Int
    /// Bytes that are there and not read yet, rotated files included.
    public internal(set) var lag: Int
    /// Bytes read since the start.
    public let bytesRead: Int
    /// Lines read since the start.
    public let linesRead: Int
}

/// What an agent has done since its start.
public struct AgentStatistics: Sendable {
    /// The followed paths in the order they were found.
    public internal(set) var targets: [AgentTarget] = []
    /// What was sent, by destination.
    public internal(set) var deliveries: [AgentDelivery] = []

    var follow = FollowCounts()
    /// Lines that came from elsewhere than files: all, those that relabelling dropped, those without room.
    var received = (lines: 0, unwanted: 0, dropped: 0)
    /// The users' own metrics, which are read when somebody asks.
    var custom: [MetricsStage] = []
    /// When the picture was taken, nanoseconds since 1970 UTC.
    var taken: Int64 = 0

    /// Entries that came out of the stages.
    public var entriesEmitted: Int { follow.linesEmitted }
    /// Bytes read from files.
    public var bytesRead: Int { targets.reduce(0) { $0 + $1.bytesRead } }

    /// The statistics of agents that follow the same files for one destination each.
    ///
    /// What files hold is counted once, by the first; of each file's lag, the largest counts.
    public static func merged(_ all: [AgentStatistics]) -> AgentStatistics {
        guard var merged = all.first else { return AgentStatistics() }
        merged.deliveries = all.flatMap(\.deliveries)
        for (index, target) in merged.targets.enumerated() {
            let lags = all.compactMap { other in other.targets.first { $0.path == target.path }?.lag }
            merged.targets[index].lag = lags.max() ?? target.lag
        }
        return merged
    }

    /// The statistics as metrics under Promtail's names, and a few of our own.
    public var metrics: [MetricFamily] {
        var families = fileMetrics
        families.append(contentsOf: deliveryMetrics)
        var dropped = MetricFamily("logentry_dropped_lines_total", "Lines that stages dropped, by reason.", .counter)
        for (reason, count) in follow.linesDropped.sorted(by: { $0.key < $1.key }) {
            dropped.add(["reason": reason], Double(count))
        }
        families.append(dropped)
        families.append(
            MetricFamily(
                "weir_agent_received_lines_total", "Lines from receivers of syslog, pushes and the journal.", .counter,
                value: Double(received.lines)))
        var lost = MetricFamily(
            "weir_agent_received_dropped_lines_total", "Received lines that were dropped, by reason.", .counter)
        lost.add(["reason": "relabelling"], Double(received.unwanted))
        lost.add(["reason": "no_room"], Double(received.dropped))
        families.append(lost)
        families.append(
            MetricFamily(
                "weir_agent_lines_cut_total", "Lines longer than the limit, of which only the start was sent.",
                .counter,
                value: Double(follow.linesCut)))
        families.append(
            MetricFamily(
                "promtail_docker_target_parsing_errors_total", "Records that are none of Docker's.", .counter,
                value: Double(follow.parsingErrors)))
        families.append(
            MetricFamily(
                "weir_agent_rotations_total", "Files that lost their path to another.", .counter,
                value: Double(follow.rotations)))
        families.append(
            MetricFamily(
                "weir_agent_truncations_total", "Files whose contents were replaced in place.", .counter,
                value: Double(follow.truncations)))
        families.append(
            MetricFamily(
                "weir_agent_read_errors_total", "Failed attempts to open or read a file.", .counter,
                value: Double(follow.readErrors)))
        return families + customMetrics
    }

    /// What `metrics` stages have counted; stages of several jobs may share a name.
    private var customMetrics: [MetricFamily] {
        var families: [MetricFamily] = []
        for family in custom.flatMap({ $0.families(now: taken) }) {
            if let known = families.firstIndex(where: { $0.name == family.name && $0.kind == family.kind }) {
                families[known].samples += family.samples
            } else {
                families.append(family)
            }
        }
        return families
    }

    private var fileMetrics: [MetricFamily] {
        var bytesRead = MetricFamily("promtail_read_bytes_total", "Bytes read, by file.", .gauge)
        var linesRead = MetricFamily("promtail_read_lines_total", "Lines read, by file.", .counter)
        var size = MetricFamily("promtail_file_bytes_total", "Sizes of files.", .gauge)
        var lag = MetricFamily("weir_agent_lag_bytes", "Bytes that are not read yet, by file.", .gauge)
        for target in targets {
            let labels: LabelSet = ["path": target.path]
            // Promtail's figure is the position in the file, so that the lag is the difference of two metrics.
            bytesRead.add(labels, Double(target.position))
            linesRead.add(labels, Double(target.linesRead))
            size.add(labels, Double(target.size))
            lag.add(labels, Double(target.lag))
        }
        let active = MetricFamily(
            "promtail_files_active_total", "Files followed.", .gauge, value: Double(targets.count))
        let all = MetricFamily(
            "promtail_targets_active_total", "Targets followed.", .gauge, value: Double(targets.count))
        return [bytesRead, linesRead, size, lag, active, all]
    }

    private var deliveryMetrics: [MetricFamily] {
        var sentEntries = MetricFamily("promtail_sent_entries_total", "Entries that were taken.", .counter)
        var sentBytes = MetricFamily("promtail_sent_bytes_total", "Bytes of entries that were taken.", .counter)
        var dropped = MetricFamily("promtail_dropped_entries_total", "Entries that were refused for good.", .counter)
        for delivery in deliveries {
            let labels: LabelSet = ["host": delivery.name]
            sentEntries.add(labels, Double(delivery.entriesSent))
            sentBytes.add(labels, Double(delivery.bytesSent))
            for (reason, count) in delivery.entriesDropped.sorted(by: { $0.key < $1.key }) {
                dropped.add(["host": delivery.name, "reason": reason], Double(count))
            }
        }
        return [sentEntries, sentBytes, dropped]
    }
}

/// What was sent to one destination.
public struct AgentDelivery: Sendable, Hashable {
    /// The destination's name.
    public let name: String
    /// Entries that were taken.
    public internal(set) var entriesSent = 0
    /// Bytes of their lines.
    public internal(set) var bytesSent = 0
    /// Entries that were refused for good, by reason.
    public internal(set) var entriesDropped: [String: Int] = [:]

    init(name: String) {
        self.name = name
    }
}
