import Synchronization
import Testing
import WeirModel
import WeirStore
import WeirSystem
import WeirTesting

/// Merged segments answer as their inputs did, and a crash on the way loses and doubles nothing.
@Suite struct CompactionTests {
    struct Crash: Error {}

    static let merging: [Failpoint] = [
        .mergeNoted, .mergeWritten, .mergeSynced, .mergeRenamed, .mergeDurable, .mergeCommitted, .mergePublished,
        .garbageRemoved,
    ]

    let fixture = StoreFixture()

    /// Opens the store two days later, when the fixture's days are over.
    func openLater(
        on files: (any FileSystem)? = nil, _ change: (inout StoreConfiguration) -> Void = { _ in }
    ) async throws -> LogStore {
        let later = StoreFixture.start + 3 * 86_400 * StoreFixture.second
        fixture.clock.advance(byNanoseconds: max(0, later - fixture.clock.now()))
        return try await fixture.open(on: files) { configuration in
            configuration.compaction.lateness = .zero
            change(&configuration)
        }
    }

    func segmentPaths() throws -> [String] {
        let parts = fixture.folder.path + "/data/parts"
        return try fixture.folder.files.list(parts).flatMap { day in
            try fixture.folder.files.list(parts + "/" + day).filter { $0.contains("wseg") || $0.contains("unlisted") }
                .map { parts + "/" + day + "/" + $0 }
        }
    }

    @Test func `the segments of a day become one with the same entries`() async throws {
        let store = try await openLater()
        var pushed: [Entry] = []
        for generation in 0..<5 {
            // One instant is common to all, so that the order of arrival shows.
            let entries =
                (0..<30).map { row in
                    entry(row % 3 == 0 ? "db" : "web", Int64(row * 60 + generation), "line \(generation) \(row)")
                } + [entry("web", 500, "generation \(generation)", metadata: [Label("n", "\(generation)")])]
            try await store.push(entries)
            try await store.flush()
            pushed += entries
        }
        let before = try await store.entries([try Matcher("app", .equal, "web")])
        let volumes = try await store.volumes(tenant: .default, matchers: [], ranges: [.seconds(0, 900)])
        #expect(store.statistics().segments == 5)
        #expect(try await store.compact() == 1)
        #expect(store.statistics().segments == 1)
        #expect(store.statistics().segmentsMerged == 5)
        #expect(try await store.entries([try Matcher("app", .equal, "web")]) == before)
        let instants = try await store.entries(range: .seconds(500, 501)).filter { $0.timestamp % 10 == 0 }
        #expect(instants.map(\.line).filter { $0.hasPrefix("gen") } == (0..<5).map { "generation \($0)" })
        #expect(try await store.entries().sorted() == pushed.sorted())
        let after = try await store.volumes(tenant: .default, matchers: [], ranges: [.seconds(0, 900)])
        #expect(after.map { $0.map { [$0.entries, $0.bytes] } } == volumes.map { $0.map { [$0.entries, $0.bytes] } })
        #expect(try segmentPaths().count == 1)
        #expect(try await store.compact() == 0)
        await store.close()

        let reopened = try await openLater()
        #expect(try await reopened.entries().sorted() == pushed.sorted())
        // A repeated push finds its entries in the merged segment.
        try await reopened.push(Array(pushed.prefix(30)))
        try await reopened.flush()
        #expect(reopened.statistics().segments == 1)
        await reopened.close()
    }

    @Test func `arrivals after a merge stand behind what was merged, over a restart too`() async throws {
        let store = try await openLater()
        for line in ["first", "second", "third"] {
            try await store.push([entry("web", 5, line)])
            try await store.flush()
        }
        try await store.compact()
        try await store.push([entry("web", 5, "fourth")])
        try await store.flush()
        await store.close()
        let reopened = try await openLater()
        #expect(try await reopened.entries().map(\.line) == ["first", "second", "third", "fourth"])
        #expect(reopened.statistics().segments == 2)
        await reopened.close()
    }

