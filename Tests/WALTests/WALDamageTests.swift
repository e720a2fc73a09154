import Testing
import WeirBytes
import WeirModel
import WeirStore
import WeirSystem
import WeirTesting

@Suite struct WALDamageTests {
    /// A log of three records in one file: its bytes, and where the last record starts and ends.
    private func sample() throws -> (bytes: [UInt8], last: Range<Int>, texts: [String]) {
        let fixture = LogFixture()
        let log = try fixture.open()
        let pushes = [SamplePush.rows(3), SamplePush.encoded(1), SamplePush.rows(7)]
        for push in pushes { _ = try log.enqueue(push) }
        log.close()
        let bytes = try fixture.disk.contents(of: LogFixture.folder + "/0000000000000001.wal")
        var start = 4096
        for _ in 0..<2 { start = end(ofRecordAt: start, in: bytes) }
        return (bytes, start..<end(ofRecordAt: start, in: bytes), pushes.map(SamplePush.text))
    }

    private func end(ofRecordAt start: Int, in bytes: [UInt8]) -> Int {
        let length = (0..<4).reduce(0) { $0 | Int(bytes[start + $1]) << (8 * $1) }
        return start + (24 + length + 7) / 8 * 8
    }

    @Test(arguments: ["zeros", "old bytes", "the end of the file"])
    func `a tail torn at any byte of the last record is cut`(behind: String) throws {
        let (bytes, last, texts) = try sample()
        var random = SeededGenerator(seed: 5)
        for cut in last {
            var torn = Array(bytes[..<cut])
            let rest = bytes.count - cut
            switch behind {
            case "zeros": torn.append(contentsOf: repeatElement(0, count: rest))
            case "old bytes": torn.append(contentsOf: random.bytes(rest))
            default: break
            }
            let isWhole = torn.count >= last.upperBound && torn[..<last.upperBound] == bytes[..<last.upperBound]
            let found = try LogFixture.replay(ofFile: torn)
            #expect(found.records.map(SamplePush.text) == Array(texts.prefix(isWhole ? 3 : 2)))
            #expect(found.corruptions.isEmpty)
            #expect(found.nextLSN == (isWhole ? 4 : 3))
            guard cut > last.lowerBound, !isWhole else { continue }
            // Up to eight bytes at the end of a file are too few to tell.
            guard torn.count - last.lowerBound >= 8 else { continue }
            #expect(found.tornTails.map(\.byteOffset) == [last.lowerBound])
        }
    }

    @Test func `a flipped bit anywhere is reported with its file and hides at most its record`() throws {
        let (bytes, last, texts) = try sample()
        // Most of the header is zeros; every fifth byte of it says enough.
        for offset in 0..<last.upperBound + 8 where offset >= 4096 || offset % 2048 < 64 || offset % 5 == 0 {
            var damaged = bytes
            damaged[offset] ^= 1 << UInt8(offset % 8)
            let found = try LogFixture.replay(ofFile: damaged)
            let remarks = found.corruptions + found.tornTails
            #expect(remarks.count == 1, "byte \(offset)")
            #expect(remarks.first?.path == LogFixture.folder + "/0000000000000001.wal")
            #expect(abs((remarks.first?.byteOffset ?? .max) - offset) < max(2048, last.count * 4))
            let expected = offset < 4096 || offset >= last.upperBound ? 3 : 2
            #expect(found.records.count == expected, "byte \(offset)")
            #expect(found.records.allSatisfy { texts[Int($0.lsn) - 1] == SamplePush.text($0) })
        }
    }

    @Test func `damage to a record that was synced is corruption, not a torn tail`() async throws {
        let fixture = LogFixture()
        let log = try fixture.open()
        for number in 0..<3 { try await log.waitUntilDurable(try log.enqueue(SamplePush.encoded(number))) }
        log.close()
        fixture.disk.corrupt(LogFixture.folder + "/0000000000000001.wal", at: 4096 + 30) { ~$0 }
        let found = try fixture.replay()
        #expect(found.records.map(\.lsn) == [2, 3])
        #expect(found.corruptions.map(\.byteOffset) == [4096])
        #expect(found.tornTails.isEmpty)
    }

    @Test func `a tail that a later file proves complete is corruption when it is not`() async throws {
        let fixture = LogFixture()
        let log = try fixture.open()
        try await log.waitUntilDurable(try log.enqueue(SamplePush.encoded(0)))
        _ = log.cut()
        try await log.waitUntilDurable(try log.enqueue(SamplePush.encoded(1)))
        log.close()
        fixture.disk.corrupt(LogFixture.folder + "/0000000000000001.wal", at: 4096 + 30) { ~$0 }
        let found = try fixture.replay()
        #expect(found.records.map(\.lsn) == [2])
        #expect(found.corruptions.map(\.byteOffset) == [4096])
    }

    @Test func `a torn tail stays one after later files were written`() async throws {
        let fixture = LogFixture()
        let first = try fixture.open(seed: 1)
        for number in 0..<2 { try await first.waitUntilDurable(try first.enqueue(SamplePush.encoded(number))) }
        first.close()
        let path = LogFixture.folder + "/0000000000000001.wal"
        let bytes = try fixture.disk.contents(of: path)
        fixture.disk.corrupt(path, at: end(ofRecordAt: 4096, in: bytes) + 30) { ~$0 }
        let second = try fixture.open(seed: 2)
        let ticket = try second.enqueue(SamplePush.encoded(2))
        #expect(ticket.lsn == 2)
        second.close()
        let found = try fixture.replay()
        #expect(found.records.map(\.lsn) == [1, 2])
        #expect(found.corruptions.isEmpty)
        #expect(found.tornTails.count == 1)
    }

