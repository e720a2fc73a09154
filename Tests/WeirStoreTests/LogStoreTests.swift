import Synchronization
import Testing
import WeirModel
import WeirStore
import WeirSystem
import WeirTesting

@Suite struct LogStoreTests {
    let fixture = StoreFixture()

    @Test func `a pushed entry is readable as soon as it is acknowledged`() async throws {
        let store = try await fixture.open()
        let pushed = [entry("web", 1, "hello", metadata: [Label("trace", "a1")]), entry("db", 2, "world")]
        try await store.push(pushed)
        #expect(try await store.entries() == pushed)
        await store.close()
    }

    @Test func `entries are the same before a flush, after it, and after a restart`() async throws {
        let pushed: [Entry] = (0..<500).map { second in
            let metadata = second % 7 == 0 ? [Label("id", "\(second)")] : []
            return entry(second % 3 == 0 ? "web" : "db", Int64(second), "line \(second)", metadata: metadata)
        }
        let store = try await fixture.open()
        for start in stride(from: 0, to: 500, by: 50) { try await store.push(Array(pushed[start..<start + 50])) }
        #expect(try await store.entries().sorted() == pushed.sorted())
        try await store.flush()
        #expect(try await store.entries().sorted() == pushed.sorted())
        #expect(store.statistics().segments == 1)
        #expect(store.statistics().headRows == 0)
        await store.close()
        let reopened = try await fixture.open()
        #expect(try await reopened.entries().sorted() == pushed.sorted())
        #expect(try await reopened.entries([], .backward).sorted() == pushed.sorted())
        await reopened.close()
    }

    @Test func `rows that were only in the WAL are back after a crash`() async throws {
        let store = try await fixture.open()
        let pushed = [entry("web", 1, "a"), entry("web", 2, "b"), entry("db", 90_000, "tomorrow")]
        try await store.push(pushed)
        await store.abandon()
        let reopened = try await fixture.open()
        #expect(try await reopened.entries() == pushed)
        #expect(reopened.statistics().segments == 0)
        await reopened.close()
    }

    @Test func `a flush without anything new does nothing`() async throws {
        let store = try await fixture.open()
        try await store.flush()
        try await store.push([entry("web", 1, "a")])
        try await store.flush()
        try await store.flush()
        #expect(store.statistics().segments == 1)
        #expect(store.statistics().seals == 1)
        await store.close()
    }

    @Test func `matchers pick streams in the head and in segments`() async throws {
        let store = try await fixture.open()
        try await store.push([entry("web", 1, "w1"), entry("db", 2, "d1"), entry("cache", 3, "c1")])
        try await store.flush()
        try await store.push([entry("web", 4, "w2"), entry("db", 5, "d2"), entry("queue", 6, "q2")])
        func lines(_ matchers: Matcher...) async throws -> [String] {
            try await store.entries(matchers).map(\.line)
        }
        #expect(try await lines(Matcher("app", .equal, "web")) == ["w1", "w2"])
        #expect(try await lines(Matcher("app", .notEqual, "web")) == ["d1", "c1", "d2", "q2"])
        #expect(try await lines(Matcher("app", .matches, "web|db")) == ["w1", "d1", "w2", "d2"])
        #expect(try await lines(Matcher("app", .matches, ".*e")) == ["c1", "q2"])
        #expect(try await lines(Matcher("app", .doesNotMatch, ".*b")) == ["c1", "q2"])
        #expect(try await lines(Matcher("app", .matches, ".+"), Matcher("env", .equal, "prod")) == ["d1", "d2"])
        #expect(try await lines(Matcher("nothing", .equal, "")) == ["w1", "d1", "c1", "w2", "d2", "q2"])
        #expect(try await lines(Matcher("nothing", .equal, "x")) == [])
        #expect(try await lines(Matcher("nothing", .notEqual, "x"), Matcher("app", .equal, "db")) == ["d1", "d2"])
        await store.close()
    }

