internal import WeirModel

/// Takes lines that were received through relabelling and stages into the open batch.
///
/// Belongs to the follower's thread. Every set of labels has a runner of its own, as every file has.
struct InboxReader {
    /// The key under which tickets are marked, as if the inbox were a file and a ticket an offset.
    let key: FileKey

    private struct Job {
        var relabelling: Relabelling
        var plan: StagePlan
    }

    private struct Source: Hashable {
        var job: String
        var labels: LabelSet
    }

    private let inbox: Inbox
    private let limits: AgentLimits
    private var jobs: [String: Job] = [:]
    private var runners: [Source: StageRunner] = [:]
    private var lastTicket = 0
    private var marked = 0
    /// Lines of which relabelling has left nothing.
    private(set) var linesDropped = 0
    private(set) var linesRead = 0
    /// The stages that count lines for users.
    let metrics: [MetricsStage]

    /// More sets of labels at a time end the oldest blocks of lines early; each costs a few kilobytes.
    private static let runnersMax = 2_000

    init(_ inbox: Inbox, _ configuration: AgentConfiguration, key: FileKey) throws(StageError) {
        self.inbox = inbox
        self.key = key
        limits = configuration.limits
        var metrics: [MetricsStage] = []
        for scrape in configuration.scrapes where scrape.receiver != nil {
            let plan = try StagePlan(scrape.stages.compactMap(\.runnable))
            metrics += plan.metrics
            jobs[scrape.jobName] = Job(relabelling: try Relabelling(scrape.relabelRules), plan: plan)
        }
        self.metrics = metrics
    }

    /// Takes what was put in together.
    ///
    /// - Returns: whether there was something.
    mutating func advance(_ context: inout FollowContext) -> Bool {
        guard let parcel = inbox.take() else {
            flush(&context, all: false)
            return false
        }
        lastTicket = parcel.ticket
        var readTime = context.now
        for line in parcel.lines {
            take(line, of: parcel, readTime, &context)
            // Equal lines at the same instant would count as one entry.
            readTime &+= 1
        }
        report(&context)
        return true
    }

    /// Hands on blocks that wait for a next line which did not come, or all.
    mutating func flush(_ context: inout FollowContext, all: Bool) {
        for index in runners.values.indices where runners.values[index].earliestHeld != nil {
            runners.values[index].flushBlocks(now: context.now, all: all, &context.scratch, &context.batch)
        }
        report(&context)
    }

    private mutating func take(
        _ received: ReceivedLine, of parcel: Inbox.Parcel, _ readTime: Int64, _ context: inout FollowContext
    ) {
        linesRead += 1
        guard let job = jobs[parcel.job], var labels = job.relabelling.apply(received.labels) else {
            return linesDropped += 1
        }
        for label in labels.labels where label.name.hasPrefix("__") { labels[label.name] = nil }
        let source = Source(job: parcel.job, labels: labels)
        if runners[source] == nil {
            if runners.count >= InboxReader.runnersMax {
                flush(&context, all: true)
                runners.removeAll()
            }
            runners[source] = StageRunner(job.plan, labels: labels, limits: limits, trimsNewline: false)
        }
        guard let index = runners.index(forKey: source) else { return }
        let point = FilePoint(file: key, offset: parcel.ticket)
        context.scratch.reset()
        received.line.withUnsafeBytes { line in
            runners.values[index].accept(
                line, stream: nil, timestamp: received.timestamp ?? readTime, readTime: readTime, start: point,
                &context.scratch, &context.batch)
        }
    }

    /// Tells the batch which tickets it completes, and moves counters.
    private mutating func report(_ context: inout FollowContext) {
        var safe = lastTicket
        for index in runners.values.indices {
            if let held = runners.values[index].earliestHeld { safe = min(safe, held.offset - 1) }
            let tally = runners.values[index].takeTally()
            context.counts.linesCut += tally.linesCut
            context.counts.linesEmitted += tally.linesEmitted
            for (reason, count) in tally.dropped { context.counts.linesDropped[reason, default: 0] += count }
        }
        guard safe > marked else { return }
        marked = safe
        context.batch.advance(key, to: safe, now: context.now)
    }
}
