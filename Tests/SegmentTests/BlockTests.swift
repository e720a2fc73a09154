import Testing
import WeirBytes
import WeirModel
import WeirStore
import WeirTesting

@Suite struct BlockTests {
    @Test(arguments: 0..<60 as Range<UInt64>)
    func `rows come back byte for byte, in the order of time and without duplicates`(seed: UInt64) throws {
        let rows = randomRows(seed: seed)
        var writer = BlockWriter(effort: seed.isMultiple(of: 2) ? .fast : .high)
        let block = writer.encode(BlockRows(rows))
        let expected = expectedRows(rows)
        #expect(try BlockReader(block).rows() == expected)
        #expect(Int(block.entry.rows) == expected.count)
        #expect(Int(block.entry.rawBytes) == expected.reduce(0) { $0 + $1.line.count })
        #expect(block.entry.minTimestamp == expected.first?.timestamp)
        #expect(block.entry.maxTimestamp == expected.last?.timestamp)
        #expect(block.streams.map(\.stream) == Set(rows.map(\.stream)).sorted())
        for extent in block.streams.prefix(20) {
            let mine = expected.filter { $0.stream == extent.stream }
            #expect(Int(extent.rows) == mine.count)
            #expect(extent.minTimestamp == mine.first?.timestamp)
            #expect(extent.maxTimestamp == mine.last?.timestamp)
            #expect(Int(extent.rawBytes) == mine.reduce(0) { $0 + $1.line.count })
        }
    }

    @Test func `a writer, a batch and their memory serve one block after the other`() throws {
        var writer = BlockWriter()
        var batch = LineBatch()
        for seed in 100..<140 as Range<UInt64> {
            let rows = randomRows(seed: seed)
            let block = writer.encode(BlockRows(rows))
            #expect(try BlockReader(block).rows(reusing: &batch) == expectedRows(rows))
        }
    }

    @Test func `rows of equal time stay in order of arrival`() throws {
        let lines = ["second", "first", "third", "also second", "x"]
        let rows = lines.enumerated().map { index, line in
            Row(stream: 1, timestamp: index == 1 ? 4 : 5, arrival: Int64(index), line: Array(line.utf8))
        }
        var writer = BlockWriter()
        let decoded = try BlockReader(writer.encode(BlockRows(rows))).rows()
        #expect(
            decoded.map { String(decoding: $0.line, as: UTF8.self) } == [
                "first", "second", "third", "also second", "x",
            ])
    }

    @Test func `only the same stream, time, line and metadata make a duplicate, and the first stays`() throws {
        let one = Row(stream: 1, timestamp: 5, arrival: 1, line: [65], metadata: [[[97], [98]]])
        var later = one
        later.arrival = 2
        var otherStream = one
        otherStream.stream = 2
        var otherLine = one
        otherLine.line = [66]
        var otherMetadata = one
        otherMetadata.metadata = [[[97], [99]]]
        var noMetadata = one
        noMetadata.metadata = []
        var otherTime = one
        otherTime.timestamp = 6
        let rows = [one, later, otherStream, otherLine, otherMetadata, noMetadata, otherTime, later]
        var writer = BlockWriter()
        let decoded = try BlockReader(writer.encode(BlockRows(rows))).rows()
        #expect(decoded == [one, otherStream, otherLine, otherMetadata, noMetadata, otherTime])
    }

    @Test func `single columns come without the others`() throws {
        let rows = randomRows(seed: 7)
        let expected = expectedRows(rows)
        var writer = BlockWriter()
        let reader = BlockReader(writer.encode(BlockRows(rows)))
        var timestamps: [Int64] = [1, 2, 3]
        var streams: [UInt32] = []
        var lengths: [UInt32] = []
        var arrivals: [Int64] = []
        try reader.readTimestamps(into: &timestamps)
        try reader.readStreams(into: &streams)
        try reader.readLineLengths(into: &lengths)
        try reader.readArrivals(into: &arrivals)
        #expect(timestamps == expected.map(\.timestamp))
        #expect(streams == expected.map(\.stream))
        #expect(lengths.map { Int($0) } == expected.map(\.line.count))
        #expect(arrivals == expected.map(\.arrival))
    }

    @Test func `without lines and metadata every line is empty and rows have no pairs`() throws {
        let rows = randomRows(seed: 11)
        var writer = BlockWriter()
        let reader = BlockReader(writer.encode(BlockRows(rows)))
        var batch = LineBatch()
        _ = try reader.rows(reusing: &batch)
        var arrivals: [Int64]?
        try reader.decode(into: &batch, arrivals: &arrivals, needsLines: false, needsMetadata: false)
        #expect(batch.timestamps == expectedRows(rows).map(\.timestamp))
        #expect(batch.lineBytes == 0)
        #expect(batch.metadataEnds.isEmpty)
        #expect(arrivals == nil)
    }

    @Test func `the full range of times and 65,535 rows fit`() throws {
        let ends = [Int64.min, -1, 0, 1, Int64.max].map { Row(stream: .max, timestamp: $0, arrival: $0, line: []) }
        var writer = BlockWriter()
        #expect(try BlockReader(writer.encode(BlockRows(ends))).rows() == ends)
        let many = (0..<BlockEntry.rowsMax).map { (number: Int) -> Row in
            let line = [UInt8(number & 255)]
            return Row(
                stream: UInt32(number % 9), timestamp: Int64(number / 5000), arrival: Int64(number % 7), line: line)
        }
        #expect(try BlockReader(writer.encode(BlockRows(many))).rows() == expectedRows(many))
    }

    @Test func `flags say what the lines hold`() {
        func flags(_ lines: [String]) -> BlockEntry.Flags {
            var writer = BlockWriter()
            return writer.encode(
                BlockRows(
                    lines.enumerated().map {
                        Row(stream: 1, timestamp: Int64($0), arrival: 0, line: Array($1.utf8))
                    })
            ).entry.flags
        }
        #expect(flags(["plain", "text 123"]) == [.singleStream, .rawLinesOnly, .allASCII])
        #expect(flags(["eight by\u{0}te"]) == [.singleStream, .rawLinesOnly, .allASCII, .hasNUL])
        #expect(flags(["\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}"]) == [.singleStream, .rawLinesOnly, .allASCII])
        #expect(flags(["grün"]) == [.singleStream, .rawLinesOnly])
        #expect(flags(["5 \u{212A}"]) == [.singleStream, .rawLinesOnly, .foldsToASCII])
        #expect(flags(["\u{17F}"]) == [.singleStream, .rawLinesOnly, .foldsToASCII])
    }

    @Test func `a block without rows stops the process`() async {
        await #expect(processExitsWith: .failure) {
            var writer = BlockWriter()
            _ = writer.encode(BlockRows())
        }
    }
}
