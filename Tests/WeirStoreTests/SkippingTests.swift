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

    /// The instants of rows that hold all texts: by the source where it says so, by their lines elsewhere.
    private func instants(
        _ store: LogStore, holding texts: [String], range: TimeRange = .all
    ) async throws -> (instants: [Int64], tested: Int) {
        let found = Mutex<(instants: [Int64], tested: Int)>(([], 0))
        var selection = Selection(
            matchers: [], range: range, requiredLiterals: texts.map { Array($0.utf8) }, needsMetadata: false)
        selection.skipsTestedLines = true
        _ = try await store.scan(selection, workers: 2) { _, batch in
            let rows = (0..<batch.count).filter { row in
                let line = batch.lineText(ofRow: row)
                return batch.areLiteralsTested || texts.allSatisfy { line.contains($0) }
            }
            let instants = rows.map { batch.timestamps[$0] }
            let tested = batch.areLiteralsTested ? rows.count : 0
            found.withLock {
                $0.instants += instants
                $0.tested += tested
            }
            return .proceed
        }
        return found.withLock { ($0.instants.sorted(), $0.tested) }
    }

    @Test(arguments: [UInt64(1), 2, 3, 4, 5, 6])
    func `texts cut from lines at any place are found without their lines, and in no other`(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let store = try await fixture.open()
        var entries: [Entry] = []
        for index in 0..<700 as Range<Int64> {
            let word = ["connection reset", "timeout waiting", "GET /cart/17", "é ü", ""].randomElement(using: &random)!
            let number = Int.random(in: 0..<1000, using: &random)
            let line =
                switch Int.random(in: 0..<12, using: &random) {
                case 0..<6:
                    #"{"level":"info","msg":"\#(word) by peer","status":\#(number),"id":"\#(number)af\#(index)"}"#
                case 6..<9: "level=warn status=\(number) msg=\"\(word)\" took=\(number)ms"
                case 9, 10: "host-\(number % 3) app[\(number)]: \(word) done in \(index).5s"
                default: String((0..<number % 40).map { _ in "ab{\": 7".randomElement(using: &random)! })
                }
            entries.append(entry(["web", "db"][number % 2], index, line, metadata: [Label("detected_level", "info")]))
        }
        try await store.push(Array(entries[..<400]))
        try await store.flush()
        try await store.push(Array(entries[400..<600]))
        try await store.flush()
        try await store.push(Array(entries[600...]))
        var tested = 0
        for round in 0..<60 {
            let texts = (0..<(round % 3 == 0 ? 2 : 1)).map { _ in
                let line = Array(entries.randomElement(using: &random)!.line)
                let start = Int.random(in: 0...line.count, using: &random)
                let text = String(line[start..<Int.random(in: start...line.count, using: &random)])
                return round % 7 == 0 ? text.uppercased() : text
            }.filter { !$0.isEmpty }
            let range =
                round % 5 == 0 ? TimeRange(start: Timestamp(nanoseconds: entries[90].timestamp), end: .max) : .all
            let expected = entries.filter { entry in
                range.contains(Timestamp(nanoseconds: entry.timestamp)) && texts.allSatisfy { entry.line.contains($0) }
            }.map(\.timestamp)
            let found = try await instants(store, holding: texts, range: range)
            #expect(found.instants == expected.sorted(), "\(texts)")
            tested += found.tested
        }
        #expect(tested > 0)
        await store.close()
    }

    @Test func `metadata of other names is left out where a block has no more`() async throws {
        let store = try await fixture.open()
        try await store.push(
            (0..<20).map { entry("web", $0, "line \($0)", metadata: [Label("detected_level", "info")]) })
        try await store.push((0..<20).map { entry("db", $0, "line \($0)", metadata: [Label("pod", "p1")]) })
        try await store.flush()
        for names in [nil, ["pod"], ["other"], ["detected_level", "other"]] as [Set<String>?] {
            let found = Mutex<[LabelSet: Set<String>]>([:])
            var selection = Selection(matchers: [], range: .all, needsLines: false)
            selection.metadataNames = names
            _ = try await store.scan(selection, workers: 1) { _, batch in
                let rows = (0..<batch.count).map { row in
                    (batch.streams[Int(batch.streamIndexes[row])], batch.metadataLabels(ofRow: row).map(\.name))
                }
                found.withLock { found in for (labels, own) in rows { found[labels, default: []].formUnion(own) } }
                return .proceed
            }
            for (labels, name) in [
                (["app": "web", "env": "dev"], "detected_level"), (["app": "db", "env": "prod"], "pod"),
            ] as [(LabelSet, String)] {
                let own = try #require(found.withLock { $0[labels] })
                #expect(own.isSubset(of: [name]))
                if names?.contains(name) ?? true { #expect(own == [name]) }
            }
            if names == ["other"] { #expect(found.withLock { $0.values.allSatisfy(\.isEmpty) }) }
        }
        await store.close()
    }
}
