import Testing
import WeirModel
import WeirStore
import WeirSystem
import WeirTesting

@Suite struct SegmentTests {
    @Test(arguments: 0..<10 as Range<UInt64>)
    func `a segment gives back every row of its blocks`(seed: UInt64) throws {
        let files = SimulatedFileSystem()
        try files.createFolder("/data")
        let blocks = (0..<5).map { randomRows(seed: seed * 5 + $0) }
        let summary = try writeSegment(blocks, to: try files.open("/data/a", .create))
        let segment = try SegmentReader.open(file: try files.open("/data/a", .read))
        #expect(segment.summary == summary)
        #expect(segment.blocks.count == blocks.count)
        let rows = blocks.map(expectedRows)
        for (index, expected) in rows.enumerated() {
            #expect(try segment.readBlock(index).rows() == expected)
        }
        let all = rows.flatMap { $0 }
        #expect(summary.rows == all.count)
        #expect(summary.rawBytes == all.reduce(0) { $0 + $1.line.count })
        #expect(summary.minTimestamp == all.map(\.timestamp).min())
        #expect(summary.maxTimestamp == all.map(\.timestamp).max())
        #expect(summary.streams == Set(all.map(\.stream)).sorted())
        for stream in segment.streams.prefix(20) {
            let mine = all.filter { $0.stream == stream.extent.stream }
            #expect(Int(stream.extent.rows) == mine.count)
            #expect(stream.extent.minTimestamp == mine.map(\.timestamp).min())
            #expect(stream.extent.maxTimestamp == mine.map(\.timestamp).max())
            let holding = rows.indices.filter { block in rows[block].contains { $0.stream == stream.extent.stream } }
            #expect(segment.blocks(of: stream).map { Int($0) } == holding)
        }
    }

    @Test func `streams are found by id`() throws {
        let files = SimulatedFileSystem()
        try files.createFolder("/data")
        let rows = [3, 9, 12].map { Row(stream: $0, timestamp: 1, arrival: 1, line: [65]) }
        _ = try writeSegment([rows], to: try files.open("/data/a", .create))
        let segment = try SegmentReader.open(file: try files.open("/data/a", .read))
        #expect(segment.stream(9)?.extent.rows == 1)
        #expect(segment.stream(10) == nil)
        #expect(segment.stream(0) == nil)
        #expect(segment.stream(.max) == nil)
    }

    @Test func `a block read without lines has all but the lines, and its memory serves the next`() throws {
        let files = SimulatedFileSystem()
        try files.createFolder("/data")
        let blocks = (20..<26 as Range<UInt64>).map { randomRows(seed: $0) }
        _ = try writeSegment(blocks, to: try files.open("/data/a", .create))
        let segment = try SegmentReader.open(file: try files.open("/data/a", .read))
        var block = try segment.readBlock(0)
        for (index, rows) in blocks.enumerated() {
            var timestamps: [Int64] = []
            try segment.readBlock(index, needsLines: false, into: &block)
            try block.readTimestamps(into: &timestamps)
            #expect(timestamps == expectedRows(rows).map(\.timestamp))
            try segment.readBlock(index, needsLines: true, into: &block)
            #expect(try block.rows() == expectedRows(rows))
        }
    }

    @Test func `a full disk is the caller's to know`() throws {
        let files = SimulatedFileSystem(bytesMax: 1000)
        try files.createFolder("/data")
        let file = try files.open("/data/a", .create)
        let rows = (0..<3000).map {
            Row(stream: 1, timestamp: Int64($0), arrival: 0, line: Array("\($0 &* 7919)".utf8))
        }
        #expect(throws: FileError.self) { try writeSegment([rows], to: file) }
    }
}

@discardableResult
func writeSegment(_ blocks: [[Row]], to file: any File) throws -> SegmentSummary {
    var writer = BlockWriter()
    var segment = SegmentWriter(file: file, id: SegmentID(high: 0x0193_4f2a_9c00_1234, low: 0x5678_9abc_def0_1234))
    for rows in blocks { try segment.append(writer.encode(BlockRows(rows))) }
    return try segment.finish()
}
