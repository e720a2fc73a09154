import Testing
import WeirBytes

@Suite struct CRC32CTests {
    @Test func `the check value of the standard comes out`() {
        #expect(checksum(Array("123456789".utf8)) == 0xE306_9283)
    }

    @Test func `the vectors of RFC 3720 come out`() {
        #expect(checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(checksum([UInt8](repeating: 0xff, count: 32)) == 0x62A8_AB43)
        #expect(checksum((0..<32).map { UInt8($0) }) == 0x46DD_794E)
    }

    @Test func `nothing has the checksum of its seed`() {
        #expect(checksum([]) == 0)
        #expect(CRC32C.checksum(UnsafeRawBufferPointer(start: nil, count: 0), seed: 7) == 7)
    }

    @Test(arguments: 0...20)
    func `parts checked one after the other equal the whole`(cut: Int) {
        let bytes = (0..<20).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        let first = checksum(Array(bytes[..<cut]))
        let both = bytes[cut...].withUnsafeBytes { CRC32C.checksum($0, seed: first) }
        #expect(both == checksum(bytes))
    }

    private func checksum(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBytes { CRC32C.checksum($0) }
    }
}
