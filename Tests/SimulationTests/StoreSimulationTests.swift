import Synchronization
import Testing
import WeirModel
import WeirStore
import WeirSystem
import WeirTesting

/// Random pushes, seals, questions and power cuts against a dictionary of what was acknowledged.
///
/// Invariants after every step:
/// 1. every acknowledged entry is found, exactly once;
/// 2. nothing is found that was never pushed; what was pushed and refused may come back only by a power cut;
/// 3. rows of a batch stand in the direction asked for, entries of one stream and instant in order of arrival;
/// 4. no two batches of a scan hold rows of one stream and instant;
/// 5. a question with matchers and a range gives what the model gives;
/// 6. what was deleted does not come back, unless it is pushed again;
/// 7. what is past its time is in no answer, whether its day was dropped, its segments rewritten or neither.
@Suite struct StoreSimulationTests {
    /// `WEIR_SIMULATIONS` asks for more lives than a test run has time for; `make simulate` does.
    static let seeds: [UInt64] = {
        let wanted = ProcessEnvironment.number("WEIR_SIMULATIONS") ?? 24
        return Array(1...UInt64(max(1, wanted)))
    }()

    @Test(arguments: seeds) func `the store answers as a dictionary would`(seed: UInt64) async throws {
        var run = StoreRun(seed: seed)
        try await run.play(steps: 60)
    }
}

/// One seeded life of a store folder.
private struct StoreRun {
    private struct Key: Hashable {
        var labels: LabelSet
        var timestamp: Int64
        var line: String
        var metadata: [Label]
    }

    private static let start: Int64 = 1_700_000_000_000_000_000
    /// When all days with lines are over, so that they are merged.
    private static let now = start + 10 * 86_400_000_000_000
    private let folder = TemporaryFolder()
    private let disk = StoreDisk()
    private let seed: UInt64
    private var random: SeededGenerator
    /// Acknowledged entries with the number of their first acknowledgement.
    private var acknowledged: [Key: Int] = [:]
    /// Entries of pushes that were refused.
    private var refused: Set<Key> = []
    /// Everything ever pushed, to be pushed again.
    private var sent: [Key] = []
    private var arrivals = 0

    /// Seconds after the start before which lines are past their time; nil where everything is kept.
    private let horizon: Int64?
    /// The same of one app's lines, where a rule of their own holds; nil inside means that they are kept for ever.
    private let horizonOfCache: Int64??

    init(seed: UInt64) {
        self.seed = seed
        random = SeededGenerator(seed: seed)
        // Two of the four days are over by then.
        horizon = seed % 4 == 1 || seed % 4 == 3 ? 100_000 : nil
        horizonOfCache = seed % 4 == 2 ? .some(150_000) : seed % 4 == 3 ? .some(nil) : nil
    }

    private var retention: RetentionConfiguration {
        func period(_ horizon: Int64?) -> Duration? {
            horizon.map { .nanoseconds(StoreRun.now - StoreRun.start - $0 * 1_000_000_000) }
        }
        var retention = RetentionConfiguration()
        retention.period = period(horizon)
        if let horizonOfCache, let matcher = try? Matcher("app", .equal, "cache") {
            retention.rules = [RetentionConfiguration.Rule(matchers: [matcher], period: period(horizonOfCache))]
        }
        return retention
    }

    /// Whether a line is past its time.
    private func isPast(_ key: Key) -> Bool {
        let horizon = key.labels["app"] == "cache" ? horizonOfCache ?? horizon : horizon
        guard let horizon else { return false }
        return key.timestamp < StoreRun.start + horizon * 1_000_000_000
    }

