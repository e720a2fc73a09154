import Testing
import WeirBytes

@Suite struct ByteReaderTests {
    @Test func `what a writer wrote comes back`() {
        var writer = ByteWriter()
        writer.append(UInt8(7))
        writer.append(Int64.min)
        writer.appendVarint(300)
        writer.align(to: 8)
        writer.append(UInt32(0xdead_beef))
        #expect(writer.bytes[1...8] == [0, 0, 0, 0, 0, 0, 0, 0x80])
        writer.bytes.withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            #expect(reader.read() == UInt8(7))
            #expect(reader.read() == Int64.min)
            #expect(reader.readVarint() == 300)
            reader.align(to: 8)
            #expect(reader.read() == UInt32(0xdead_beef))
            #expect(reader.remaining == 0)
        }
    }

    @Test func `a read that is too long gives nil and stays where it was`() {
        [UInt8(1), 0x80, 3].withUnsafeBytes { bytes in
            var reader = ByteReader(bytes, at: 1)
            #expect(reader.read(UInt32.self) == nil)
            #expect(reader.readBytes(3) == nil)
            #expect(reader.readBytes(-1) == nil)
            let isSkipped = reader.skip(.max)
            #expect(!isSkipped)
            #expect(reader.offset == 1)
            #expect(reader.read() == UInt16(0x0380))
        }
    }

    @Test func `an unfinished varint gives nil and stays where it was`() {
        [UInt8(0x80), 0x80].withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            #expect(reader.readVarint() == nil)
            #expect(reader.offset == 0)
        }
    }

    @Test func `a start outside the buffer is its end`() {
        [UInt8(1)].withUnsafeBytes { bytes in
            #expect(ByteReader(bytes, at: 9).remaining == 0)
            #expect(ByteReader(bytes, at: -9).remaining == 1)
        }
        #expect(ByteReader(UnsafeRawBufferPointer(start: nil, count: 0)).remaining == 0)
    }

    @Test func `room that is not used is given back`() {
        var writer = ByteWriter()
        writer.append(UInt8(1))
        writer.append(capacity: 100) { room in
            room[0] = 2
            return 1
        }
        writer.append(capacity: 0) { _ in 0 }
        #expect(writer.bytes == [1, 2])
        writer.replace(at: 0, with: UInt16(0x0405))
        #expect(writer.bytes == [5, 4])
    }
}
