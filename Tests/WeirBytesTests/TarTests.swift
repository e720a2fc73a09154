import Testing
import WeirBytes

/// Archives come back whole whatever pieces they arrive in.
@Suite struct TarTests {
    private let files: [(name: String, bytes: [UInt8])] = [
        ("parts/20261121/a.wseg", Array(repeating: 7, count: 1000)), ("empty", []), ("weir.db", Array(0..<200) + [1]),
        ("whole", Array(repeating: 9, count: 1024)),
    ]

    private var archive: [UInt8] {
        files.flatMap {
            TarWriter.head(of: $0.name, bytes: $0.bytes.count) + $0.bytes + TarWriter.padding(after: $0.bytes.count)
        } + TarWriter.end
    }

    @Test(arguments: [1, 7, 511, 512, 513, 100_000]) func `files come back from pieces of any size`(piece: Int) throws {
        var reader = TarReader()
        var found: [(name: String, bytes: [UInt8])] = []
        var isWhole = false
        let archive = archive
        for start in stride(from: 0, to: archive.count, by: piece) {
            reader.feed(archive[start..<min(start + piece, archive.count)])
            while let event = try reader.next() {
                switch event {
                case .file(let name, _): found.append((name, []))
                case .bytes(let bytes): found[found.count - 1].bytes += bytes
                case .end: isWhole = true
                }
            }
        }
        #expect(isWhole)
        #expect(found.map(\.name) == files.map(\.name))
        #expect(found.map(\.bytes) == files.map(\.bytes))
    }

    @Test func `sizes beyond eight gigabytes fit`() throws {
        var reader = TarReader()
        reader.feed(TarWriter.head(of: "large", bytes: 20 << 30))
        #expect(try reader.next() == .file(name: "large", bytes: 20 << 30))
    }

    @Test func `an archive cut short never ends, and a damaged header is a fault`() throws {
        var reader = TarReader()
        reader.feed(archive.dropLast(1024))
        while let event = try reader.next() { #expect(event != .end) }
        for position in [0, 130, 156, 260] {
            var damaged = archive
            damaged[position] ^= 1
            var reader = TarReader()
            reader.feed(damaged)
            #expect(throws: TarReader.Fault.self) { try reader.next() }
        }
    }
}
