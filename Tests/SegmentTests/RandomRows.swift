import WeirModel
import WeirStore
import WeirTesting

/// One row in a form that is easy to compare.
struct Row: Hashable {
    var stream: UInt32
    var timestamp: Int64
    var arrival: Int64
    var line: [UInt8]
    var metadata: [[[UInt8]]] = []

    /// What makes two rows duplicates; when they arrived does not.
    var identity: Row {
        var copy = self
        copy.arrival = 0
        return copy
    }
}

extension BlockRows {
    init(_ rows: [Row]) {
        self.init()
        for row in rows {
            for pair in row.metadata { lines.addMetadata(name: pair[0], value: pair[1]) }
            lines.appendRow(stream: row.stream, timestamp: row.timestamp, copying: row.line)
            arrivals.append(row.arrival)
        }
    }
}

extension BlockReader {
    /// All rows, decoded into a batch that may hold anything from before.
    func rows(reusing batch: inout LineBatch) throws -> [Row] {
        var arrivals: [Int64]? = []
        try decode(into: &batch, arrivals: &arrivals, needsLines: true, needsMetadata: true)
        return (0..<batch.count).map { row in
            Row(
                stream: batch.streamIndexes[row], timestamp: batch.timestamps[row], arrival: arrivals?[row] ?? 0,
                line: bytes(batch, batch.lineOffsets[row], batch.lineLengths[row]),
                metadata: batch.metadata[batch.metadataRange(ofRow: row)].map {
                    [bytes(batch, $0.nameOffset, $0.nameLength), bytes(batch, $0.valueOffset, $0.valueLength)]
                })
        }
    }

    func rows() throws -> [Row] {
        var batch = LineBatch()
        return try rows(reusing: &batch)
    }

    private func bytes(_ batch: LineBatch, _ offset: UInt32, _ length: UInt32) -> [UInt8] {
        Array(batch.bytes[Int(offset)..<Int(offset) + Int(length)])
    }
}

/// What a block must give back: sorted by time, arrivals kept in order among equals, duplicates gone.
func expectedRows(_ rows: [Row]) -> [Row] {
    var seen: Set<Row> = []
    let kept = rows.filter { seen.insert($0.identity).inserted }
    return kept.enumerated().sorted {
        ($0.element.timestamp, $0.offset) < ($1.element.timestamp, $1.offset)
    }.map(\.element)
}

/// Rows of all shapes and sizes that a store may meet; the same for the same seed.
func randomRows(seed: UInt64) -> [Row] {
    var random = SeededGenerator(seed: seed)
    let count = [1, 2, 3, 40, 256, 257, 1025, 3000].randomElement(using: &random)!
    let streams: UInt32 = [1, 2, 700].randomElement(using: &random)!
    let hasMetadata = Bool.random(using: &random)
    let step: ClosedRange<Int64> = [
        0...0, 0...1, -5...900, 1_000_000...1_000_000, -9_000_000_000_000...9_000_000_000_000,
    ]
    .randomElement(using: &random)!
    var timestamp: Int64 = [0, -1_700_000_000_000_000_000, 1_700_000_000_000_000_000].randomElement(using: &random)!
    var rows: [Row] = []
    for index in 0..<count {
        timestamp += Int64.random(in: step, using: &random)
        if let last = rows.last, Int.random(in: 0..<20, using: &random) == 0 {
            rows.append(last)
            continue
        }
        rows.append(
            Row(
                stream: UInt32.random(in: 0..<streams, using: &random) * 3_000_000, timestamp: timestamp,
                arrival: 1_700_000_000_000_000_000 + Int64(index / 100), line: randomLine(&random),
                metadata: hasMetadata ? randomMetadata(&random) : []))
    }
    return rows
}

private func randomLine(_ random: inout SeededGenerator) -> [UInt8] {
    switch Int.random(in: 0..<2000, using: &random) {
    case 0: return random.bytes(Int.random(in: 65_536...300_000, using: &random))
    case 1...200: return []
    case 201...400: return random.bytes(Int.random(in: 0..<80, using: &random))
    case 401...500: return [0, 0xff, 0xfe, 0, 10]
    default:
        let status = [200, 404, 500].randomElement(using: &random)!
        return Array("GET /orders/\(UInt8.random(in: 0...255, using: &random)) \(status)".utf8)
    }
}

private func randomMetadata(_ random: inout SeededGenerator) -> [[[UInt8]]] {
    (0..<[0, 0, 1, 2, 5].randomElement(using: &random)!).map { _ in
        let name = Array(["trace_id", "pod", "", "é\u{0}"].randomElement(using: &random)!.utf8)
        let value =
            Bool.random(using: &random) ? Array("pod-7".utf8) : random.bytes(Int.random(in: 0..<20, using: &random))
        return [name, value]
    }
}
