import WeirBytes
import WeirModel
import WeirStore
import WeirSystem
import WeirTesting

/// A segment file in memory that tests damage, and whose checksums they can put right again.
struct SegmentBytes {
    static let path = "/data/a"
    var bytes: [UInt8]

    init(_ blocks: [[Row]]) throws {
        let files = SimulatedFileSystem()
        try files.createFolder("/data")
        let file = try files.open(SegmentBytes.path, .create)
        try writeSegment(blocks, to: file)
        var bytes = [UInt8](repeating: 0, count: try file.size())
        _ = try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }
        self.bytes = bytes
    }

    /// Opens the bytes as a file.
    func open() throws -> SegmentReader {
        let files = SimulatedFileSystem()
        try files.createFolder("/data")
        let file = try files.open(SegmentBytes.path, .create)
        try bytes.withUnsafeBytes { try file.write($0, at: 0) }
        return try SegmentReader.open(file: file)
    }

    /// The rows of each block, or why they cannot be had.
    func read() throws -> [Result<[Row], any Error>] {
        let segment = try open()
        return segment.blocks.indices.map { index in Result { try segment.readBlock(index).rows() } }
    }

    func integer<Value: FixedWidthInteger>(_ type: Value.Type, at offset: Int) -> Int {
        Int(clamping: bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Value.self) })
    }

    mutating func store<Value: FixedWidthInteger>(_ value: Value, at offset: Int) {
        bytes.withUnsafeMutableBytes { $0.storeBytes(of: value, toByteOffset: offset, as: Value.self) }
    }

    func checksum(_ range: Range<Int>) -> UInt32 {
        bytes.withUnsafeBytes { CRC32C.checksum(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    var footer: Int { bytes.count - 128 }
    var tableRange: Range<Int> { footer - 24 * min(integer(UInt32.self, at: footer + 64), 8)..<footer }

    /// The place of a section's entry in the section table.
    func sectionEntry(_ kind: Int) -> Int? {
        stride(from: tableRange.lowerBound, to: footer, by: 24).first { integer(UInt32.self, at: $0) == kind }
    }

    /// The range of a section; nil when it does not lie in the file.
    func section(_ kind: Int) -> Range<Int>? {
        guard let entry = sectionEntry(kind) else { return nil }
        return range(at: integer(UInt64.self, at: entry + 8), count: integer(UInt64.self, at: entry + 16))
    }

    private func range(at offset: Int, count: Int) -> Range<Int>? {
        guard offset <= bytes.count, count <= bytes.count - offset else { return nil }
        return offset..<offset + count
    }

    /// Makes every checksum fit what it covers again, as far as that lies in the file, so that decoders get to see
    /// what was damaged.
    mutating func reseal() {
        store(checksum(0..<32), at: 32)
        if let blocks = section(2), let columns = section(3) {
            for entry in stride(from: blocks.lowerBound, through: blocks.upperBound - 128, by: 128) {
                resealBlock(entry, columns: columns)
            }
        }
        for kind in 1...3 {
            guard let entry = sectionEntry(kind), let range = section(kind) else { continue }
            store(checksum(range), at: entry + 4)
        }
        store(checksum(tableRange), at: footer + 68)
        store(checksum(footer..<footer + 116), at: footer + 116)
    }

    private mutating func resealBlock(_ entry: Int, columns: Range<Int>) {
        let block = integer(UInt64.self, at: entry)
        let start = columns.lowerBound + integer(UInt32.self, at: entry + 52)
        guard let mine = range(at: start, count: integer(UInt32.self, at: entry + 56)) else { return }
        for column in stride(from: mine.lowerBound, through: mine.upperBound - 56, by: 56) {
            let offset = integer(UInt32.self, at: column + 8)
            guard block <= bytes.count,
                let stored = range(
                    at: block + offset, count: integer(UInt32.self, at: column + 12))
            else { continue }
            store(checksum(stored), at: column + 24)
        }
        store(checksum(mine), at: entry + 60)
    }
}
