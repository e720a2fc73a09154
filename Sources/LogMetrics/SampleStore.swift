public import LogQL
internal import Synchronization
public import WeirModel
public import WeirSystem

/// The series that rules record: what they found, and the states of alerts.
///
/// The last hours are in memory, an array of instants and one of values for each series; with an archive everything is
/// on disk too, a minute behind, and questions about earlier times are answered from there. This is no time series
/// database: there are as many series as rules make, not as many as machines have.
public final class SampleStore: SampleSource {
    fileprivate struct State {
        /// By tenant and name, then by all labels.
        var series: [Tenant: [String: [LabelSet: SampleRun]]] = [:]
        var count = 0
        var refused = 0
        /// Memory holds everything later than this.
        var floor = Timestamp.min
    }

    /// How long samples are kept on disk.
    public static let retentionNanoseconds: Int64 = 30 * Timestamp.nanosecondsPerDay
    /// How long they are in memory as well, where there is a disk.
    public static let memoryNanoseconds: Int64 = 6 * 3600 * Timestamp.nanosecondsPerSecond

    private let seriesMax: Int
    private let archive: SampleArchive?
    private let executor: WorkExecutor?
    private let state = Mutex(State())

    /// Creates a store of what is in the archive, or an empty one that keeps everything in memory.
    ///
    /// - Parameters:
    ///   - seriesMax: the most series in memory; further ones are refused and counted.
    ///   - executor: where the archive is read and written; nil for the calling thread.
    /// - Throws: ``SampleArchiveError`` when the last hours cannot be read.
    public init(
        archive: SampleArchive?, now: Timestamp, executor: WorkExecutor? = nil, seriesMax: Int = 100_000
    ) throws(SampleArchiveError) {
        self.seriesMax = seriesMax
        self.archive = archive
        self.executor = executor
        guard let archive else { return }
        let floor = now.advanced(byNanoseconds: -SampleStore.memoryNanoseconds)
        for tenant in archive.tenants {
            let found = try archive.read(tenant: tenant, matchers: [], after: floor, through: .max)
            state.withLock { state in
                for series in found { state.load(series, tenant) }
            }
        }
        state.withLock { $0.floor = floor }
    }

    /// Creates an empty store that keeps everything in memory.
    public init() {
        seriesMax = .max
        archive = nil
        executor = nil
    }

    /// Adds samples; those that are older than the last of their series are left out.
    public func append(_ tenant: Tenant, _ samples: [InstantSample]) {
        state.withLock { state in
            for sample in samples { state.append(sample, tenant, seriesMax) }
        }
    }

    // MARK: Reading

    /// The series that fulfil all matchers, with their samples in `(after, through]`; those without any are left out.
    public func samples(
        tenant: Tenant, matchers: [Matcher], after: Timestamp, through: Timestamp
    ) async throws -> [Series] {
        let (recent, floor) = recent(tenant, matchers, after, through)
        guard let archive, after < floor else { return recent.sorted { $0.labels < $1.labels } }
        let read: @Sendable () throws -> [Series] = {
            try archive.read(tenant: tenant, matchers: matchers, after: after, through: min(through, floor))
        }
        let early = if let executor { try await executor.run(read) } else { try read() }
        var joined: [LabelSet: [Sample]] = [:]
        for series in early + recent { joined[series.labels, default: []] += series.samples }
        return joined.map { Series(labels: $0.key, samples: $0.value) }.sorted { $0.labels < $1.labels }
    }

    /// The label sets of series with samples in `(after, through]`, sorted.
    public func series(
        tenant: Tenant, matchers: [Matcher], after: Timestamp, through: Timestamp
    ) async throws -> [LabelSet] {
        try await samples(tenant: tenant, matchers: matchers, after: after, through: through).map(\.labels)
    }

    private func recent(
        _ tenant: Tenant, _ matchers: [Matcher], _ after: Timestamp, _ through: Timestamp
    ) -> ([Series], floor: Timestamp) {
        let name = matchers.first { $0.name == "__name__" && $0.comparison == .equal }?.value
        return state.withLock { state in
            let all = state.series[tenant] ?? [:]
            let candidates = name.map { [all[$0] ?? [:]] } ?? Array(all.values)
            var found: [Series] = []
            let start = max(after, state.floor).nanoseconds
            for (labels, run) in candidates.joined() where matchers.allSatisfy({ $0.accepts(labels) }) {
                let samples = run.samples(after: start, through: through.nanoseconds)
                if !samples.isEmpty { found.append(Series(labels: labels, samples: samples)) }
            }
            return (found, state.floor)
        }
    }

