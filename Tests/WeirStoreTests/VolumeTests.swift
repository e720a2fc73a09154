import Testing
import WeirModel
import WeirStore
import WeirTesting

@Suite struct VolumeTests {
    let fixture = StoreFixture()

    /// `app entries/bytes` for each stream of each range.
    private func texts(_ store: LogStore, _ ranges: TimeRange..., matchers: [Matcher] = []) async throws -> [[String]] {
        try await store.volumes(tenant: .default, matchers: matchers, ranges: ranges).map { volumes in
            volumes.map { "\($0.labels["app"] ?? "") \($0.entries)/\($0.bytes)" }
        }
    }

    private var pushed: [Entry] {
        (0..<90).map { entry($0 % 3 == 0 ? "web" : "db", Int64($0), $0 < 30 ? "1234" : "12") }
    }

    @Test(arguments: [false, true])
    func `whole and partly covered streams count the same in the head and in a segment`(isSealed: Bool) async throws {
        let store = try await fixture.open()
        try await store.push(pushed)
        if isSealed { try await store.flush() }
        #expect(try await texts(store, .all) == [["db 60/160", "web 30/80"]])
        #expect(
            try await texts(store, .seconds(0, 30), .seconds(30, 31), .seconds(60, 1000)) == [
                ["db 20/80", "web 10/40"], ["web 1/2"], ["db 20/40", "web 10/20"],
            ])
        #expect(try await texts(store, .seconds(-9, 0), .seconds(90, 99)) == [[], []])
        #expect(try await texts(store, .all, matchers: [Matcher("app", .equal, "web")]) == [["web 30/80"]])
        #expect(try await texts(store).isEmpty)
        await store.close()
    }

    @Test func `segments, head and days add up, and blocks are told`() async throws {
        let store = try await fixture.open()
        try await store.push([entry("web", 1, "a"), entry("web", 90_000, "bb")])
        try await store.flush()
        try await store.push([entry("web", 2, "ccc"), entry("db", 3, "dddd")])
        let volumes = try await store.volumes(tenant: .default, matchers: [], range: .all)
        #expect(
            volumes == [
                StreamVolume(labels: ["app": "db", "env": "prod"], entries: 1, bytes: 4, blocks: 1),
                StreamVolume(labels: ["app": "web", "env": "dev"], entries: 3, bytes: 6, blocks: 3),
            ])
        let other = try await store.volumes(tenant: Tenant("other"), matchers: [], range: .all)
        #expect(other.isEmpty)
        await store.close()
    }

    @Test func `an entry that was sent twice counts once`() async throws {
        let store = try await fixture.open()
        try await store.push([entry("web", 1, "a"), entry("web", 1, "a"), entry("web", 1, "b")])
        #expect(try await texts(store, .all) == [["web 2/2"]])
        try await store.flush()
        #expect(try await texts(store, .all) == [["web 2/2"]])
        await store.close()
    }

    @Test func `copies of an entry in different places count once`() async throws {
        let store = try await fixture.open()
        let entries = (0..<300).map { entry("web", Int64($0), "line \($0)") }
        try await store.push(entries)
        try await store.flush()
        try await store.push(Array(entries[100..<200]))
        #expect(try await texts(store, .all) == [["web 300/2290"]])
        #expect(try await texts(store, .seconds(0, 150), .seconds(150, 170)) == [["web 150/1090"], ["web 20/160"]])
        try await store.push([entry("web", 150, "another"), entry("web", 150, "line 150")])
        #expect(try await texts(store, .seconds(150, 151)) == [["web 2/15"]])
        try await store.flush()
        #expect(try await texts(store, .all) == [["web 301/2297"]])
        await store.close()
    }

    @Test func `entries that metadata tells apart are not counted for whom it matters`() async throws {
        let store = try await fixture.open()
        func counts(_ names: Set<String>?) async throws -> Int? {
            try await store.counts(
                CountRequest(matchers: [], ranges: [.all], needsBytes: false, splittingNames: names))?
                .reduce(0) { $0 + $1.cells.reduce(0) { $0 + $1.entries } }
        }
        try await store.push([entry("web", 1, "a"), entry("web", 2, "b")])
        #expect(try await counts(nil) == 2)
        try await store.push([entry("web", 3, "c", metadata: [Label("pod", "p1")])])
        for isSealed in [false, true] {
            if isSealed { try await store.flush() }
            #expect(try await counts(nil) == nil)
            #expect(try await counts(["pod", "host"]) == nil)
            #expect(try await counts(["host"]) == 3)
            #expect(try await counts([]) == 3)
        }
        await store.close()
    }

    @Test(arguments: [UInt64(1), 2, 3, 4])
    func `any ranges count what a scan of them finds`(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let store = try await fixture.open()
        for part in 0..<6 {
            let entries = (0..<200).map { index in
                entry(
                    ["web", "db", "cache"].randomElement(using: &random)!, Int64.random(in: 0..<5000, using: &random),
                    "line \(part % 3) \(index % 40)")
            }
            try await store.push(entries)
            if seed % 2 == 0 { try await store.push(Array(entries.shuffled(using: &random).prefix(50))) }
            if part % 2 == 1 { try await store.flush() }
        }
        let cuts = (0..<12).map { _ in Int64.random(in: -100..<5100, using: &random) }.sorted()
        let ranges = stride(from: 0, to: 12, by: 2).map { TimeRange.seconds(cuts[$0], cuts[$0 + 1]) }
        let volumes = try await store.volumes(tenant: .default, matchers: [], ranges: ranges)
        for (range, found) in zip(ranges, volumes) {
            let entries = Dictionary(grouping: try await store.entries(range: range), by: \.labels)
            #expect(found.map(\.labels) == entries.keys.sorted())
            for volume in found {
                let expected = entries[volume.labels] ?? []
                #expect(volume.entries == expected.count)
                #expect(volume.bytes == expected.reduce(0) { $0 + $1.line.utf8.count })
            }
        }
        await store.close()
    }
}
