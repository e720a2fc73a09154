internal import Synchronization
internal import WeirModel

/// Counts and measures lines under metrics of the user's own, one series per set of labels.
final class MetricsStage: Sendable {
    /// Series beyond this number would make `/metrics` unreadable; lines of further streams are not counted.
    static let seriesMax = 10_000

    private let metrics: [Metric]
    // The follower's thread writes, whoever asks for `/metrics` reads.
    private let series = Mutex<[Series]>([])

    private struct Metric: Sendable {
        var settings: StageConfiguration.Metric
        var source: Int
        var wanted: FixedBytes?
    }

    /// The values of all metrics of the stage for one set of labels.
    private struct Series {
        var labels: LabelSet
        var values: [Double]
        var buckets: [[UInt64]]
        /// When each metric was last changed, nanoseconds since 1970 UTC; nil when it never was.
        var changed: [Int64?]
    }

    init(_ settings: [StageConfiguration.Metric], _ plan: inout StagePlan) throws(StageError) {
        var metrics: [Metric] = []
        for metric in settings {
            let name = metric.prefix + metric.name
            guard Label.isValidName(name) else {
                throw StageError(stage: "metrics", reason: "\(name) is no metric name")
            }
            guard metric.kind != .histogram || !metric.buckets.isEmpty else {
                throw StageError(stage: "metrics", reason: "\(metric.name) needs buckets")
            }
            metrics.append(
                Metric(
                    settings: metric, source: plan.value(metric.source ?? metric.name),
                    wanted: metric.value.map { FixedBytes($0) }))
        }
        self.metrics = metrics
    }

    /// The number of the series of a set of labels; nil when there are too many.
    func place(of labels: LabelSet) -> Int? {
        series.withLock { series in
            if let place = series.firstIndex(where: { $0.labels == labels }) { return place }
            guard series.count < MetricsStage.seriesMax else { return nil }
            series.append(
                Series(
                    labels: labels, values: metrics.map { _ in 0 },
                    buckets: metrics.map { [UInt64](repeating: 0, count: $0.settings.buckets.count + 1) },
                    changed: metrics.map { _ in nil }))
            return series.count - 1
        }
    }

    /// Counts an entry for the series at `place`.
    func run(_ work: EntryWork, place: Int) {
        series.withLock { series in
            for (index, metric) in metrics.enumerated() {
                guard let amount = MetricsStage.amount(metric, work) else { continue }
                // What was idle for too long starts anew, as it vanished meanwhile.
                if let changed = series[place].changed[index],
                    work.readTime - changed > metric.settings.idleMax.wholeNanoseconds
                {
                    series[place].values[index] = 0
                    series[place].buckets[index] = series[place].buckets[index].map { _ in 0 }
                }
                series[place].changed[index] = work.readTime
                switch metric.settings.action {
                case .set: series[place].values[index] = amount
                case .increase, .add: series[place].values[index] += amount
                case .decrease, .subtract: series[place].values[index] -= amount
                case .observe:
                    series[place].values[index] += amount
                    let bound = metric.settings.buckets.firstIndex { amount <= $0 } ?? metric.settings.buckets.count
                    series[place].buckets[index][bound] += 1
                }
            }
        }
    }

    /// The metrics as they stand at `now`.
    func families(now: Int64) -> [MetricFamily] {
        let series = series.withLock { $0 }
        return metrics.enumerated().map { index, metric in
            let settings = metric.settings
            let kind: MetricFamily.Kind =
                switch settings.kind {
                case .counter: .counter
                case .gauge: .gauge
                case .histogram: .histogram
                }
            var family = MetricFamily(settings.prefix + settings.name, settings.help, kind)
            for one in series {
                guard let changed = one.changed[index], now - changed <= settings.idleMax.wholeNanoseconds else {
                    continue
                }
                if kind == .histogram {
                    family.addHistogram(
                        labels: one.labels, bounds: settings.buckets, counts: one.buckets[index], sum: one.values[index]
                    )
                } else {
                    family.add(one.labels, one.values[index])
                }
            }
            return family
        }
    }

    /// By how much an entry changes a metric; nil when it does not.
    private static func amount(_ metric: Metric, _ work: EntryWork) -> Double? {
        let settings = metric.settings
        let usesOne = settings.action == .increase || settings.action == .decrease
        if settings.matchesAll {
            if settings.countsBytes { return Double(work.line.count) }
            if usesOne { return 1 }
        }
        guard let value = work.values[metric.source] else { return nil }
        if let wanted = metric.wanted, !wanted.bytes.equals(value) { return nil }
        return usesOne ? 1 : number(value)
    }

    /// A number, or 1 and 0 for true and false; nil when it is neither.
    private static func number(_ value: UnsafeRawBufferPointer) -> Double? {
        let text = value.text
        switch text {
        case "true": return 1
        case "false": return 0
        default: return Double(text)
        }
    }
}
