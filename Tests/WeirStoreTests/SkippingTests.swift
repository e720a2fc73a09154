import Synchronization
import Testing
import WeirModel
import WeirStore
import WeirTesting

@Suite struct SkippingTests {
    let fixture = StoreFixture()

    /// What a scan for lines with a text delivers, and how much it read. Lines without the text may come as well.
    private func scan(
        _ store: LogStore, _ text: String, _ direction: Selection.Direction = .forward
    ) async throws -> (lines: [String], summary: ScanSummary) {
        let found = Mutex<[String]>([])
        let selection = Selection(
            matchers: [], range: .all, direction: direction, requiredLiterals: [Array(text.utf8)])
        let summary = try await store.scan(selection, workers: 2) { _, batch in
            let lines = (0..<batch.count).map { batch.lineText(ofRow: $0) }
            found.withLock { $0 += lines }
            return .proceed
        }
        return (found.withLock { $0.filter { $0.contains(text) } }.sorted(), summary)
    }

    @Test func `blocks that cannot hold a text are not read`() async throws {
        let store = try await fixture.open()
        for part in 0..<4 as Range<Int64> {
            try await store.push((0..<50).map { entry("web", part * 100 + $0, "request \($0) of service \(part)") })
            try await store.flush()
        }
        try await store.push([entry("web", 150, "the needle in a block of its own")])
        try await store.flush()
        for direction in [Selection.Direction.forward, .backward] {
            let absent = try await scan(store, "qqnosuchtokenqq", direction)
            #expect(absent.lines.isEmpty)
            #expect(absent.summary.blocksRead == 0)
            #expect(absent.summary.blocksSkipped == 5)
            let needle = try await scan(store, "needle in", direction)
            #expect(needle.lines == ["the needle in a block of its own"])
            #expect(needle.summary.blocksSkipped >= 3)
        }
        await store.close()
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func `rows of blocks that overlap are found wherever they lie`(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let store = try await fixture.open()
        var pushed: [Entry] = []
        for part in 0..<6 {
            let entries = (0..<40).map { index in
                entry(
                    "web", Int64.random(in: 0..<60, using: &random),
                    "\(["alpha", "beta", "gamma"].randomElement(using: &random)!) of part \(part), \(index)")
            }
            pushed += entries
            try await store.push(entries)
            if part != 5 { try await store.flush() }
        }
        for text in ["alpha", "beta of", "part 3", "a of part 5", "gamma"] {
            let expected = pushed.map(\.line).filter { $0.contains(text) }.sorted()
            #expect(try await scan(store, text).lines == expected)
            #expect(try await scan(store, text, .backward).lines == expected)
        }
        await store.close()
    }
}
