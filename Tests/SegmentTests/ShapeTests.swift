import Testing
import WeirModel
import WeirStore
import WeirTesting

/// Lines that were taken apart come back byte for byte, all of them or some, whatever they hold.
@Suite struct ShapeTests {
    @Test(arguments: LineGenerator.Kind.allCases, 0..<4 as Range<UInt64>)
    func `lines of any kind come back byte for byte`(kind: LineGenerator.Kind, seed: UInt64) throws {
        let rows = rows(kind, seed: seed)
        var writer = BlockWriter(effort: [.fast, .high, .smallest][Int(seed % 3)])
        let block = writer.encode(BlockRows(rows))
        #expect(try BlockReader(block).rows() == expectedRows(rows))
        var lengths: [UInt32] = []
        try BlockReader(block).readLineLengths(into: &lengths)
        #expect(lengths.map { Int($0) } == expectedRows(rows).map(\.line.count))
    }

    @Test(arguments: LineGenerator.Kind.allCases, 0..<3 as Range<UInt64>)
    func `some lines are what they are among all`(kind: LineGenerator.Kind, seed: UInt64) throws {
        let expected = expectedRows(rows(kind, seed: seed + 100)).map(\.line)
        var writer = BlockWriter()
        let reader = BlockReader(writer.encode(BlockRows(rows(kind, seed: seed + 100))))
        var random = SeededGenerator(seed: seed)
        var batch = LineBatch()
        for share in [0, 1, 50, 100] {
            let wanted = expected.indices.filter { _ in Int.random(in: 0..<100, using: &random) < share }
            try reader.readLines(ofRows: wanted.map { UInt32($0) }, into: &batch)
            #expect(lines(of: batch) == wanted.map { expected[$0] })
        }
    }

    @Test func `one writer serves blocks of different kinds`() throws {
        var writer = BlockWriter()
        var batch = LineBatch()
        for (index, kind) in (LineGenerator.Kind.allCases + LineGenerator.Kind.allCases.reversed()).enumerated() {
            let rows = rows(kind, seed: UInt64(index))
            #expect(try BlockReader(writer.encode(BlockRows(rows))).rows(reusing: &batch) == expectedRows(rows))
        }
    }

    @Test func `lines that are alike get shapes and become small`() throws {
        var writer = BlockWriter()
        for kind in [LineGenerator.Kind.json, .logfmt, .text] {
            let rows = rows(kind, seed: 1, count: 1000)
            let block = writer.encode(BlockRows(rows))
            #expect(block.entry.shapeCount > 0)
            #expect(!block.entry.flags.contains(.rawLinesOnly))
            #expect(Int(block.entry.length) * 3 < rows.reduce(0) { $0 + $1.line.count })
        }
    }

    @Test func `lines with nothing in common are kept whole`() {
        var writer = BlockWriter()
        let rows = rows(.bytes, seed: 3, count: 500)
        let block = writer.encode(BlockRows(rows))
        #expect(Int(block.entry.length) < rows.reduce(0) { $0 + $1.line.count } * 11 / 10 + 2000)
    }

    @Test func `a line at the guards' edges comes back`() throws {
        let manyHoles = (0..<257).map { "\($0)" }.joined(separator: " ")
        let fewHoles = (0..<256).map { "\($0)" }.joined(separator: " ")
        let deep = String(repeating: #"{"a":"#, count: 9) + "1" + String(repeating: "}", count: 9)
        let long = "{\"a\":\"" + String(repeating: "x", count: 64 << 10) + "\"}"
        let lines = [manyHoles, fewHoles, deep, long, String(deep.dropFirst(5).dropLast()), String(long.dropFirst(9))]
        let rows = (0..<200).map { index in
            Row(stream: 1, timestamp: Int64(index), arrival: 0, line: Array(lines[index % lines.count].utf8))
        }
        var writer = BlockWriter()
        #expect(try BlockReader(writer.encode(BlockRows(rows))).rows() == rows)
    }

    @Test func `thousands of shapes end in lines kept whole`() throws {
        let rows = (0..<9_000).map { index in
            let word = String(index / 3, radix: 26).map { String(UnicodeScalar($0.asciiValue! % 26 + 97)) }.joined()
            return Row(stream: 1, timestamp: Int64(index), arrival: 0, line: Array("\(word) \(index)".utf8))
        }
        var writer = BlockWriter()
        #expect(try BlockReader(writer.encode(BlockRows(rows))).rows() == rows)
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func `columns of shapes that nobody wrote end in rows or an error`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let sound = try SegmentBytes([rows(.mixed, seed: seed, count: 300)])
        let entry = try sound.open().blocks[0]
        for _ in 0..<60 {
            var damaged = sound
            let start = Int(entry.offset) + Int.random(in: 0..<Int(entry.length), using: &random)
            for offset
                in start..<min(start + Int.random(in: 1...6, using: &random), Int(entry.offset + UInt64(entry.length)))
            {
                damaged.bytes[offset] = [0, 1, 0x7f, 0xff, UInt8.random(in: 0...255, using: &random)]
                    .randomElement(using: &random)!
            }
            damaged.reseal()
            do {
                _ = try damaged.open().readBlock(0).rows()
                var batch = LineBatch()
                try damaged.open().readBlock(0).readLines(ofRows: [3, 77, 200], into: &batch)
            } catch let error as CorruptionError {
                #expect(error.path == SegmentBytes.path)
                #expect((0...damaged.bytes.count).contains(error.byteOffset), "\(error)")
            }
        }
    }

    private func rows(_ kind: LineGenerator.Kind, seed: UInt64, count: Int? = nil) -> [Row] {
        var random = SeededGenerator(seed: seed)
        var lines = LineGenerator(kind, seed: seed)
        let count = count ?? [1, 7, 70, 300, 900].randomElement(using: &random)!
        return (0..<count).map { index in
            Row(
                stream: UInt32(index % 2), timestamp: 1_700_000_000_000_000_000 + Int64(index) * 1_000_000, arrival: 5,
                line: lines.next())
        }
    }

    private func lines(of batch: LineBatch) -> [[UInt8]] {
        zip(batch.lineOffsets, batch.lineLengths).map { Array(batch.bytes[Int($0)..<Int($0) + Int($1)]) }
    }
}
