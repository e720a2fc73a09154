import Testing
import WeirBytes
import WeirTesting

@Suite struct SnappyCodecTests {
    @Test(arguments: [0, 1, 60, 4096, 300_000])
    func `what is compressed comes back`(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 / 7) }
        let compressed = SnappyCodec.compress(bytes)
        #expect(try SnappyCodec.decompress(compressed, limit: count, spareBytes: 10) == bytes)
    }

    @Test func `a result longer than the limit is refused by the header alone`() {
        let compressed = SnappyCodec.compress([UInt8](repeating: 7, count: 1000))
        #expect(throws: DecompressionError.tooLarge(bytes: 1000, limit: 999)) {
            try SnappyCodec.decompress(compressed, limit: 999)
        }
    }

    @Test func `nothing and garbage are malformed`() {
        for bytes in [[], [0xff, 0xff], [0x10, 0x0a]] as [[UInt8]] {
            #expect(throws: DecompressionError.malformed("snappy: corrupt input")) {
                try SnappyCodec.decompress(bytes, limit: 1 << 20)
            }
        }
    }

    @Test(arguments: 1...20)
    func `a block with a flipped bit is refused or restored, never read past its end`(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let text = (0..<2000).map { _ in UInt8.random(in: 97...100, using: &random) }
        var compressed = SnappyCodec.compress(text)
        let position = Int.random(in: 0..<compressed.count, using: &random)
        compressed[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        let restored = try? SnappyCodec.decompress(compressed, limit: 1 << 20)
        #expect((restored?.count ?? 0) <= 1 << 20)
    }
}
