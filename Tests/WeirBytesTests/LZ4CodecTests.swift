import Testing
import WeirBytes
import WeirTesting

@Suite struct LZ4CodecTests {
    @Test(arguments: [LZ4Codec.Effort.fast, .high], [0, 1, 12, 13, 1000, 300_000])
    func `bytes come back`(effort: LZ4Codec.Effort, count: Int) {
        var random = SeededGenerator(seed: UInt64(count))
        for plain in [random.bytes(count), [UInt8](repeating: 65, count: count)] {
            let stored = compress(plain, effort)
            #expect(decompress(stored, count: count) == plain)
        }
    }

    @Test func `repetition shrinks`() {
        #expect(compress([UInt8](repeating: 65, count: 100_000), .fast).count < 1000)
    }

    @Test func `room that is too small gives nil`() {
        var random = SeededGenerator(seed: 1)
        let plain = random.bytes(1000)
        var room = [UInt8](repeating: 0, count: 999)
        let written = plain.withUnsafeBytes { plain in
            room.withUnsafeMutableBytes { LZ4Codec.compress(plain, into: $0) }
        }
        #expect(written == nil)
    }

    @Test func `another length than was compressed is refused`() {
        let stored = compress([UInt8](repeating: 65, count: 1000), .fast)
        #expect(decompress(stored, count: 999) == nil)
        #expect(decompress(stored, count: 1001) == nil)
        #expect(decompress([], count: 0) == nil)
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `broken input is refused or gives bytes, never more than asked for`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let plain = (0..<500).map { UInt8($0 % 7) }
        var stored = compress(plain, .fast)
        stored[Int.random(in: stored.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
        if let bytes = decompress(stored, count: 500) { #expect(bytes.count == 500) }
    }

    private func compress(_ plain: [UInt8], _ effort: LZ4Codec.Effort) -> [UInt8] {
        var stored = [UInt8](repeating: 0, count: LZ4Codec.storedBytesMax(plainBytes: plain.count))
        let count = plain.withUnsafeBytes { plain in
            stored.withUnsafeMutableBytes { LZ4Codec.compress(plain, into: $0, effort: effort) }
        }
        return Array(stored.prefix(count ?? 0))
    }

    private func decompress(_ stored: [UInt8], count: Int) -> [UInt8]? {
        var plain = [UInt8](repeating: 0, count: count)
        let isSound = stored.withUnsafeBytes { stored in
            plain.withUnsafeMutableBytes { LZ4Codec.decompress(stored, into: $0) }
        }
        return isSound ? plain : nil
    }
}
