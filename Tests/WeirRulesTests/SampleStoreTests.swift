import LogMetrics
import LogQL
import Testing
import WeirModel
import WeirTesting

@Suite struct SampleStoreTests {
    private let folder = TemporaryFolder()
    private let labels: LabelSet = ["__name__": "x", "job": "a"]

    private func archive() throws -> SampleArchive { try SampleArchive(path: folder.path + "/samples.db") }

    private func add(_ store: SampleStore, _ minutes: Double, _ value: Double, _ labels: LabelSet? = nil) {
        let sample = Sample(timestamp: .minutes(minutes), value: value)
        store.append(.default, [InstantSample(labels: labels ?? self.labels, sample: sample)])
    }

    private func values(_ store: SampleStore, from: Double, to: Double) async throws -> [Double] {
        let matcher = try Matcher("__name__", .equal, "x")
        let found = try await store.samples(
            tenant: .default, matchers: [matcher], after: .minutes(from), through: .minutes(to))
        return found.flatMap { $0.samples.map(\.value) }
    }

    @Test func `bounds are open before and closed after, and old samples are left out`() async throws {
        let store = SampleStore()
        for minute in 0..<10 { add(store, Double(minute), Double(minute)) }
        add(store, 5, 50)
        add(store, 9, 90)
        #expect(try await values(store, from: 6, to: 9) == [7, 8, 90])
        #expect(try await values(store, from: 20, to: 30) == [])
    }

    @Test func `what was saved is there after a restart, and what was not is not`() async throws {
        let first = try SampleStore(archive: try archive(), now: .minutes(0))
        for minute in 1...130 { add(first, Double(minute), Double(minute)) }
        try await first.save(now: .minutes(130))
        add(first, 131, 131)
        first.close()
        let second = try SampleStore(archive: try archive(), now: .minutes(132))
        #expect(try await values(second, from: 0, to: 200) == (1...130).map(Double.init))
        add(second, 132, 132)
        try await second.save(now: .minutes(132))
        second.close()
        let third = try SampleStore(archive: try archive(), now: .minutes(140))
        #expect(try await values(third, from: 128, to: 200) == [129, 130, 132])
        third.close()
    }

    @Test func `what memory has forgotten is read from disk`() async throws {
        let store = try SampleStore(archive: try archive(), now: .minutes(0))
        for hour in 0..<48 {
            for minute in stride(from: 0, to: 60, by: 10) {
                add(store, Double(hour * 60 + minute + 1), Double(hour * 60 + minute))
            }
            try await store.save(now: .minutes(Double(hour * 60 + 59)))
        }
        let all = (0..<48).flatMap { hour in stride(from: 0, to: 60, by: 10).map { Double(hour * 60 + $0) } }
        #expect(try await values(store, from: 0, to: 3000) == all)
        #expect(try await values(store, from: 100, to: 200) == all.filter { $0 + 1 > 100 && $0 + 1 <= 200 })
        store.close()
    }

    @Test func `after the retention samples and series are gone`() async throws {
        let store = try SampleStore(archive: try archive(), now: .minutes(0))
        add(store, 1, 1)
        add(store, 1, 1, ["__name__": "y"])
        try await store.save(now: .minutes(2))
        let later = 31.0 * 24 * 60
        add(store, later, 2)
        try await store.save(now: .minutes(later))
        #expect(try await values(store, from: 0, to: later) == [2])
        let series = try await store.series(tenant: .default, matchers: [], after: .min, through: .max)
        #expect(series == [labels])
        store.close()
    }
}