    // MARK: Keeping

    /// Writes what is not on disk yet, and forgets what need not be in memory, or anywhere, any longer. One at a time.
    ///
    /// - Throws: ``SampleArchiveError``; what was not written is written next time.
    public func save(now: Timestamp) async throws {
        guard let archive else { return }
        let chunks = state.withLock { $0.unsavedChunks() }
        let write: @Sendable () throws -> Void = {
            try archive.write(chunks)
            try archive.forget(before: now.advanced(byNanoseconds: -SampleStore.retentionNanoseconds))
        }
        if let executor { try await executor.run(write) } else { try write() }
        // An hour that is not over is written again, so memory must hold the whole of it.
        let floor = now.advanced(byNanoseconds: -SampleStore.memoryNanoseconds)
        let start = Timestamp(nanoseconds: SampleArchive.hour(floor) * SampleArchive.hourNanoseconds - 1)
        state.withLock { state in
            state.noteSaved(chunks)
            state.forget(through: start)
        }
    }

    /// Closes the archive.
    public func close() {
        archive?.close()
    }

    /// Its own metrics.
    public var families: [MetricFamily] {
        let (count, refused) = state.withLock { ($0.count, $0.refused) }
        return [
            MetricFamily(
                "weir_samples_series", "Recorded series with samples in the last hours.", .gauge, value: Double(count)),
            MetricFamily(
                "weir_samples_refused_total", "Samples left out: too many series, or out of order.", .counter,
                value: Double(refused)),
        ]
    }
}

extension SampleStore.State {
    mutating func load(_ found: Series, _ tenant: Tenant) {
        var run = SampleRun()
        for sample in found.samples { _ = run.append(sample) }
        run.savedThrough = found.samples.last?.timestamp.nanoseconds ?? .min
        series[tenant, default: [:]][found.labels["__name__"] ?? "", default: [:]][found.labels] = run
        count += 1
    }

    mutating func append(_ sample: InstantSample, _ tenant: Tenant, _ seriesMax: Int) {
        let name = sample.labels["__name__"] ?? ""
        if series[tenant]?[name]?[sample.labels] == nil {
            // An end without a beginning.
            if sample.sample.isEndOfSeries { return }
            guard count < seriesMax else {
                refused += 1
                return
            }
            count += 1
        }
        let isTaken = series[tenant, default: [:]][name, default: [:]][sample.labels, default: SampleRun()]
            .append(sample.sample)
        if !isTaken { refused += 1 }
    }

    /// Whole hours of series that have samples which are not on disk.
    func unsavedChunks() -> [SampleArchive.Chunk] {
        var chunks: [SampleArchive.Chunk] = []
        for (tenant, names) in series {
            for (labels, run) in names.values.joined() where run.isUnsaved {
                let first = run.samples(after: run.savedThrough, through: .max)[0].timestamp
                var hour = SampleArchive.hour(first)
                let last = SampleArchive.hour(Timestamp(nanoseconds: run.times[run.times.count - 1]))
                while hour <= last {
                    let start = hour * SampleArchive.hourNanoseconds
                    let samples = run.samples(
                        after: start - 1, through: start + SampleArchive.hourNanoseconds - 1)
                    if !samples.isEmpty {
                        chunks.append(
                            SampleArchive.Chunk(tenant: tenant, labels: labels, hour: hour, samples: samples))
                    }
                    hour += 1
                }
            }
        }
        return chunks
    }

    mutating func noteSaved(_ chunks: [SampleArchive.Chunk]) {
        for chunk in chunks {
            guard let last = chunk.samples.last?.timestamp.nanoseconds else { continue }
            series[chunk.tenant]?[chunk.labels["__name__"] ?? ""]?[chunk.labels]?.savedThrough = last
        }
    }

    /// Forgets samples up to an instant that are on disk, and series of which nothing is left.
    mutating func forget(through instant: Timestamp) {
        guard instant > floor else { return }
        floor = instant
        for (tenant, names) in series {
            for (name, runs) in names {
                var kept: [LabelSet: SampleRun] = [:]
                for (labels, var run) in runs {
                    run.forget(through: instant.nanoseconds)
                    if !run.times.isEmpty { kept[labels] = run }
                }
                count -= runs.count - kept.count
                series[tenant]?[name] = kept.isEmpty ? nil : kept
            }
        }
    }
}
