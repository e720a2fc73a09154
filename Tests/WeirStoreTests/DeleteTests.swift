import Synchronization
import Testing
import WeirModel
import WeirStore
import WeirSystem
import WeirTesting

/// Lines that somebody asked to be deleted are in no answer at once, and gone from disk after a merge.
@Suite struct DeleteTests {
    struct BadQuery: Error {}

    let fixture = StoreFixture()

    /// A store whose requests say `{…} |= "text"`; only the text counts here.
    func open(_ change: (inout StoreConfiguration) -> Void = { _ in }) async throws -> LogStore {
        try await fixture.open { configuration in
            configuration.compaction.lateness = .zero
            configuration.lineFilter = { query in
                if query.contains("bad") { throw BadQuery() }
                guard let mark = query.firstIndex(of: "|") else { return nil }
                let text = Array(query[mark...].drop { $0 != "\"" }.dropFirst().dropLast().utf8)
                return { line in String(decoding: line, as: UTF8.self).contains(String(decoding: text, as: UTF8.self)) }
            }
            change(&configuration)
        }
    }

    func fill(_ store: LogStore) async throws -> [Entry] {
        let entries = (0..<40).map { (row: Int) -> Entry in
            let line = row % 4 < 2 ? "secret \(row)" : "line \(row)"
            return entry(row % 2 == 0 ? "web" : "db", Int64(row), line)
        }
        try await store.push(Array(entries[..<20]))
        try await store.flush()
        try await store.push(Array(entries[20...]))
        return entries
    }

    @Test(arguments: [false, true])
    func `deleted lines are hidden at once, and gone after a merge`(hasFilter: Bool) async throws {
        let store = try await open()
        let entries = try await fill(store)
        let matchers = [try Matcher("app", .equal, "web")]
        let query = hasFilter ? "{app=\"web\"} |= \"secret\"" : "{app=\"web\"}"
        let range = TimeRange.seconds(4, 31)
        let doomed = entries.filter { entry in
            guard entry.labels["app"] == "web", range.contains(Timestamp(nanoseconds: entry.timestamp)) else {
                return false
            }
            return !hasFilter || entry.line.hasPrefix("secret")
        }
        let kept = entries.filter { !doomed.contains($0) }
        let count = try await store.countDeletable(tenant: .default, query: query, matchers: matchers, range: range)
        #expect(count.lines == doomed.count)
        #expect(count.bytes == doomed.reduce(0) { $0 + $1.line.utf8.count })
        #expect(try await store.entries().count == 40)

        let request = try await store.requestDelete(tenant: .default, query: query, matchers: matchers, range: range)
        try await expect(kept, in: store)
        #expect(try await store.deleteRequests(tenant: .default).map(\.state) == [.received])
        #expect(try await store.deleteRequests(tenant: Tenant("other")).isEmpty)
        await store.close()

        let reopened = try await open()
        try await expect(kept, in: reopened)
        #expect(reopened.statistics().segmentRows == 40)
        try await reopened.compact()
        #expect(reopened.statistics().segmentRows == kept.count)
        #expect(reopened.statistics().rowsDeleted == doomed.count)
        try await expect(kept, in: reopened)
        #expect(try await reopened.deleteRequests(tenant: .default).map(\.state) == [.processed])
        #expect(try await reopened.cancelDelete(request.id, tenant: .default) == false)
        await reopened.close()
    }

    func expect(_ kept: [Entry], in store: LogStore) async throws {
        #expect(try await store.entries().sorted() == kept.sorted())
        #expect(try await store.entries([], .backward).sorted() == kept.sorted())
        let ranges = [TimeRange.seconds(0, 15), .seconds(15, 100)]
        let volumes = try await store.volumes(tenant: .default, matchers: [], ranges: ranges)
        for (range, volumes) in zip(ranges, volumes) {
            let inside = kept.filter { range.contains(Timestamp(nanoseconds: $0.timestamp)) }
            #expect(volumes.reduce(0) { $0 + $1.entries } == inside.count)
            #expect(volumes.reduce(0) { $0 + $1.bytes } == inside.reduce(0) { $0 + $1.line.utf8.count })
        }
    }

    @Test func `lines that come after a request stay, also when they repeat deleted ones`() async throws {
        let store = try await open()
        let entries = try await fill(store)
        _ = try await store.requestDelete(tenant: .default, query: "{}", matchers: [], range: .all)
        #expect(try await store.entries().isEmpty)
        #expect(try await store.series(tenant: .default, matchers: [], range: .all).isEmpty)
        try await store.push(Array(entries[..<10]))
        #expect(try await store.entries() == Array(entries[..<10]))
        try await store.flush()
        #expect(try await store.entries() == Array(entries[..<10]))
        fixture.clock.advance(byNanoseconds: 3 * 86_400 * StoreFixture.second)
        try await store.compact()
        #expect(try await store.entries() == Array(entries[..<10]))
        #expect(store.statistics().segmentRows == 10)
        await store.close()
        let reopened = try await open()
        #expect(try await reopened.entries() == Array(entries[..<10]))
        await reopened.close()
    }

    @Test func `a request that is cancelled gives back what is not removed yet`() async throws {
        let store = try await open()
        let entries = try await fill(store)
        let request = try await store.requestDelete(
            tenant: .default, query: "{app=\"db\"}", matchers: [try Matcher("app", .equal, "db")], range: .all)
        #expect(try await store.entries().count == 20)
        #expect(try await store.cancelDelete(request.id, tenant: Tenant("other")) == false)
        #expect(try await store.cancelDelete(request.id, tenant: .default))
        #expect(try await store.entries().sorted() == entries.sorted())
        #expect(try await store.deleteRequests(tenant: .default).isEmpty)
        await store.close()
    }

    @Test func `a request concerns its tenant only`() async throws {
        let store = try await open()
        try await store.push([entry("web", 1, "mine")], tenant: Tenant("a"))
        try await store.push([entry("web", 1, "yours")], tenant: Tenant("b"))
        _ = try await store.requestDelete(tenant: Tenant("a"), query: "{}", matchers: [], range: .all)
        #expect(try await store.entries(tenant: Tenant("a")).isEmpty)
        #expect(try await store.entries(tenant: Tenant("b")).map(\.line) == ["yours"])
        await store.close()
    }

    @Test func `a filter that cannot be read refuses the request, and after an update hides nothing`() async throws {
        let store = try await open()
        let entries = try await fill(store)
        await #expect(throws: BadQuery.self) {
            try await store.requestDelete(tenant: .default, query: "{} | bad", matchers: [], range: .all)
        }
        _ = try await store.requestDelete(tenant: .default, query: "{} |= \"secret\"", matchers: [], range: .all)
        await store.close()
        let reopened = try await open { $0.lineFilter = { _ in throw BadQuery() } }
        try await reopened.compact()
        #expect(try await reopened.entries().sorted() == entries.sorted())
        let reports = fixture.events.withLock { $0 }.filter { if case .deleteUnreadable = $0 { true } else { false } }
        #expect(reports.count == 1)
        await reopened.close()
    }
}
