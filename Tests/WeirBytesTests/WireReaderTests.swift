import Testing
import WeirBytes
import WeirTesting

@Suite struct WireReaderTests {
    @Test func `every kind of field is read as it was written`() throws {
        var writer = WireWriter()
        writer.varint(field: 1, -5)
        writer.fixed64(field: 2, 0x0102_0304_0506_0708)
        writer.text(field: 300, "héllo")
        writer.message(field: 4) { inner in
            inner.varint(field: 1, 300)
            inner.data(field: 2, [UInt8](repeating: 1, count: 200))
        }
        try writer.bytes.withUnsafeBytes { bytes in
            var reader = WireReader(bytes)
            expect(try reader.next() == WireReader.Tag(field: 1, type: .varint))
            expect(Int64(bitPattern: try reader.varint()) == -5)
            expect(try reader.next()?.type == .fixed64)
            expect(try reader.fixed64() == 0x0102_0304_0506_0708)
            expect(try reader.next()?.field == 300)
            let text = try reader.range()
            expect(String(decoding: bytes[text], as: UTF8.self) == "héllo")
            expect(try reader.next()?.field == 4)
            var inner = WireReader(bytes, in: try reader.range())
            expect(try inner.next()?.field == 1)
            expect(try inner.varint() == 300)
            expect(try inner.next()?.field == 2)
            try inner.skip(.lengthDelimited)
            expect(try inner.next() == nil)
            expect(try reader.next() == nil)
        }
    }

    @Test func `faults say what and where`() {
        #expect(fault([0x0a, 0x05, 1]) == .truncated(byteOffset: 1))
        #expect(fault([0x08]) == .truncated(byteOffset: 1))
        #expect(fault([0xff, 0xff, 0xff]) == .truncated(byteOffset: 0))
        #expect(fault([0x08] + [UInt8](repeating: 0xff, count: 11)) == .overflow(byteOffset: 1))
        #expect(fault([0x03]) == .illegalTag(byteOffset: 0))
        #expect(fault([0x0b, 0x0c]) == .illegalTag(byteOffset: 0))
        #expect(fault([0x09, 1, 2]) == .truncated(byteOffset: 1))
    }

    @Test func `lengths of varints are known beforehand`() {
        for value in [0, 1, 127, 128, 16383, 16384, 1 << 35, UInt64.max] {
            var bytes: [UInt8] = []
            Varint.append(value, to: &bytes)
            #expect(WireWriter.varintLength(value) == bytes.count)
        }
        #expect(WireWriter.fieldLength(field: 1, count: 200) == 203)
    }

    @Test(arguments: 1...50)
    func `random bytes never trap`(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let bytes = (0..<100).map { _ in UInt8.random(in: 0...255, using: &random) }
        _ = fault(bytes)
    }

    /// The macro cannot take a call that moves the reader.
    private func expect(_ holds: Bool, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(holds, sourceLocation: sourceLocation)
    }

    /// Skips over all fields; nil when there is no fault.
    private func fault(_ bytes: [UInt8]) -> WireError? {
        bytes.withUnsafeBytes { buffer in
            var reader = WireReader(buffer)
            do throws(WireError) {
                while let tag = try reader.next() { try reader.skip(tag.type) }
                return nil
            } catch {
                return error
            }
        }
    }
}