    mutating func play(steps: Int) async throws {
        var store = try await open()
        for step in 0..<steps {
            switch Int.random(in: 0..<23, using: &random) {
            case 0..<11: await push(to: store)
            case 11..<13: try? await store.flush()
            case 13: _ = try? await store.compact()
            case 14..<18: try await check(store, step: step)
            case 18: store = try await loseAndReopen(store)
            case 19: try await delete(in: store)
            case 20: _ = try? await store.compact()
            case 21: _ = try? await store.dropOldDays()
            default:
                disk.simulated.losePower(afterCalls: Int.random(in: 0..<12, using: &random))
                if Bool.random(using: &random) { await push(to: store) }
                switch Int.random(in: 0..<3, using: &random) {
                case 0: try? await store.flush()
                case 1: _ = try? await store.dropOldDays()
                default: _ = try? await store.compact()
                }
                store = try await loseAndReopen(store)
            }
        }
        store = try await loseAndReopen(store)
        try await check(store, step: steps)
        await store.close()
    }

    private func open() async throws -> LogStore {
        var configuration = StoreConfiguration(folder: folder.path + "/data")
        configuration.freeDiskBytesMin = 0
        configuration.threads = 2
        configuration.walGrowBytes = 4096
        configuration.compaction.lateness = .zero
        configuration.retention = retention
        configuration.lineFilter = { query in
            guard let digit = query.utf8.first else { return nil }
            return { $0.last == digit }
        }
        return try await LogStore.open(
            configuration: configuration, fileSystem: disk,
            clock: ManualClock(nanoseconds: StoreRun.now), decodeBody: { _ in LineBatch() })
    }

    private mutating func loseAndReopen(_ store: LogStore) async throws -> LogStore {
        await store.abandon()
        disk.simulated.crash(seed: random.next())
        let reopened = try await open()
        // What a power cut brought back of refused pushes is there from now on.
        for (key, _) in try await scan(reopened, matchers: [], range: .all, direction: .forward).found
        where acknowledged[key] == nil {
            #expect(refused.contains(key), "seed \(seed): \(key) was never pushed")
            arrivals += 1
            acknowledged[key] = arrivals
        }
        return reopened
    }

    /// Has some entries deleted; the request may fail, but not half.
    private mutating func delete(in store: LogStore) async throws {
        let app = ["web", "db", "queue", "cache"].randomElement(using: &random)!
        let first = StoreRun.start + Int64.random(in: 0..<200_000, using: &random) * 1_000_000_000
        let range = TimeRange(
            start: Timestamp(nanoseconds: first), end: Timestamp(nanoseconds: first + 20_000_000_000_000))
        let digit = Int.random(in: 0..<8, using: &random)
        // An odd digit means all lines.
        let query = digit % 2 == 0 ? "\(digit)" : ""
        let isCancelled = Int.random(in: 0..<4, using: &random) == 0
        let request: DeleteRequest
        do {
            request = try await store.requestDelete(
                tenant: .default, query: query, matchers: [try Matcher("app", .equal, app)], range: range)
        } catch {
            return
        }
        if isCancelled, try await store.cancelDelete(request.id, tenant: .default) { return }
        for key in acknowledged.keys
        where key.labels["app"] == app && range.contains(Timestamp(nanoseconds: key.timestamp))
            && (query.isEmpty || key.line.hasSuffix(query))
        {
            acknowledged[key] = nil
        }
    }

    private mutating func push(to store: LogStore) async {
        var keys: [Key] = []
        let base = Int64.random(in: 0..<200_000, using: &random)
        for _ in 0..<Int.random(in: 1..<40, using: &random) {
            if Int.random(in: 0..<5, using: &random) == 0, let old = sent.randomElement(using: &random) {
                keys.append(old)
                continue
            }
            let app = ["web", "db", "queue", "cache"].randomElement(using: &random)!
            let metadata = Int.random(in: 0..<6, using: &random) == 0 ? [Label("id", "\(random.next() % 3)")] : []
            keys.append(
                Key(
                    labels: ["app": app, "host": "h\(random.next() % 3)"],
                    timestamp: StoreRun.start + (base + Int64(random.next() % 20)) * 1_000_000_000,
                    line: "line \(random.next() % 8)", metadata: metadata))
        }
        sent += keys
        do {
            try await store.append(
                Push(tenant: .default, arrival: Timestamp(nanoseconds: StoreRun.start), batch: StoreRun.batch(keys)))
            for key in keys where acknowledged[key] == nil {
                arrivals += 1
                acknowledged[key] = arrivals
            }
        } catch {
            refused.formUnion(keys)
        }
    }

