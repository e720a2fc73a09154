import Synchronization
import Testing
import WeirModel
import WeirStore
import WeirSystem
import WeirTesting

/// Bits flip in every kind of file: no start fails, what is lost is at most what lay there, and it is reported.
@Suite struct DamageTests {
    let fixture = StoreFixture()

    var data: String { fixture.folder.path + "/data" }

    /// Two days, sealed twice, and rows that only the WAL has.
    func fill() async throws -> [Entry] {
        let store = try await fixture.open()
        let entries = (0..<90).map { entry(["web", "db", "queue"][$0 % 3], Int64($0) * 200, "line \($0)") }
        try await store.push(Array(entries[..<30]))
        try await store.flush()
        try await store.push(Array(entries[30..<70]))
        try await store.flush()
        try await store.push(Array(entries[70...]))
        await store.abandon()
        return entries
    }

    func paths(_ suffix: String, in folder: String? = nil) throws -> [String] {
        let files = fixture.folder.files
        return try files.list(folder ?? data).flatMap { name in
            let path = (folder ?? data) + "/" + name
            if try files.status(path)?.isFolder == true { return try paths(suffix, in: path) }
            return name.hasSuffix(suffix) ? [path] : []
        }
    }

    func flip(_ path: String, count: Int, seed: UInt64) throws {
        let file = try fixture.folder.files.open(path, .update)
        defer { file.close() }
        var random = SeededGenerator(seed: seed)
        let size = try file.size()
        for _ in 0..<count {
            let place = Int.random(in: 0..<size, using: &random)
            var byte: UInt8 = 0
            _ = try withUnsafeMutableBytes(of: &byte) { try file.read(into: $0, at: place) }
            try withUnsafeBytes(of: byte ^ (1 << UInt8(random.next() % 8))) { try file.write($0, at: place) }
        }
    }

    func findings() throws -> [StoreFinding] {
        var verification = StoreVerification(folder: data, fileSystem: fixture.folder.files)
        try verification.run()
        return verification.findings
    }

    @Test(arguments: 0..<24) func `damage to the catalogue of a day loses no line of its segments`(
        seed: UInt64
    ) async throws {
        let entries = try await fill()
        try flip(try #require(try paths("catalog.db").first), count: 200, seed: seed)
        for _ in 0..<2 {
            let store = try await fixture.open()
            let found = try await store.entries()
            // Which records were applied is only known to the catalogue, so rows of the WAL may be passed over.
            #expect(Set(found).isSuperset(of: entries[..<70]), "seed \(seed)")
            #expect(Set(found).isSubset(of: entries) && Set(found).count == found.count, "seed \(seed)")
            await store.close()
        }
    }

    @Test func `a catalogue that is gone is made anew, and says so`() async throws {
        let entries = try await fill()
        for path in try paths("catalog.db") { try fixture.folder.files.remove(path) }
        let store = try await fixture.open()
        #expect(Set(try await store.entries()) == Set(entries))
        #expect(try await store.entries([Matcher("app", .equal, "db")]).count == 30)
        let rebuilt = fixture.events.withLock { events in
            events.count { if case .catalogueRebuilt = $0 { true } else { false } }
        }
        #expect(rebuilt == 2)
        try await store.push([entry("new", 100, "after")])
        try await store.compact()
        await store.close()
        let reopened = try await fixture.open()
        #expect(try await reopened.entries().count == entries.count + 1)
        await reopened.close()
    }

    @Test(arguments: 0..<12) func `damage to weir.db loses neither lines nor requests to delete`(
        seed: UInt64
    ) async throws {
        let entries = try await fill()
        var store = try await fixture.open { $0.compaction.isEnabled = false }
        _ = try await store.requestDelete(
            tenant: .default, query: "", matchers: [Matcher("app", .equal, "db")], range: .all)
        await store.close()
        try flip(data + "/weir.db", count: 400, seed: seed)
        store = try await fixture.open { $0.compaction.isEnabled = false }
        #expect(Set(try await store.entries()) == Set(entries.filter { $0.labels["app"] != "db" }), "seed \(seed)")
        await store.close()
    }

    @Test(arguments: 0..<24) func `a flipped bit of the WAL costs at most a record`(seed: UInt64) async throws {
        let entries = try await fill()
        let path = try #require(try paths("", in: data + "/wal").first { !$0.contains("/pool/") })
        try flip(path, count: 1, seed: seed)
        let store = try await fixture.open()
        let found = Set(try await store.entries())
        #expect(found.isSuperset(of: entries[..<70]) && found.isSubset(of: entries))
        await store.close()
    }

    @Test(arguments: 0..<24)
    func `a flipped bit of a segment is found with path and offset and costs at most the segment`(
        seed: UInt64
    ) async throws {
        let entries = try await fill()
        let path = try #require(try paths(".wseg").last)
        try flip(path, count: 1, seed: seed)
        let reported = try findings()
        #expect(reported.allSatisfy { $0.path == path && $0.reason.contains("byte") }, "\(reported)")
        let store = try await fixture.open()
        let found = Set(try await store.entries())
        #expect(found.isSubset(of: entries) && found.count >= 40)
        if found.count < entries.count { #expect(!reported.isEmpty) }
        await store.close()
    }
}
