import WeirModel
import WeirStore

/// Encoding and decoding of blocks of 1 MiB.
enum BlockBenchmark {
    static func all(_ corpus: Corpus) -> [Benchmark] {
        let single = rows(corpus.blocks(streams: 1))
        let several = rows(corpus.blocks(streams: Corpus.streamCount))
        var writer = BlockWriter()
        let blocks = several.map { writer.encode($0) }
        return [
            encode("block: encode, one stream", single),
            encode("block: encode, 50 streams", several),
            encode("block: encode, 50 streams, out of order", several.map(shuffled)),
            encode("block: encode, 50 streams, seconds", several.map { rounded($0, to: 1_000_000_000) }),
            encode("block: encode, 50 streams, high effort", Array(several.prefix(4)), effort: .high),
            decode("block: decode all", blocks, lines: true),
            decode("block: decode times and streams", blocks, lines: false),
            timestamps(blocks),
        ]
    }

    private static func rows(_ batches: [LineBatch]) -> [BlockRows] {
        batches.enumerated().map { index, lines in
            let arrivals = (0..<lines.count).map { 1_700_000_000_000_000_000 + Int64(index) + Int64($0 / 1000) }
            return BlockRows(lines: lines, arrivals: arrivals)
        }
    }

    private static func bytes(_ rows: [BlockRows]) -> Int { rows.reduce(0) { $0 + $1.lines.lineBytes } }
    private static func count(_ rows: [BlockRows]) -> Int { rows.reduce(0) { $0 + $1.lines.count } }

    /// Rows as pushes of several agents leave them: neighbours swapped, up to 100 rows apart.
    private static func shuffled(_ rows: BlockRows) -> BlockRows {
        var rows = rows
        for row in stride(from: 0, to: rows.lines.count - 100, by: 3) {
            rows.lines.timestamps.swapAt(row, row + (row * 31) % 100)
        }
        return rows
    }

    private static func rounded(_ rows: BlockRows, to step: Int64) -> BlockRows {
        var rows = rows
        for row in 0..<rows.lines.count { rows.lines.timestamps[row] -= rows.lines.timestamps[row] % step }
        return rows
    }

    private static func encode(
        _ name: String, _ rows: [BlockRows], effort: ColumnEffort = .fast
    ) -> Benchmark {
        var writer = BlockWriter(effort: effort)
        return Benchmark(name: name, bytes: bytes(rows), lines: count(rows)) {
            for part in rows { precondition(!writer.encode(part).columns.isEmpty) }
        }
    }

    private static func decode(_ name: String, _ blocks: [EncodedBlock], lines: Bool) -> Benchmark {
        let readers = blocks.map { BlockReader($0) }
        var batch = LineBatch()
        var none: [Int64]?
        return Benchmark(name: name, bytes: rawBytes(blocks), lines: rowCount(blocks)) {
            for reader in readers {
                try reader.decode(into: &batch, arrivals: &none, needsLines: lines, needsMetadata: lines)
            }
        }
    }

    private static func timestamps(_ blocks: [EncodedBlock]) -> Benchmark {
        let readers = blocks.map { BlockReader($0) }
        var timestamps: [Int64] = []
        return Benchmark(name: "block: decode times", bytes: rowCount(blocks) * 8, lines: rowCount(blocks)) {
            for reader in readers { try reader.readTimestamps(into: &timestamps) }
        }
    }

    private static func rawBytes(_ blocks: [EncodedBlock]) -> Int { blocks.reduce(0) { $0 + Int($1.entry.rawBytes) } }
    private static func rowCount(_ blocks: [EncodedBlock]) -> Int { blocks.reduce(0) { $0 + Int($1.entry.rows) } }
}