    private static func batch(_ keys: [Key]) -> LineBatch {
        var batch = LineBatch()
        for key in keys {
            let known = batch.streams.firstIndex(of: key.labels)
            if known == nil { batch.streams.append(key.labels) }
            for label in key.metadata { batch.addMetadata(name: label.name.utf8, value: label.value.utf8) }
            batch.appendRow(
                stream: UInt32(known ?? batch.streams.count - 1), timestamp: key.timestamp,
                copying: Array(key.line.utf8))
        }
        return batch
    }

    private mutating func check(_ store: LogStore, step: Int) async throws {
        let matchers =
            try [
                [], [Matcher("app", .equal, "web")], [Matcher("app", .matches, "web|d.*")],
                [Matcher("host", .notEqual, "h1"), Matcher("app", .doesNotMatch, "q.+")],
            ].randomElement(using: &random)!
        let first = StoreRun.start + Int64.random(in: -10...200_000, using: &random) * 1_000_000_000
        let length = Int64.random(in: 1...200_000, using: &random) * 1_000_000_000
        let range =
            Bool.random(using: &random)
            ? TimeRange.all
            : TimeRange(start: Timestamp(nanoseconds: first), end: Timestamp(nanoseconds: first + length))
        let direction: Selection.Direction = Bool.random(using: &random) ? .forward : .backward
        let (found, problems) = try await scan(store, matchers: matchers, range: range, direction: direction)
        #expect(problems == [], "seed \(seed), step \(step)")
        let expected = acknowledged.filter { key, _ in
            range.contains(Timestamp(nanoseconds: key.timestamp)) && matchers.allSatisfy { $0.accepts(key.labels) }
                && !isPast(key)
        }
        let missing = Set(expected.keys).subtracting(found.keys)
        let surplus = Set(found.keys).subtracting(expected.keys)
        #expect(missing.isEmpty && surplus.isEmpty, "seed \(seed), step \(step): -\(missing) +\(surplus)")
        #expect(found.values.allSatisfy { $0 == 1 }, "seed \(seed), step \(step): entries are doubled")
    }

    /// What a scan gives, each entry with how often it came, and which promises it broke.
    private func scan(
        _ store: LogStore, matchers: [Matcher], range: TimeRange, direction: Selection.Direction
    ) async throws -> (found: [Key: Int], problems: [String]) {
        let batches = Mutex<[[Key]]>([])
        let selection = Selection(matchers: matchers, range: range, direction: direction)
        _ = try await store.scan(selection, workers: 2) { _, batch in
            let keys = (0..<batch.count).map { row in
                Key(
                    labels: batch.streams[Int(batch.streamIndexes[row])], timestamp: batch.timestamps[row],
                    line: batch.lineText(ofRow: row), metadata: batch.metadataLabels(ofRow: row))
            }
            batches.withLock { $0.append(keys) }
            return .proceed
        }
        var found: [Key: Int] = [:]
        var problems: [String] = []
        var batchOfInstant: [Key: Int] = [:]
        for (number, keys) in batches.withLock({ $0 }).enumerated() {
            let forward = direction == .forward ? keys : keys.reversed()
            for (left, right) in zip(forward, forward.dropFirst()) where left.timestamp > right.timestamp {
                problems.append("\(left.timestamp) before \(right.timestamp)")
            }
            var newest: [Key: Int] = [:]
            for key in forward {
                found[key, default: 0] += 1
                let instant = Key(labels: key.labels, timestamp: key.timestamp, line: "", metadata: [])
                if batchOfInstant.updateValue(number, forKey: instant) ?? number != number {
                    problems.append("\(instant) in two batches")
                }
                // What was refused once may have been kept then, before it was pushed again.
                guard let arrival = acknowledged[key], !refused.contains(key) else { continue }
                if newest[instant] ?? 0 > arrival { problems.append("\(key) not in order of arrival") }
                newest[instant] = arrival
            }
        }
        return (found, problems)
    }
}