    @Test func `large streams get blocks of their own and small ones share`() async throws {
        let store = try await openLater { $0.headBytesMax = 64 << 20 }
        let filler = String(repeating: "x", count: 1000)
        var rows = 0
        for generation in 0..<4 {
            var entries = (0..<700).map { row in
                entry("web", Int64(row * 2), "\(generation) \(row) \(filler)")
            }
            for small in 0..<50 { entries.append(entry("small \(small)", Int64(generation), "line")) }
            rows += entries.count
            try await store.push(entries)
            try await store.flush()
        }
        try await store.compact()
        let path = try #require(try segmentPaths().first)
        let reader = try SegmentReader.open(file: fixture.folder.files.open(path, .read))
        #expect(reader.summary.rows == rows)
        let single = reader.blocks.filter { $0.flags.contains(.singleStream) }
        #expect(single.count == 5)
        #expect(single.allSatisfy { $0.rawBytes > 256 << 10 && $0.rawBytes <= 1 << 20 })
        // Instants are not torn apart: each second has a row of every generation.
        #expect(zip(single, single.dropFirst()).allSatisfy { $0.maxTimestamp < $1.minTimestamp })
        #expect(reader.blocks.filter { !$0.flags.contains(.singleStream) }.map(\.streamCount) == [50])
        #expect(try await store.entries().count == rows)
        await store.close()
    }

    @Test func `a scan that has begun goes on over files that are merged meanwhile`() async throws {
        let store = try await openLater()
        for generation in 0..<4 {
            try await store.push((0..<5).map { entry("web", Int64(generation * 10 + $0), "line") })
            try await store.flush()
        }
        let seen = Mutex(0)
        let isMerged = Mutex(false)
        _ = try await store.scan(Selection(matchers: [], range: .all, direction: .forward), workers: 1) { _, batch in
            seen.withLock { $0 += batch.count }
            if isMerged.withLock({ isMerged in
                defer { isMerged = true }; return !isMerged
            }) {
                let isDone = Monitor(false)
                Task {
                    _ = try? await store.compact()
                    isDone.withLock { $0 = true }
                    isDone.wakeAll()
                }
                isDone.wait { $0 ? () : nil }
            }
            return .proceed
        }
        #expect(seen.withLock { $0 } == 20)
        #expect(store.statistics().segments == 1)
        // The scan has ended, so nobody needs the inputs any more.
        try await store.compact()
        #expect(try segmentPaths().count == 1)
        await store.close()
    }

    @Test(arguments: merging)
    func `a crash while merging loses and doubles nothing`(failpoint: Failpoint) async throws {
        let store = try await openLater { configuration in
            configuration.failpoint = { if $0 == failpoint { throw Crash() } }
        }
        var acknowledged: [Entry] = []
        for generation in 0..<3 {
            let entries = (0..<20).map { entry($0 % 2 == 0 ? "web" : "db", Int64($0), "line \(generation) \($0)") }
            try await store.push(entries)
            try await store.flush()
            acknowledged += entries
        }
        await #expect(throws: Crash.self) { try await store.compact() }
        #expect(try await store.entries().sorted() == acknowledged.sorted())
        await store.abandon()

        let reopened = try await openLater()
        #expect(try await reopened.entries().sorted() == acknowledged.sorted())
        try await reopened.compact()
        #expect(try await reopened.entries().sorted() == acknowledged.sorted())
        #expect(reopened.statistics().segments == 1)
        #expect(reopened.statistics().segmentsQuarantined == 0)
        #expect(try segmentPaths().count == 1)
        await reopened.close()
    }

    @Test func `a segment with a damaged block is left as it is`() async throws {
        let store = try await openLater()
        for generation in 0..<3 {
            try await store.push([entry("web", Int64(generation), "line \(generation)")])
            try await store.flush()
            // Names of files are in order of time.
            fixture.clock.advance(byNanoseconds: 1_000_000)
        }
        let file = try fixture.folder.files.open(try segmentPaths()[1], .update)
        try withUnsafeBytes(of: UInt64(0x5555)) { try file.write($0, at: 80) }
        file.close()
        try await store.compact()
        #expect(store.statistics().segments == 3)
        let refusals = fixture.events.withLock { $0 }.filter { if case .mergeRefused = $0 { true } else { false } }
        #expect(refusals.count == 1)
        await store.close()
    }

    @Test func `a merge whose catalogue lost the commit leaves nothing out`() async throws {
        // The catalogue as it was before the merge, the files as they are after: what a lost write-ahead file makes.
        let store = try await openLater()
        for generation in 0..<2 {
            try await store.push([entry("web", Int64(generation), "line \(generation)")])
            try await store.flush()
        }
        let inputs = try segmentPaths()
        await store.close()
        let noted = try await openLater { configuration in
            configuration.failpoint = { if $0 == .mergeDurable { throw Crash() } }
        }
        await #expect(throws: Crash.self) { try await noted.compact() }
        await noted.abandon()
        try fixture.folder.files.remove(inputs[0])
        let reopened = try await openLater()
        #expect(reopened.statistics().segmentsQuarantined == 1)
        #expect(try segmentPaths().contains { $0.hasSuffix(".unlisted") })
        await reopened.close()
    }
}