    @Test func `tenants do not see each other`() async throws {
        let store = try await fixture.open()
        try await store.push([entry("web", 1, "mine")], tenant: Tenant("a"))
        try await store.push([entry("web", 1, "theirs")], tenant: Tenant("b"))
        try await store.flush()
        try await store.push([entry("web", 2, "mine too")], tenant: Tenant("a"))
        #expect(try await store.entries(tenant: Tenant("a")).map(\.line) == ["mine", "mine too"])
        #expect(try await store.entries(tenant: Tenant("b")).map(\.line) == ["theirs"])
        #expect(try await store.entries(tenant: Tenant("c")) == [])
        #expect(try await store.series(tenant: Tenant("b"), matchers: [], range: .all).count == 1)
        await store.close()
    }

    @Test func `label questions answer for streams with entries in the range`() async throws {
        let store = try await fixture.open()
        try await store.push([entry("web", 1, "a"), entry("db", 100, "b")])
        try await store.flush()
        try await store.push([Entry(labels: ["job": "x"], timestamp: StoreFixture.start, line: "c")])
        let all = try await store.labelNames(tenant: .default, matchers: [], range: .all)
        #expect(all == ["app", "env", "job"])
        let values = try await store.labelValues(of: "app", tenant: .default, matchers: [], range: .all)
        #expect(values == ["db", "web"])
        let early = try await store.labelValues(of: "app", tenant: .default, matchers: [], range: .seconds(0, 50))
        #expect(early == ["web"])
        let prod = try Matcher("env", .equal, "prod")
        #expect(try await store.labelNames(tenant: .default, matchers: [prod], range: .all) == ["app", "env"])
        #expect(
            try await store.series(tenant: .default, matchers: [prod], range: .all) == [["app": "db", "env": "prod"]])
        #expect(try await store.labelNames(tenant: .default, matchers: [], range: .seconds(200, 300)) == [])
        #expect(try await store.labelValues(of: "none", tenant: .default, matchers: [], range: .all) == [])
        await store.close()
    }

    @Test func `a range is half open and cuts inside blocks`() async throws {
        let store = try await fixture.open()
        let pushed = (0..<20).map { entry("web", Int64($0), "\($0)") }
        try await store.push(pushed)
        #expect(try await store.entries(range: .seconds(5, 8)).map(\.line) == ["5", "6", "7"])
        try await store.flush()
        #expect(try await store.entries(range: .seconds(5, 8)).map(\.line) == ["5", "6", "7"])
        #expect(try await store.entries(range: .seconds(8, 8)) == [])
        await store.close()
    }

    @Test func `rows of several days live in several partitions`() async throws {
        let store = try await fixture.open()
        let pushed = [-90_000, -1, 3_000, 7_000, 100_000].map { entry("web", $0, "at \($0)") }
        try await store.push(pushed.shuffled())
        #expect(try await store.entries().sorted() == pushed)
        try await store.flush()
        #expect(store.statistics().segments == 4)
        #expect(try await store.entries() == pushed)
        #expect(try await store.entries([], .backward) == pushed.reversed())
        await store.close()
        let reopened = try await fixture.open()
        try await reopened.push([entry("web", -89_999, "late")])
        #expect(try await reopened.entries(range: .seconds(-100_000, 0)).map(\.line) == ["at -90000", "late", "at -1"])
        await reopened.close()
    }

    @Test func `equal instants keep the order of arrival, backward exactly reversed`() async throws {
        let store = try await fixture.open()
        let lines = (0..<9).map { entry("web", 5, "line \($0)") }
        try await store.push(Array(lines[0..<3]))
        try await store.flush()
        try await store.push(Array(lines[3..<6]))
        try await store.flush()
        try await store.push(Array(lines[6..<9]))
        #expect(try await store.entries() == lines)
        #expect(try await store.entries([], .backward) == lines.reversed())
        try await store.flush()
        #expect(try await store.entries() == lines)
        #expect(try await store.entries([], .backward) == lines.reversed())
        await store.close()
    }

    @Test func `an entry that is sent again is kept once`() async throws {
        let store = try await fixture.open()
        let pushed = [entry("web", 1, "a"), entry("web", 2, "b"), entry("db", 2, "b")]
        try await store.push(pushed)
        try await store.push(pushed)
        #expect(try await store.entries() == pushed)
        try await store.flush()
        try await store.push(pushed + [entry("web", 2, "c"), entry("web", 3, "d")])
        let all = try await store.entries()
        #expect(all.sorted() == (pushed + [entry("web", 2, "c"), entry("web", 3, "d")]).sorted())
        await store.abandon()
        let reopened = try await fixture.open()
        try await reopened.push(pushed)
        try await reopened.flush()
        #expect(try await reopened.entries() == all)
        #expect(reopened.statistics().segmentRows == all.count)
        await reopened.close()
    }

    @Test func `entries that differ in metadata only are both kept`() async throws {
        let store = try await fixture.open()
        let pushed = [
            entry("web", 1, "a"), entry("web", 1, "a", metadata: [Label("k", "1")]),
            entry("web", 1, "a", metadata: [Label("k", "2")]),
        ]
        try await store.push(pushed)
        try await store.flush()
        try await store.push(pushed)
        #expect(try await store.entries() == pushed)
        try await store.flush()
        #expect(try await store.entries() == pushed)
        await store.close()
    }

    @Test func `a scan stops when its visitor has enough, and reads less when it narrows`() async throws {
        let store = try await fixture.open()
        for second in 0..<10 {
            try await store.push([entry("web", Int64(second), "\(second)")])
            try await store.flush()
        }
        let seen = Mutex(0)
        let selection = Selection(matchers: [], range: .all, direction: .backward)
        let stopped = try await store.scan(selection, workers: 1) { _, batch in
            seen.withLock { $0 += batch.count }
            return .stop
        }
        #expect(seen.withLock { $0 } == 1)
        #expect(stopped.blocksRead == 1)
        let narrowed = try await store.scan(selection, workers: 1) { _, _ in .narrow(.seconds(7, 10)) }
        #expect(narrowed.blocksRead == 3)
        #expect(narrowed.blocksSkipped == 7)
        #expect(narrowed.linesRead == 3)
        await store.close()
    }

    @Test func `what a visitor throws ends the scan`() async throws {
        struct Enough: Error {}
        let store = try await fixture.open()
        try await store.push([entry("web", 1, "a")])
        await #expect(throws: Enough.self) {
            try await store.scan(Selection(matchers: [], range: .all), workers: 2) { _, _ in throw Enough() }
        }
        await store.close()
    }

    @Test func `a second store cannot open the folder`() async throws {
        let store = try await fixture.open()
        await #expect(throws: StoreOpenError.self) { _ = try await fixture.open() }
        await store.close()
        let reopened = try await fixture.open()
        await reopened.close()
    }

    @Test func `a closed store refuses`() async throws {
        let store = try await fixture.open()
        await store.close()
        await #expect(throws: AppendError.self) { try await store.push([entry("web", 1, "a")]) }
        await #expect(throws: SourceError.self) { _ = try await store.entries() }
        await #expect(throws: SourceError.self) { try await store.flush() }
    }

    @Test func `blocks that became full are compressed in memory and stay readable`() async throws {
        let store = try await fixture.open()
        let filler = String(repeating: "x", count: 1000)
        let pushed = (0..<3000).map { entry("web", Int64($0), "\($0) \(filler)") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await store.run(sleep: { _ in try await untilCancelled() }) }
            for start in stride(from: 0, to: 3000, by: 500) { try await store.push(Array(pushed[start..<start + 500])) }
            #expect(try await store.entries() == pushed)
            group.cancelAll()
        }
        try await store.push(pushed)
        #expect(try await store.entries().sorted() == pushed)
        try await store.flush()
        #expect(try await store.entries(workers: 2).sorted() == pushed)
        #expect(store.statistics().segmentRows == 3000)
        await store.close()
    }
}

/// Waits for nothing but the end of its task.
func untilCancelled() async throws {
    let (stream, continuation) = AsyncStream<Void>.makeStream()
    for await _ in stream {}
    continuation.finish()
    try Task.checkCancellation()
}
