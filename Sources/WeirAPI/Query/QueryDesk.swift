public import LogQL
internal import Synchronization
public import WeirModel

/// Where queries queue: so many run at once, tenants take turns, equal ones are computed once, and samples of the past
/// are computed once for as long as there is room.
public final class QueryDesk: Sendable {
    /// How many queries run, wait and are remembered.
    public struct Configuration: Sendable, Hashable {
        /// `querier.max_concurrent`: the most queries that run at once; 0 leaves the choice to the program.
        public var runningMax = 0
        /// `query_scheduler.max_outstanding_requests_per_tenant`: the most that wait of one tenant.
        public var waitingMax = 32_000
        /// `query_range.cache_results`: whether samples of the past are kept.
        public var cachesResults = false
        /// `results_cache.cache.embedded_cache.max_size_mb`, in bytes.
        public var cacheBytesMax = 100 << 20
        /// `limits_config.max_cache_freshness_per_query`: samples younger than this are not kept, in nanoseconds.
        public var freshnessNanoseconds: Int64 = 600 * 1_000_000_000

        /// Creates Loki's defaults.
        public init() {}
    }

    private let configuration: Configuration
    private let limits: LimitTable
    private let now: @Sendable () -> Timestamp
    private let state: Mutex<State>

    private typealias Answer = Result<QueryOutcome, QueryError>

    private struct State {
        var running = 0
        var number: UInt64 = 0
        var queue: FairQueue
        var waiters: [UInt64: CheckedContinuation<Bool, Never>] = [:]
        /// Told before they asked: whether they may begin.
        var told: [UInt64: Bool] = [:]
        var flights: [Key: [CheckedContinuation<Answer?, Never>]] = [:]
        var cache: ResultCache
        var shared = 0
        var hits = 0
        var misses = 0
        var refused = 0
    }

    /// What makes two queries the same.
    private struct Key: Hashable {
        let tenant: Tenant
        let text: String
        let time: QueryRequest.Time
        let isForward: Bool
        let limit: Int
        let interval: Int64
        let dialect: Dialect
        let skipsErrors: Bool

        init(_ request: QueryRequest) {
            tenant = request.tenant
            text = request.text
            time = request.time
            isForward = request.direction == .forward
            limit = request.limit
            interval = request.intervalNanoseconds
            dialect = request.dialect
            skipsErrors = request.skipsErrors
        }
    }

    /// Creates a desk.
    ///
    /// - Parameter configuration: `runningMax` is above zero.
    public init(configuration: Configuration, limits: LimitTable, now: @escaping @Sendable () -> Timestamp) {
        precondition(configuration.runningMax > 0, "somebody has to be served")
        self.configuration = configuration
        self.limits = limits
        self.now = now
        state = Mutex(
            State(
                queue: FairQueue(perTenantMax: configuration.waitingMax),
                cache: ResultCache(bytesMax: configuration.cacheBytesMax)))
    }

    /// Answers a query by asking `compute`, unless an equal one is being answered: then both get that answer.
    public func run(
        _ request: QueryRequest, _ compute: APIServices.QueryRunner
    ) async throws(QueryError) -> QueryOutcome {
        let key = Key(request)
        while true {
            let isFirst = state.withLock { state in
                guard state.flights[key] == nil else { return false }
                state.flights[key] = []
                return true
            }
            if isFirst {
                let answer = await lead(request, compute)
                let followers = state.withLock { $0.flights.removeValue(forKey: key) } ?? []
                for follower in followers { follower.resume(returning: answer) }
                return try answer.get()
            }
            // The first may have gone, or ended just now; then somebody else has to compute.
            guard let answer = await follow(key), answer.isNotCancelled else {
                if Task.isCancelled { throw .cancelled }
                continue
            }
            return try answer.get()
        }
    }

    /// Takes note of entries that were stored: what they may change is computed anew.
    public func note(_ push: Push) {
        guard configuration.cachesResults, !push.batch.isEmpty else { return }
        var oldest = Int64.max
        for timestamp in push.batch.timestamps { oldest = min(oldest, timestamp) }
        guard oldest < push.arrival.nanoseconds - configuration.freshnessNanoseconds else { return }
        state.withLock { $0.cache.forget(push.tenant, from: oldest) }
    }

    /// Forgets all samples, as after a deletion.
    public func forget() {
        state.withLock { $0.cache.forget(nil, from: .min) }
    }

    /// The desk's counts as metrics.
    public func families() -> [MetricFamily] {
        let (running, waiting, bytes, shared, hits, misses, refused) = state.withLock {
            ($0.running, $0.queue.count, $0.cache.bytes, $0.shared, $0.hits, $0.misses, $0.refused)
        }
        return [
            MetricFamily("weir_queries_running", "Queries that are computed.", .gauge, value: Double(running)),
            MetricFamily("weir_queries_waiting", "Queries that wait for their turn.", .gauge, value: Double(waiting)),
            MetricFamily(
                "weir_queries_shared_total", "Queries that got another's answer.", .counter, value: Double(shared)),
            MetricFamily(
                "weir_queries_refused_total", "Queries refused because too many waited.", .counter,
                value: Double(refused)),
            MetricFamily("weir_results_cache_bytes", "Bytes of samples that are kept.", .gauge, value: Double(bytes)),
            MetricFamily("weir_results_cache_hits_total", "Queries with samples kept.", .counter, value: Double(hits)),
            MetricFamily(
                "weir_results_cache_misses_total", "Queries of which samples could have been kept but were not.",
                .counter, value: Double(misses)),
        ]
    }

