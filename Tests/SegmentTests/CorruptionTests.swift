import Testing
import WeirModel
import WeirStore
import WeirSystem
import WeirTesting

/// Invariants, whatever the bytes of a segment are:
/// 1. nothing traps, and nothing allocates beyond a multiple of the file;
/// 2. an error is a `CorruptionError` with the file's path and an offset inside the file;
/// 3. damage inside one block costs at most that block.
@Suite struct CorruptionTests {
    @Test func `a flipped bit costs at most its block, or is refused`() throws {
        let blocks = smallBlocks()
        let sound = try SegmentBytes(blocks)
        let expected = blocks.map(expectedRows)
        let payloads = try sound.open().blocks.map { Int($0.offset)..<Int($0.offset) + Int($0.length) }
        for offset in sound.bytes.indices {
            var damaged = sound
            damaged.bytes[offset] ^= 1 << UInt8(offset % 8)
            let hit = payloads.firstIndex { $0.contains(offset) }
            do {
                for (index, rows) in try damaged.read().enumerated() {
                    switch rows {
                    case .success(let rows): #expect(rows == expected[index], "byte \(offset)")
                    case .failure(let error):
                        #expect(index == hit, "byte \(offset) cost block \(index)")
                        check(error, in: damaged)
                    }
                }
            } catch {
                #expect(hit == nil, "byte \(offset) of block \(hit ?? 0) cost the segment")
                check(error, in: damaged)
            }
        }
    }

