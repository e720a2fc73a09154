import Testing
import WeirBytes

@Suite struct InflateCodecTests {
    private let text = Array(repeatElement("level=info msg=hello\n", count: 5000).joined().utf8)

    @Test func `gzip comes back`() throws {
        let packed = InflateCodec.compressGzip(text)
        #expect(packed.count < text.count / 10)
        #expect(try InflateCodec.decompress(packed, format: .gzip, limit: text.count) == text)
    }

    @Test func `gzip members one after another are one text`() throws {
        let packed = InflateCodec.compressGzip(text) + InflateCodec.compressGzip(Array("end".utf8))
        #expect(try InflateCodec.decompress(packed, format: .gzip, limit: 1 << 20) == text + Array("end".utf8))
    }

    @Test func `deflate comes back with and without the header of zlib`() throws {
        let bare = InflateCodec.compressDeflate(text)
        #expect(try InflateCodec.decompress(bare, format: .deflate, limit: text.count) == text)
        let zlib: [UInt8] = [0x78, 0x9c, 0x4b, 0x4c, 0x4a, 0x06, 0x00, 0x02, 0x4d, 0x01, 0x27]
        #expect(try InflateCodec.decompress(zlib, format: .deflate, limit: 10) == Array("abc".utf8))
    }

    @Test func `a bomb is stopped at the limit`() {
        let bomb = InflateCodec.compressGzip([UInt8](repeating: 0, count: 50 << 20))
        #expect {
            try InflateCodec.decompress(bomb, format: .gzip, limit: 1 << 20)
        } throws: { error in
            guard case DecompressionError.tooLarge(let bytes, let limit) = error else { return false }
            return limit == 1 << 20 && bytes < 2 << 20
        }
    }

    @Test func `plain text, cut text and nothing are told apart`() {
        func fault(_ bytes: [UInt8]) -> DecompressionError? {
            do throws(DecompressionError) {
                _ = try InflateCodec.decompress(bytes, format: .gzip, limit: 1 << 20)
                return nil
            } catch {
                return error
            }
        }
        #expect(fault(Array("{}".utf8)) == .malformed("gzip: invalid header"))
        #expect(fault([]) == .malformed("EOF"))
        #expect(fault(Array(InflateCodec.compressGzip(text).dropLast(9))) == .malformed("unexpected EOF"))
    }
}
