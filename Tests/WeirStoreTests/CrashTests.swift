import Synchronization
import Testing
import WeirModel
import WeirStore
import WeirSystem
import WeirTesting

/// The store is stopped at every step of sealing and of recovery. Afterwards every acknowledged entry is there exactly
/// once, sealing works, and the folder holds no file that no catalogue lists.
@Suite struct CrashTests {
    struct Crash: Error {}

    static let sealing: [Failpoint] = [
        .generationCut, .partitionFolderCreated, .partitionPrepared, .segmentWritten, .segmentSynced, .segmentRenamed,
        .segmentDurable, .catalogueCommitted, .dayPublished, .generationPublished, .walReleased,
    ]
    static let recovering: [Failpoint] = [.leftoversRemoved, .recordReplayed, .walReplayed]

    let fixture = StoreFixture()

    @Test func `every failpoint is crashed at`() {
        #expect(
            Set(Self.sealing + Self.recovering + CompactionTests.merging + RetentionTests.dropping)
                == Set(Failpoint.allCases))
    }

    // Two days are sealed, so each step is reached once or twice.
    @Test(arguments: sealing, [1, 2])
    func `a crash while sealing loses and doubles nothing`(failpoint: Failpoint, visit: Int) async throws {
        let visits = Mutex(0)
        let store = try await fixture.open { configuration in
            configuration.failpoint = { reached in
                if reached == failpoint,
                    visits.withLock({
                        $0 += 1; return $0
                    }) == visit
                {
                    throw Crash()
                }
            }
        }
        var acknowledged = (0..<40).map { entry($0 % 2 == 0 ? "web" : "db", Int64($0) * 500, "line \($0)") }
        try await store.push(Array(acknowledged[0..<20]))
        try await store.push(Array(acknowledged[20..<40]))
        try? await store.flush()
        let late = [entry("web", 3, "after the crash began"), entry("queue", 19_000, "a new stream")]
        try await store.push(late)
        acknowledged += late
        #expect(try await store.entries().sorted() == acknowledged.sorted())
        await store.abandon()

        try await expect(acknowledged, sealedAgainWith: 2)
    }

    @Test(arguments: recovering)
    func `a crash while recovering loses and doubles nothing`(failpoint: Failpoint) async throws {
        let acknowledged = (0..<40).map { entry($0 % 2 == 0 ? "web" : "db", Int64($0) * 500, "line \($0)") }
        let store = try await fixture.open()
        try await store.push(Array(acknowledged[0..<20]))
        try await store.flush()
        try await store.push(Array(acknowledged[20..<40]))
        await store.abandon()
        await #expect(throws: Crash.self) {
            _ = try await fixture.open { configuration in
                configuration.failpoint = { if $0 == failpoint { throw Crash() } }
            }
        }
        try await expect(acknowledged, sealedAgainWith: 2)
    }

    @Test func `sealing that failed is made up for without a restart`() async throws {
        let isBroken = Mutex(true)
        let store = try await fixture.open { configuration in
            configuration.failpoint = { reached in
                if reached == .segmentDurable, isBroken.withLock({ $0 }) { throw Crash() }
            }
        }
        let acknowledged = (0..<40).map { entry("web", Int64($0) * 500, "line \($0)") }
        try await store.push(acknowledged)
        await #expect(throws: Crash.self) { try await store.flush() }
        #expect(store.statistics().sealFailures == 1)
        isBroken.withLock { $0 = false }
        try await store.flush()
        #expect(store.statistics().segments == 2)
        #expect(try await store.entries() == acknowledged)
        await store.close()
        try await expect(acknowledged, sealedAgainWith: 2)
    }

    @Test func `a segment that is damaged or missing is set aside, and the others serve`() async throws {
        let store = try await fixture.open()
        try await store.push([entry("web", 1, "first")])
        try await store.flush()
        try await store.push([entry("web", 2, "second")])
        try await store.flush()
        try await store.push([entry("web", 3, "third")])
        await store.close()
        let names = try segmentPaths()
        #expect(names.count == 3)
        try fixture.folder.files.remove(names[0])
        let file = try fixture.folder.files.open(names[1], .update)
        try withUnsafeBytes(of: UInt64(0)) { try file.write($0, at: file.size() - 60) }
        file.close()

        let reopened = try await fixture.open()
        #expect(try await reopened.entries().count == 1)
        #expect(reopened.statistics().segmentsQuarantined == 2)
        let reports = fixture.events.withLock { $0 }.filter { if case .segmentQuarantined = $0 { true } else { false } }
        #expect(reports.count == 2)
        await reopened.close()
        let again = try await fixture.open()
        #expect(again.statistics().segmentsQuarantined == 2)
        await again.close()
    }

    @Test func `a damaged block costs its own rows only and is reported`() async throws {
        let store = try await fixture.open()
        try await store.push([entry("web", 1, "first"), entry("db", 7_000, "second")])
        await store.close()
        let file = try fixture.folder.files.open(try segmentPaths()[0], .update)
        try withUnsafeBytes(of: UInt64(0x55)) { try file.write($0, at: 100) }
        file.close()
        let reopened = try await fixture.open()
        #expect(try await reopened.entries().map(\.line) == ["second"])
        #expect(reopened.statistics().blocksDamaged == 1)
        #expect(fixture.events.withLock { $0 }.contains { if case .blockDamaged = $0 { true } else { false } })
        await reopened.close()
    }

    @Test func `a day whose catalogue is damaged gets one made of its segments`() async throws {
        let store = try await fixture.open()
        try await store.push([entry("web", 1, "first day"), entry("web", 86_400, "second day")])
        await store.close()
        let parts = fixture.folder.path + "/data/parts"
        let day = try #require(try fixture.folder.files.list(parts).sorted().first)
        let file = try fixture.folder.files.open(parts + "/" + day + "/catalog.db", .update)
        try withUnsafeBytes(of: UInt8(0xff)) { try file.write($0, at: 0) }
        file.close()
        for _ in 1...2 {
            let reopened = try await fixture.open()
            #expect(try await reopened.entries().map(\.line) == ["first day", "second day"])
            #expect(try fixture.folder.files.status(parts + "/" + day + "/catalog.db.damaged") != nil)
            await reopened.close()
        }
        #expect(fixture.events.withLock { $0 }.count { if case .catalogueRebuilt = $0 { true } else { false } } == 1)
    }

    @Test func `a whole segment that a damaged catalogue lost is kept beside the others`() async throws {
        let store = try await fixture.open()
        try await store.push([entry("web", 1, "first")])
        try await store.flush()
        await store.abandon()
        let listed = try #require(try segmentPaths().first)
        let folder = try #require(listed.lastIndex(of: "/"))
        let lost = listed[..<folder] + "/01AAAAAAAAAAAAAAAAAAAAAAAA"
        try fixture.folder.files.rename(listed, to: lost + ".wseg")
        let reopened = try await fixture.open()
        #expect(try await reopened.entries().isEmpty)
        #expect(try fixture.folder.files.status(lost + ".unlisted") != nil)
        #expect(fixture.events.withLock { $0 }.contains { if case .segmentUnlisted = $0 { true } else { false } })
        await reopened.close()
    }

    /// Opens again, compares, sends everything again, seals, compares, and looks for files that should not be there.
    private func expect(_ acknowledged: [Entry], sealedAgainWith days: Int) async throws {
        let reopened = try await fixture.open()
        #expect(try await reopened.entries().sorted() == acknowledged.sorted())
        try await reopened.push(acknowledged)
        #expect(try await reopened.entries().sorted() == acknowledged.sorted())
        try await reopened.flush()
        #expect(try await reopened.entries().sorted() == acknowledged.sorted())
        #expect(reopened.statistics().segmentRows == acknowledged.count)
        #expect(reopened.statistics().days == days)
        #expect(try segmentPaths().count == reopened.statistics().segments)
        await reopened.close()
    }

    private func segmentPaths() throws -> [String] {
        let files = fixture.folder.files
        let parts = fixture.folder.path + "/data/parts"
        return try files.list(parts).flatMap { day in
            try files.list(parts + "/" + day).filter { $0.contains(".wseg") }.map { parts + "/" + day + "/" + $0 }
        }
    }
}