    @Test func `records of a file's earlier use stay hidden, in the same process and the next`() async throws {
        var fixture = LogFixture()
        fixture.configuration.poolFilesMax = 1
        for seed in 0..<3 {
            let log = try fixture.open(seed: UInt64(seed))
            for round in 0..<2 {
                // Equal sizes, so that old records stand exactly where new ones would be looked for.
                let count = round == 0 ? 8 : 2
                for _ in 0..<count { try await log.waitUntilDurable(try log.enqueue(SamplePush.encoded(4))) }
                let last = log.cut()
                let found = try fixture.replay()
                #expect(found.records.count == count)
                #expect(found.records.last?.lsn == last)
                #expect(found.corruptions.isEmpty && found.tornTails.isEmpty)
                try log.release(throughLSN: last)
            }
            log.close()
        }
    }

    @Test(arguments: UInt64(0)..<100)
    func `random damage never stops a replay and invents nothing`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var fixture = LogFixture()
        fixture.configuration.fileBytesMax = 8 << 10
        let log = try fixture.open(seed: seed)
        for number in 0..<12 {
            _ = try log.enqueue(SamplePush.any(number))
            if number % 5 == 4 { _ = log.cut() }
        }
        log.close()
        for name in try fixture.disk.list(LogFixture.folder) where name != "pool" {
            let path = LogFixture.folder + "/" + name
            let file = try fixture.disk.open(path, .update)
            if Int.random(in: 0..<8, using: &random) == 0 {
                try file.truncate(to: Int.random(in: 0...file.size(), using: &random))
            }
            for _ in 0..<Int.random(in: 0..<6, using: &random) {
                let start = try Int.random(in: 0..<max(1, file.size()), using: &random)
                for offset in start..<start + Int.random(in: 1..<40, using: &random) {
                    let byte = UInt8(truncatingIfNeeded: random.next())
                    fixture.disk.corrupt(path, at: offset) { _ in byte }
                }
            }
        }
        let found = try fixture.replay()
        #expect(found.records.map(\.lsn) == Set(found.records.map(\.lsn)).sorted())
        for record in found.records {
            #expect(SamplePush.text(record) == SamplePush.text(SamplePush.any(Int(record.lsn) - 1)))
        }
        try WALInspection(path: LogFixture.folder, fileSystem: fixture.disk).forEachLine { _ in }
    }

    @Test(arguments: UInt64(0)..<100)
    func `a payload of any bytes under a right checksum is refused or read`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var payload: [UInt8] = [1, 0x74] + [UInt8](repeating: 0, count: 8)
        for _ in 0..<Int.random(in: 0..<60, using: &random) {
            let isSmall = Bool.random(using: &random)
            payload.append(isSmall ? UInt8.random(in: 0..<4, using: &random) : UInt8(truncatingIfNeeded: random.next()))
        }
        let type = UInt8.random(in: 0..<4, using: &random)
        let found = try LogFixture.replay(ofFile: Self.handmadeLog(payload: payload, type: type))
        #expect(found.records.count + found.corruptions.count == 1)
        #expect(found.nextLSN == 2)
    }

    @Test func `a file made by hand after the format page is read`() throws {
        let payload = [3] + Array("abc".utf8) + littleEndian(77, 8) + [2] + Array("{}".utf8)
        let found = try LogFixture.replay(ofFile: Self.handmadeLog(payload: payload, type: 1))
        let expected = Push(
            tenant: Tenant("abc"), arrival: Timestamp(nanoseconds: 77), batch: LineBatch(),
            body: EncodedBody(encoding: .lokiJSON, bytes: Array("{}".utf8)))
        #expect(found.records.map(SamplePush.text) == [SamplePush.text(expected)])
    }

    @Test func `an inspection names every record and the torn tail`() throws {
        let (bytes, last, _) = try sample()
        let disk = SimulatedFileSystem()
        try disk.createFolder("/x")
        let file = try disk.open("/x/0000000000000001.wal", .create)
        try Array(bytes[..<(last.upperBound - 8)]).withUnsafeBytes { try file.write($0, at: 0) }
        var lines: [String] = []
        try WALInspection(path: "/x/0000000000000001.wal", fileSystem: disk).forEachLine { lines.append($0) }
        #expect(lines.count == 5)
        #expect(lines[2].contains("byte 4096: LSN 1, rows, tenant fake"))
        #expect(lines[3].contains("LSN 2, encoded body (lokiSnappyProtobuf), tenant tenant-1, arrival 1001, 50 bytes"))
        #expect(lines[4].contains("byte \(last.lowerBound): torn tail: a length of"))
    }

    private static func handmadeLog(payload: [UInt8], type: UInt8) -> [UInt8] {
        let fields = littleEndian(1, 8) + littleEndian(0xfeed, 8) + littleEndian(1, 8) + littleEndian(1, 8)
        var copy = Array("WEIRWAL\0".utf8) + littleEndian(1, 4) + littleEndian(4096, 4) + fields
        copy += [UInt8](repeating: 0, count: 2044 - copy.count)
        copy += littleEndian(Int(copy.withUnsafeBytes { CRC32C.checksum($0) }), 4)
        let seed = littleEndian(0xfeed, 8).withUnsafeBytes { CRC32C.checksum($0) }
        let length = littleEndian(payload.count, 4)
        var rest = littleEndian(1, 8) + [type, 0, 0, 0] + littleEndian(0, 4) + payload
        while (8 + rest.count) % 8 != 0 { rest.append(0) }
        let checksum = (length + rest).withUnsafeBytes { CRC32C.checksum($0, seed: seed) }
        return copy + copy + length + littleEndian(Int(checksum), 4) + rest + littleEndian(0, 8)
    }
}

private func littleEndian(_ value: Int, _ bytes: Int) -> [UInt8] {
    (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}
