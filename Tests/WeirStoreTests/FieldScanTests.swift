import Synchronization
import Testing
import WeirModel
import WeirStore
import WeirTesting

/// Fields that a scan delivers are what a slow look at the lines finds.
@Suite struct FieldScanTests {
    private let fixture = StoreFixture()

    @Test(arguments: [Selection.Direction.forward, .backward], [true, false])
    func `fields are those of the lines, and rows that are judged away do not come`(
        direction: Selection.Direction, needsLines: Bool
    ) async throws {
        let store = try await fixture.open()
        let entries = Self.entries(seed: 5, count: 900)
        try await store.push(entries)
        try await store.flush()
        let reading = StatusReading()
        let found = Mutex<[Delivered]>([])
        let selection = Selection(
            matchers: [], range: .all, direction: direction, needsLines: needsLines, fieldReading: reading)
        _ = try await store.scan(selection, workers: 2) { _, batch in
            let rows = (0..<batch.count).map { Delivered(batch, $0) }
            found.withLock { $0 += rows }
            return .proceed
        }
        let delivered = found.withLock { $0 }
        let byTime = Dictionary(uniqueKeysWithValues: entries.map { ($0.timestamp, $0) })
        #expect(delivered.contains { $0.status != nil && !$0.isUnread })
        for row in delivered {
            let entry = try #require(byTime[row.timestamp])
            #expect(row.labels == entry.labels)
            #expect(row.metadata == entry.metadata)
            if row.isUnread || needsLines { #expect(row.line == entry.line) }
            if row.isUnread { continue }
            #expect(row.status == StatusReading.status(of: entry.line))
            #expect(row.status == "500")
            #expect(row.level == StatusReading.level(of: entry.line))
            if !needsLines { #expect(row.line.isEmpty) }
        }
        let expected = Set(entries.filter { StatusReading.status(of: $0.line) == "500" }.map(\.timestamp))
        #expect(expected.isSubset(of: delivered.map(\.timestamp)))
        // Blocks of one stream come in order; so do the rows of a stream.
        for labels in Set(entries.map(\.labels)) {
            let times = delivered.filter { $0.labels == labels }.map(\.timestamp)
            #expect(times == (direction == .backward ? times.sorted().reversed() : times.sorted()))
        }
        await store.close()
    }

    @Test func `a range leaves out the fields of rows outside`() async throws {
        let store = try await fixture.open()
        let entries = Self.entries(seed: 9, count: 500)
        try await store.push(entries)
        try await store.flush()
        let times = entries.map(\.timestamp).sorted()
        let range = TimeRange(
            start: Timestamp(nanoseconds: times[100]), end: Timestamp(nanoseconds: times[400]))
        let found = Mutex<[Delivered]>([])
        _ = try await store.scan(
            Selection(matchers: [], range: range, needsLines: false, fieldReading: StatusReading()), workers: 1
        ) { _, batch in
            let rows = (0..<batch.count).map { Delivered(batch, $0) }
            found.withLock { $0 += rows }
            return .proceed
        }
        let wanted = entries.filter {
            $0.timestamp >= times[100] && $0.timestamp < times[400] && StatusReading.status(of: $0.line) == "500"
        }
        let delivered = found.withLock { $0 }
        #expect(Set(wanted.map(\.timestamp)).isSubset(of: delivered.map(\.timestamp)))
        for row in delivered where !row.isUnread { #expect(row.status == "500") }
        #expect(delivered.allSatisfy { $0.timestamp >= times[100] && $0.timestamp < times[400] })
        await store.close()
    }

    private static func entries(seed: UInt64, count: Int) -> [Entry] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { index in
            let status = [200, 404, 500].randomElement(using: &random)!
            let level = ["info", "warn \\\"x\\\"", ""].randomElement(using: &random)!
            let line =
                switch Int.random(in: 0..<10, using: &random) {
                case 0: "plain text \(index)"
                case 1: #"{"level":"\#(level)","broken":\#(index)"#
                case 2: "level=info status=\(status) n=\(index)"
                case 3: #"{"level":"\#(level)","n":\#(index)}"#
                default: #"{"level":"\#(level)","status":\#(status),"n":\#(index)}"#
                }
            let metadata = index % 7 == 0 ? [Label("pod", "p\(index)")] : []
            return Entry(
                labels: index % 2 == 0 ? ["app": "web"] : ["app": "db"],
                timestamp: StoreFixture.start + Int64(index) * StoreFixture.second, line: line, metadata: metadata)
        }
    }
}

/// One delivered row, taken out of its batch.
private struct Delivered: Sendable {
    var labels: LabelSet
    var timestamp: Int64
    var line: String
    var metadata: [Label]
    var isUnread: Bool
    var status: String?
    var level: String?

    init(_ batch: borrowing LineBatch, _ row: Int) {
        labels = batch.streams[Int(batch.streamIndexes[row])]
        timestamp = batch.timestamps[row]
        line = batch.lineText(ofRow: row)
        metadata = batch.metadataLabels(ofRow: row)
        isUnread = batch.fields.isEmpty || batch.fields[0].codes[row] == FieldColumn.unread
        status = StatusReading.text(batch, 0, row)
        level = StatusReading.text(batch, 1, row)
    }
}

/// Reads `status` and `level` of JSON lines that have no other structure, and wants those of status 500.
private struct StatusReading: FieldReading {
    var fieldCount: Int { 2 }

    func holes(of sample: UnsafeRawBufferPointer, holes: [Range<Int>]) -> [FieldHole?]? {
        guard sample.first == UInt8(ascii: "{"), sample.last == UInt8(ascii: "}") else { return nil }
        return [(#""status":"#, 1), (#""level":""#, 2)].map { name, form in
            let index = holes.firstIndex { hole in
                sample[..<hole.lowerBound].suffix(name.utf8.count).elementsEqual(name.utf8)
            }
            return index.map { FieldHole(hole: $0, form: UInt8(form)) }
        }
    }

    func wantedRows(of batch: borrowing LineBatch) -> [UInt32]? {
        (0..<batch.count).filter { row in
            batch.fields[0].codes[row] == FieldColumn.unread || StatusReading.text(batch, 0, row) == "500"
        }.map { UInt32($0) }
    }

    static func text(_ batch: borrowing LineBatch, _ field: Int, _ row: Int) -> String? {
        guard !batch.fields.isEmpty, batch.fields[field].codes[row] < FieldColumn.unread else { return nil }
        let value = batch.fields[field].values[Int(batch.fields[field].codes[row])]
        #expect(value.form == UInt8(field + 1))
        let start = Int(value.offset)
        return String(decoding: batch.bytes[start..<start + Int(value.length)], as: UTF8.self)
    }

    static func status(of line: String) -> String? { part(of: line, behind: #""status":"#, upTo: [",", "}"]) }

    static func level(of line: String) -> String? { part(of: line, behind: #""level":""#, upTo: ["\",\""]) }

    private static func part(of line: String, behind name: String, upTo ends: [String]) -> String? {
        guard line.first == "{", line.last == "}" else { return nil }
        let parts = line.split(separator: name, maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        return ends.compactMap { end in
            parts[1].split(separator: end, maxSplits: 1, omittingEmptySubsequences: false).first.map { String($0) }
        }.min { $0.count < $1.count }
    }
}
