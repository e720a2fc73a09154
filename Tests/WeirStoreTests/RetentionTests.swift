import Synchronization
import Testing
import WeirModel
import WeirStore
import WeirSystem
import WeirTesting

/// Lines past their time are in no answer, their bytes go, and a crash on the way brings none of them back.
@Suite struct RetentionTests {
    struct Crash: Error {}

    static let dropping: [Failpoint] = [.dropNoted, .dropUnpublished, .dropRenamed, .dropRemoved]
    static let day: Int64 = 86_400

    let fixture = StoreFixture()

    var folders: [String] {
        get throws { try fixture.folder.files.list(fixture.folder.path + "/data/parts") }
    }

    /// Four days with ten lines each of two streams, sealed.
    func fill(_ store: LogStore) async throws -> [Entry] {
        var entries: [Entry] = []
        for day in 0..<4 {
            for row in 0..<10 {
                entries.append(
                    entry(row % 2 == 0 ? "web" : "db", Int64(day) * Self.day + Int64(row * 60), "line \(row)"))
            }
        }
        try await store.push(entries)
        try await store.flush()
        return entries
    }

    /// Makes it `days` days and `seconds` seconds after the first line.
    func setClock(days: Int64, seconds: Int64 = 0) {
        let now = StoreFixture.start + (days * Self.day + seconds) * StoreFixture.second
        fixture.clock.advance(byNanoseconds: now - fixture.clock.now())
    }

    @Test func `lines are in no answer from the instant on at which they are too old`() async throws {
        let store = try await fixture.open { $0.retention.period = .seconds(2 * 86_400) }
        let entries = try await fill(store)
        setClock(days: 3, seconds: 300)
        let kept = entries.filter { $0.timestamp >= StoreFixture.start + (Self.day + 300) * StoreFixture.second }
        #expect(kept.count == 25)
        #expect(try await store.entries().sorted() == kept.sorted())
        let volumes = try await store.volumes(tenant: .default, matchers: [], ranges: [.all])
        #expect(volumes[0].reduce(0) { $0 + $1.entries } == 25)
        #expect(volumes[0].reduce(0) { $0 + $1.bytes } == kept.reduce(0) { $0 + $1.line.utf8.count })
        await store.close()
    }

    @Test func `a day past its time goes as a whole`() async throws {
        let store = try await fixture.open { $0.retention.period = .seconds(2 * 86_400) }
        let entries = try await fill(store)
        setClock(days: 3, seconds: 3600)
        #expect(try folders.count == 4)
        #expect(try await store.dropOldDays() == 1)
        #expect(try folders.count == 3)
        #expect(store.statistics().daysDropped == 1)
        #expect(try fixture.folder.files.list(fixture.folder.path + "/data/trash") == [])
        // What comes late for a day that is gone begins it anew, and goes with it again.
        try await store.push([entry("web", 5, "late")])
        try await store.flush()
        #expect(try folders.count == 4)
        #expect(try await store.entries().allSatisfy { $0.timestamp >= entries[10].timestamp })
        #expect(try await store.dropOldDays() == 1)
        await store.close()
        let reopened = try await fixture.open { $0.retention.period = .seconds(2 * 86_400) }
        #expect(try folders.count == 3)
        #expect(try await reopened.series(tenant: .default, matchers: [], range: .all).count == 2)
        await reopened.close()
    }

    @Test func `the oldest days make room, today's stays`() async throws {
        let store = try await fixture.open()
        _ = try await fill(store)
        let bytes = store.statistics().segmentBytes
        await store.close()
        setClock(days: 3)
        let small = try await fixture.open { $0.retention.bytesMax = bytes * 5 / 8 }
        #expect(try await small.dropOldDays() == 2)
        #expect(try await small.entries().count == 20)
        await small.close()
        let full = try await fixture.open { $0.retention.bytesMax = 1 }
        #expect(try await full.dropOldDays() == 1)
        #expect(try await full.entries().count == 10)
        await full.close()
    }

    @Test func `some streams go earlier than others, from answers at once and from disk by a merge`() async throws {
        let rules = [
            RetentionConfiguration.Rule(
                matchers: [try Matcher("env", .equal, "prod")], period: .seconds(86_400), priority: 1),
            RetentionConfiguration.Rule(matchers: [try Matcher("app", .matches, "d.*")], period: nil, priority: 0),
        ]
        let store = try await fixture.open { configuration in
            configuration.retention.rules = rules
            configuration.compaction.lateness = .zero
        }
        let entries = try await fill(store)
        setClock(days: 5)
        let kept = entries.filter { $0.labels["env"] != "prod" }
        #expect(try await store.entries().sorted() == kept.sorted())
        #expect(try await store.labelValues(of: "app", tenant: .default, matchers: [], range: .all) == ["web"])
        #expect(try await store.dropOldDays() == 0)
        #expect(try await store.compact() == 4)
        #expect(store.statistics().segmentRows == 20)
        #expect(store.statistics().rowsDeleted == 20)
        #expect(try await store.entries().sorted() == kept.sorted())
        await store.close()
    }

    @Test(arguments: dropping)
    func `a crash while a day is dropped brings nothing back`(failpoint: Failpoint) async throws {
        let store = try await fixture.open { configuration in
            configuration.retention.period = .seconds(2 * 86_400)
            configuration.failpoint = { if $0 == failpoint { throw Crash() } }
        }
        let entries = try await fill(store)
        setClock(days: 4)
        await #expect(throws: Crash.self) { try await store.dropOldDays() }
        await store.abandon()
        // Without a period, so that nothing is merely hidden.
        let reopened = try await fixture.open()
        #expect(try await reopened.entries().sorted() == entries[10...].sorted())
        #expect(try folders.count == 3)
        await reopened.close()
    }

    @Test func `of the rules that fit a stream the first in rank counts`() throws {
        var retention = RetentionConfiguration()
        retention.period = .seconds(30)
        #expect(retention.earliestHorizon(now: 100_000_000_000) == 70_000_000_000)
        retention.rules = [.init(period: .seconds(90))]
        #expect(retention.earliestHorizon(now: 100_000_000_000) == 10_000_000_000)
        retention.rules.append(.init(period: nil))
        #expect(retention.earliestHorizon(now: 100_000_000_000) == .min)
        #expect(retention.daysToDrop(of: [(1, 10), (2, 10)], now: 10 * 86_400_000_000_000) == [])
        retention.bytesMax = 15
        #expect(retention.daysToDrop(of: [(2, 10), (1, 10)], now: 10 * 86_400_000_000_000) == [1])
    }
}