    @Test func `a file cut anywhere is refused`() throws {
        let sound = try SegmentBytes(smallBlocks())
        for length in sound.bytes.indices {
            var damaged = sound
            damaged.bytes.removeSubrange(length...)
            do {
                _ = try damaged.open()
                Issue.record("opened with \(length) of \(sound.bytes.count) bytes")
            } catch {
                check(error, in: damaged)
            }
        }
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `bytes that nobody wrote end in rows or an error even when checksums fit`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let blocks = smallBlocks(seed: seed)
        let sound = try SegmentBytes(blocks)
        for _ in 0..<150 {
            var damaged = sound
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let offset = Int.random(in: damaged.bytes.indices, using: &random)
                damaged.bytes[offset] =
                    [0, 1, 0x7f, 0x80, 0xff, UInt8.random(in: 0...255, using: &random)].randomElement(using: &random)!
            }
            damaged.reseal()
            try readEverything(damaged)
        }
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func `columns that nobody wrote end in rows or an error`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let sound = try SegmentBytes(smallBlocks(seed: seed + 50))
        let payloads = try sound.open().blocks.map { Int($0.offset)..<Int($0.offset) + Int($0.length) }
        for _ in 0..<150 {
            var damaged = sound
            let payload = payloads.randomElement(using: &random)!
            let start = Int.random(in: payload, using: &random)
            for offset in start..<min(start + Int.random(in: 1...8, using: &random), payload.upperBound) {
                damaged.bytes[offset] = UInt8.random(in: 0...255, using: &random)
            }
            damaged.reseal()
            try readEverything(damaged)
        }
    }

    @Test func `a newer major version is refused by name`() throws {
        var newer = try SegmentBytes(smallBlocks())
        newer.store(UInt16(2), at: 8)
        newer.reseal()
        let error = #expect(throws: CorruptionError.self) { try newer.open() }
        #expect(
            error?.description
                == "/data/a is damaged at byte 8: format version: expected 1, found 2; this needs a newer version of weir"
        )
        var newerFooter = try SegmentBytes(smallBlocks())
        newerFooter.store(UInt16(2), at: newerFooter.footer + 112)
        newerFooter.reseal()
        #expect(throws: CorruptionError.self) { try newerFooter.open() }
    }

    @Test func `a newer minor version and sections of unknown kind are read`() throws {
        let blocks = smallBlocks()
        var newer = try SegmentBytes(blocks)
        newer.store(UInt16(7), at: 10)
        newer.store(UInt16(7), at: newer.footer + 114)
        var entry = [UInt8](repeating: 0xee, count: 24)
        entry[0] = 99
        entry[1] = 0
        entry[2] = 0
        entry[3] = 0
        newer.bytes.insert(contentsOf: entry, at: newer.footer)
        newer.store(UInt32(5), at: newer.footer + 64)
        newer.reseal()
        #expect(try newer.read().map { try $0.get() } == blocks.map(expectedRows))
    }

    @Test func `an unknown encoding costs its block and is named`() throws {
        var newer = try SegmentBytes(smallBlocks())
        let columns = try #require(newer.section(3))
        newer.bytes[columns.lowerBound + 1] = 77
        newer.reseal()
        let results = try newer.read()
        let error = #expect(throws: CorruptionError.self) { try results[0].get() }
        #expect(error?.found == "id 77; written by a newer version of weir?")
        for result in results.dropFirst() { #expect(throws: Never.self) { try result.get() } }
    }

    @Test func `an unknown codec costs its block`() throws {
        var newer = try SegmentBytes(smallBlocks())
        let columns = try #require(newer.section(3))
        newer.bytes[columns.lowerBound + 2] = 3
        newer.reseal()
        let results = try newer.read()
        #expect(throws: CorruptionError.self) { try results[0].get() }
    }

    @Test func `columns of unknown kinds are skipped`() throws {
        let rows = [Row(stream: 4, timestamp: 9, arrival: 10, line: [65, 66])]
        var newer = try SegmentBytes([rows])
        // The arrival column becomes one that nobody asks for.
        let columns = try #require(newer.section(3))
        newer.bytes[columns.lowerBound + 56] = 200
        newer.reseal()
        let block = try newer.open().readBlock(0)
        var batch = LineBatch()
        var none: [Int64]?
        try block.decode(into: &batch, arrivals: &none, needsLines: true, needsMetadata: true)
        #expect(batch.lineText(ofRow: 0) == "AB")
        #expect(throws: CorruptionError.self) { try block.check() }
    }

    @Test func `inspection tells what is sound and where damage is`() throws {
        let files = SimulatedFileSystem()
        try files.createFolder("/data")
        let blocks = smallBlocks()
        let summary = try writeSegment(blocks, to: try files.open("/data/a", .create))
        func inspect() throws -> (isSound: Bool, lines: [String]) {
            var lines: [String] = []
            let isSound = try SegmentInspection(path: "/data/a", fileSystem: files).forEachLine { lines.append($0) }
            return (isSound, lines)
        }
        let sound = try inspect()
        #expect(sound.isSound)
        #expect(sound.lines.first == "segment \(summary.id) format 1.1")
        #expect(sound.lines.filter { $0.hasPrefix("stream ") }.count == summary.streams.count)
        #expect(sound.lines.filter { $0.hasPrefix("block ") && $0.hasSuffix(" crc ok") }.count == blocks.count)
        files.corrupt("/data/a", at: 70) { ~$0 }
        let damaged = try inspect()
        #expect(!damaged.isSound)
        #expect(
            damaged.lines.contains { $0.hasPrefix("  /data/a is damaged at byte 64: checksum of the timestamp column") }
        )
        files.corrupt("/data/a", at: summary.fileBytes - 20) { ~$0 }
        #expect(try inspect().lines.count == 1)
    }

    private func smallBlocks(seed: UInt64 = 3) -> [[Row]] {
        (0..<4 as Range<UInt64>).map { block in
            var random = SeededGenerator(seed: seed &* 100 &+ block)
            return (0..<Int.random(in: 1...12, using: &random)).map { index in
                let hasPairs = block == 1 || block == 2
                return Row(
                    stream: UInt32(block) * 10 + (block == 0 ? 0 : UInt32(index % 3)),
                    timestamp: 1_700_000_000_000_000_000 + Int64(block) * 1_000_000 + Int64(index) * 1000,
                    arrival: Int64(index / 4), line: Array("line \(index) aaaaaaaaaaaaaaaaaaaaaaaa".utf8),
                    metadata: hasPairs && index % 2 == 0 ? [[Array("pod".utf8), Array("p\(index)".utf8)]] : [])
            }
        }
    }

    /// Reads whatever opens in every way; only the kind of error is of interest.
    private func readEverything(_ damaged: SegmentBytes) throws {
        do {
            let segment = try damaged.open()
            for index in segment.blocks.indices {
                do {
                    _ = try segment.signature(ofBlock: index)
                    var timestamps: [Int64] = []
                    var lengths: [UInt32] = []
                    _ = try segment.readBlock(index, needsLines: false).readTimestamps(into: &timestamps)
                    let block = try segment.readBlock(index)
                    try block.readLineLengths(into: &lengths)
                    _ = try block.rows()
                } catch {
                    check(error, in: damaged)
                }
            }
            for stream in segment.streams { _ = segment.blocks(of: stream) }
        } catch {
            check(error, in: damaged)
        }
    }

    private func check(_ error: any Error, in damaged: SegmentBytes) {
        guard let corruption = error as? CorruptionError else {
            Issue.record("\(error)")
            return
        }
        #expect(corruption.path == SegmentBytes.path)
        #expect((0...damaged.bytes.count).contains(corruption.byteOffset), "\(corruption)")
    }
}
