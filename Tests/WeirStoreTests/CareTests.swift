import Testing
import WeirModel
import WeirStore
import WeirSystem
import WeirTesting

/// A look at every byte finds every damage, and a backup of a running store opens as a store.
@Suite struct CareTests {
    let fixture = StoreFixture()

    var data: String { fixture.folder.path + "/data" }

    func fill() async throws -> [Entry] {
        let store = try await fixture.open()
        let entries = (0..<60).map { entry($0 % 2 == 0 ? "web" : "db", Int64($0) * 300, "line \($0)") }
        try await store.push(Array(entries[..<40]))
        try await store.flush()
        try await store.push(Array(entries[40...]))
        await store.abandon()
        return entries
    }

    func verify() throws -> [StoreFinding] {
        var verification = StoreVerification(folder: data, fileSystem: fixture.folder.files)
        try verification.run()
        return verification.findings
    }

    func paths(_ suffix: String) throws -> [String] {
        let files = fixture.folder.files
        let folders = [data, data + "/wal"] + (try files.list(data + "/parts").map { data + "/parts/" + $0 })
        return try folders.flatMap { folder in
            try files.list(folder).filter { $0.hasSuffix(suffix) }.map { folder + "/" + $0 }
        }
    }

    @Test func `a sound folder has no findings`() async throws {
        _ = try await fill()
        #expect(try verify() == [])
    }

    @Test(arguments: [64, 80, 100, -130, -60, -4, -200])
    func `a flipped bit of a segment is found with path and offset, and no start fails on it`(
        offset: Int
    ) async throws {
        let entries = try await fill()
        let path = try #require(try paths(".wseg").first)
        let file = try fixture.folder.files.open(path, .update)
        let place = try offset < 0 ? file.size() + offset : offset
        var byte: UInt8 = 0
        _ = try withUnsafeMutableBytes(of: &byte) { try file.read(into: $0, at: place) }
        try withUnsafeBytes(of: byte ^ 0x10) { try file.write($0, at: place) }
        file.close()
        let findings = try verify()
        #expect(findings.count == 1)
        #expect(findings.first?.path == path)
        #expect(findings.first?.reason.contains("byte") == true)
        let store = try await fixture.open()
        let left = try await store.entries()
        #expect(left.count < entries.count)
        #expect(Set(left).isSubset(of: Set(entries)))
        #expect(left.count >= 20)
        await store.close()
    }

    @Test func `a missing segment and files set aside are found`() async throws {
        _ = try await fill()
        let segments = try paths(".wseg")
        try fixture.folder.files.remove(segments[0])
        let stray = segments[1].replacing(".wseg", with: "X.unlisted")
        fixture.folder.files.open(copyOf: segments[1], at: stray)
        #expect(try verify().map(\.kind).sorted { $0.rawValue < $1.rawValue } == [.missing, .setAside])
    }

    @Test(arguments: 0..<24) func `damage anywhere in a day's catalogue never stops the start`(seed: UInt64)
        async throws
    {
        let entries = try await fill()
        let path = try #require(try paths("catalog.db").first)
        let file = try fixture.folder.files.open(path, .update)
        var random = SeededGenerator(seed: seed)
        let size = try file.size()
        for _ in 0..<40 {
            let place = Int.random(in: 0..<size, using: &random)
            try withUnsafeBytes(of: UInt8.random(in: .min ... .max, using: &random)) { try file.write($0, at: place) }
        }
        file.close()
        let store = try await fixture.open()
        // The other day and the WAL's rows of it are there whatever became of this one.
        let left = (try? await store.entries(range: .seconds(7000, 100_000))) ?? []
        #expect(Set(left) == Set(entries.filter { $0.timestamp >= StoreFixture.start + 7000 * StoreFixture.second }))
        await store.close()
    }

    @Test func `a backup of a running store holds what was acknowledged, and opens`() async throws {
        _ = try await fill()
        let store = try await fixture.open()
        let before = try await store.entries()
        let target = fixture.folder.path + "/copy"
        try await store.backup(to: target)
        try await store.push([entry("web", 1, "after the backup")])
        await #expect(throws: FileError.self) { try await store.backup(to: target) }
        await store.close()

        var configuration = StoreConfiguration(folder: target)
        configuration.freeDiskBytesMin = 0
        let restored = try await LogStore.open(
            configuration: configuration, fileSystem: fixture.folder.files, clock: fixture.clock,
            decodeBody: { _ in LineBatch() })
        #expect(try await restored.entries() == before)
        try await restored.push([entry("web", 2, "into the copy")])
        #expect(try await restored.entries().count == before.count + 1)
        await restored.close()
    }
}

extension FileSystem {
    fileprivate func open(copyOf source: String, at target: String) {
        guard let bytes = try? contents(of: source), let file = try? open(target, .create) else { return }
        _ = bytes.withUnsafeBytes { try? file.write($0, at: 0) }
        file.close()
    }
}