    // MARK: - The first of equal queries

    private func lead(_ request: QueryRequest, _ compute: APIServices.QueryRunner) async -> Answer {
        guard let key = cacheKey(request), case .range(let start, let end, let step) = request.time else {
            return await take(request, compute)
        }
        let hit = state.withLock { state in
            let hit = state.cache.find(key, start: start.nanoseconds, end: end.nanoseconds)
            if hit == nil { state.misses += 1 } else { state.hits += 1 }
            return hit
        }
        var rest = request
        if let hit { rest.time = .range(start: Timestamp(nanoseconds: hit.rest), end: end, stepNanoseconds: step) }
        var outcome: QueryOutcome
        if let hit, hit.rest > end.nanoseconds {
            outcome = QueryOutcome(result: .matrix([]), statistics: QueryStatistics())
        } else {
            switch await take(rest, compute) {
            case .success(let answer): outcome = answer
            case .failure(let error): return .failure(error)
            }
        }
        guard case .matrix(let fresh) = outcome.result, outcome.warnings.isEmpty else {
            return hit == nil ? .success(outcome) : await take(request, compute)
        }
        let series = hit.map { Self.joined($0.series, fresh) } ?? fresh
        let seriesMax = limits.limits(of: request.tenant).query.seriesMax
        // The limit is about all of it: the engine says so in its own words.
        if hit != nil, seriesMax > 0, series.count > seriesMax { return await take(request, compute) }
        outcome.result = .matrix(series)
        let until = now().nanoseconds - configuration.freshnessNanoseconds
        state.withLock { state in
            state.cache.keep(series, key, start: start.nanoseconds, end: end.nanoseconds, until: until)
        }
        return .success(outcome)
    }

    /// Under which samples are kept; nil when none are.
    private func cacheKey(_ request: QueryRequest) -> ResultCache.Key? {
        guard configuration.cachesResults, let key = ResultCache.Key(request),
            case .range(let start, let end, _) = request.time, start <= end
        else { return nil }
        // Questions that are too long are refused as a whole.
        let lengthMax = limits.limits(of: request.tenant).query.lengthNanosecondsMax
        let (length, overflow) = end.nanoseconds.subtractingReportingOverflow(start.nanoseconds)
        return overflow || lengthMax > 0 && length > lengthMax ? nil : key
    }

    private static func joined(_ old: [Series], _ fresh: [Series]) -> [Series] {
        var byLabels: [LabelSet: [Sample]] = [:]
        for series in old + fresh { byLabels[series.labels, default: []] += series.samples }
        return byLabels.map { Series(labels: $0.key, samples: $0.value) }.sorted { $0.labels < $1.labels }
    }

    private func take(_ request: QueryRequest, _ compute: APIServices.QueryRunner) async -> Answer {
        do throws(QueryError) {
            try await begin(request.tenant)
        } catch {
            return .failure(error)
        }
        defer { end() }
        do throws(QueryError) {
            return .success(try await compute(request))
        } catch {
            return .failure(error)
        }
    }

    // MARK: - Turns

    private enum Turn {
        case now
        case later(UInt64)
        case never
    }

    private func begin(_ tenant: Tenant) async throws(QueryError) {
        let turn = state.withLock { state -> Turn in
            if state.running < configuration.runningMax {
                state.running += 1
                return .now
            }
            state.number += 1
            guard state.queue.append(state.number, of: tenant) else {
                state.refused += 1
                return .never
            }
            return .later(state.number)
        }
        switch turn {
        case .now: return
        case .never: throw .overloaded(message: "too many outstanding requests")
        case .later(let number):
            guard await wait(number, tenant) else { throw .cancelled }
        }
    }

    private func wait(_ number: UInt64, _ tenant: Tenant) async -> Bool {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let told = state.withLock { state -> Bool? in
                    if let told = state.told.removeValue(forKey: number) { return told }
                    state.waiters[number] = continuation
                    return nil
                }
                if let told { continuation.resume(returning: told) }
            }
        } onCancel: {
            tell(number, false) { $0.queue.remove(number, of: tenant) }
        }
    }

    private func end() {
        let next = state.withLock { state -> UInt64? in
            if let next = state.queue.next() { return next }
            state.running -= 1
            return nil
        }
        if let next { tell(next, true) { _ in true } }
    }

    /// Tells somebody whether they may begin, if `isDue`.
    private func tell(_ number: UInt64, _ mayBegin: Bool, _ isDue: (inout State) -> Bool) {
        let waiter = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard isDue(&state) else { return nil }
            if let waiter = state.waiters.removeValue(forKey: number) { return waiter }
            state.told[number] = mayBegin
            return nil
        }
        waiter?.resume(returning: mayBegin)
    }

    // MARK: - Those that follow

    /// Waits for the answer to an equal query; nil when there is none to come.
    private func follow(_ key: Key) async -> Answer? {
        await withCheckedContinuation { continuation in
            let isTaken = state.withLock { state in
                guard state.flights[key] != nil else { return false }
                state.flights[key]?.append(continuation)
                state.shared += 1
                return true
            }
            if !isTaken { continuation.resume(returning: nil) }
        }
    }
}

extension Result where Failure == QueryError {
    fileprivate var isNotCancelled: Bool {
        if case .failure(.cancelled) = self { return false }
        return true
    }
}
