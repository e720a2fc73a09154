public import LogQL
internal import Synchronization
public import WeirModel

/// The series that rules record, in memory: what they found, and the states of alerts.
///
/// One series is an array of instants and one of values, 16 bytes a sample; old samples go when a series grows. This is no
/// time series database: there are as many series as rules make, not as many as machines have.
public final class SampleStore: SampleSource {
    /// The samples of one series, rising in time.
    fileprivate struct Run {
        var times: [Int64] = []
        var values: [Double] = []

        /// The positions of samples in `(after, through]`.
        func range(after: Int64, through: Int64) -> Range<Int> {
            let start = lowerBound(after)
            return start..<max(start, lowerBound(through))
        }

        /// The position of the first sample later than `time`.
        private func lowerBound(_ time: Int64) -> Int {
            var (low, high) = (0, times.count)
            while low < high {
                let middle = (low + high) / 2
                if times[middle] <= time { low = middle + 1 } else { high = middle }
            }
            return low
        }

        /// Adds a sample; one at the instant of the last replaces it, an earlier one is left out.
        mutating func append(_ sample: Sample) -> Bool {
            let time = sample.timestamp.nanoseconds
            if let last = times.last, time <= last {
                guard time == last else { return false }
                values[values.count - 1] = sample.value
                return true
            }
            times.append(time)
            values.append(sample.value)
            return true
        }

        /// Forgets samples up to `time`, when they are a quarter of all: moving the rest costs.
        mutating func forget(through time: Int64) {
            let count = lowerBound(time)
            guard count > 0, count >= times.count / 4 else { return }
            times.removeFirst(count)
            values.removeFirst(count)
        }
    }

    private struct State {
        /// By tenant and name, then by all labels.
        var series: [Tenant: [String: [LabelSet: Run]]] = [:]
        var count = 0
        var refused = 0
    }

    /// How long samples are kept.
    public let retentionNanoseconds: Int64
    /// The most series; further ones are refused and counted.
    public let seriesMax: Int

    private let state = Mutex(State())

    /// Creates an empty store.
    public init(retentionNanoseconds: Int64 = 30 * Timestamp.nanosecondsPerDay, seriesMax: Int = 100_000) {
        self.retentionNanoseconds = retentionNanoseconds
        self.seriesMax = seriesMax
    }

    /// Adds samples; those that are older than the last of their series are left out.
    public func append(_ tenant: Tenant, _ samples: [InstantSample]) {
        state.withLock { state in
            for sample in samples {
                let name = sample.labels["__name__"] ?? ""
                let isKnown = state.series[tenant]?[name]?[sample.labels] != nil
                if !isKnown {
                    // An end without a beginning.
                    if sample.sample.isEndOfSeries { continue }
                    guard state.count < seriesMax else {
                        state.refused += 1
                        continue
                    }
                    state.count += 1
                }
                let oldest = sample.sample.timestamp.advanced(byNanoseconds: -retentionNanoseconds).nanoseconds
                let isTaken = state.series[tenant, default: [:]][name, default: [:]][sample.labels, default: Run()]
                    .append(sample.sample, forgettingThrough: oldest)
                if !isTaken { state.refused += 1 }
            }
        }
    }

    /// The series that fulfil all matchers, with their samples in `(after, through]`; those without any are left out.
    public func samples(
        tenant: Tenant, matchers: [Matcher], after: Timestamp, through: Timestamp
    ) async throws -> [Series] {
        select(tenant, matchers, after: after, through: through)
    }

    /// The label sets of series with samples in `(after, through]`, sorted.
    public func series(tenant: Tenant, matchers: [Matcher], after: Timestamp, through: Timestamp) -> [LabelSet] {
        select(tenant, matchers, after: after, through: through).map(\.labels)
    }

    private func select(
        _ tenant: Tenant, _ matchers: [Matcher], after: Timestamp, through: Timestamp
    ) -> [Series] {
        let name = matchers.first { $0.name == "__name__" && $0.comparison == .equal }?.value
        let found = state.withLock { state -> [Series] in
            let all = state.series[tenant] ?? [:]
            let candidates = name.map { [all[$0] ?? [:]] } ?? Array(all.values)
            var found: [Series] = []
            for (labels, run) in candidates.joined() where matchers.allSatisfy({ $0.accepts(labels) }) {
                let range = run.range(after: after.nanoseconds, through: through.nanoseconds)
                guard !range.isEmpty else { continue }
                let samples = range.map {
                    Sample(timestamp: Timestamp(nanoseconds: run.times[$0]), value: run.values[$0])
                }
                found.append(Series(labels: labels, samples: samples))
            }
            return found
        }
        return found.sorted { $0.labels < $1.labels }
    }

    /// The names of the series of a tenant, sorted.
    public func names(tenant: Tenant) -> [String] {
        state.withLock { state in (state.series[tenant] ?? [:]).keys.sorted() }
    }

    /// Its own metrics.
    public var families: [MetricFamily] {
        let (count, refused) = state.withLock { ($0.count, $0.refused) }
        return [
            MetricFamily("weir_samples_series", "Series that rules have recorded.", .gauge, value: Double(count)),
            MetricFamily(
                "weir_samples_refused_total", "Samples left out: too many series, or out of order.", .counter,
                value: Double(refused)),
        ]
    }
}

extension SampleStore.Run {
    fileprivate mutating func append(_ sample: Sample, forgettingThrough time: Int64) -> Bool {
        forget(through: time)
        return append(sample)
    }
}
