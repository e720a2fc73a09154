import WeirBytes
import WeirModel

/// The codecs below a block, over the same lines.
enum CodecBenchmark {
    static func all(_ corpus: Corpus) -> [Benchmark] {
        let plain = Array(corpus.batch.bytes.prefix(256 << 10))
        var stored = [UInt8](repeating: 0, count: LZ4Codec.storedBytesMax(plainBytes: plain.count))
        let storedBytes = compress(plain, &stored, .fast)
        let packed = Array(stored[..<storedBytes])
        var room = stored
        var target = plain
        return [
            Benchmark(name: "lz4: compress 256 KiB", bytes: plain.count, lines: 0) {
                precondition(compress(plain, &room, .fast) > 0)
            },
            Benchmark(name: "lz4: compress 256 KiB, high effort", bytes: plain.count, lines: 0) {
                precondition(compress(plain, &room, .high) > 0)
            },
            Benchmark(name: "lz4: decompress 256 KiB", bytes: plain.count, lines: 0) {
                packed.withUnsafeBytes { packed in
                    target.withUnsafeMutableBytes { precondition(LZ4Codec.decompress(packed, into: $0)) }
                }
            },
            Benchmark(name: "crc32c: 256 KiB", bytes: plain.count, lines: 0) {
                plain.withUnsafeBytes { precondition(CRC32C.checksum($0) != 0) }
            },
        ]
    }

    private static func compress(_ plain: [UInt8], _ stored: inout [UInt8], _ effort: LZ4Codec.Effort) -> Int {
        plain.withUnsafeBytes { plain in
            stored.withUnsafeMutableBytes { LZ4Codec.compress(plain, into: $0, effort: effort) ?? 0 }
        }
    }
}
