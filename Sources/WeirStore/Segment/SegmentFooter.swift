internal import WeirBytes

/// The last 128 bytes of a segment: what it holds in all, and where its section table lies.
struct SegmentFooter {
    /// Lengths and checksum of the tail are not known here.
    let summary: SegmentSummary
    let streamCount: Int
    let sectionCount: Int
    let sectionTableChecksum: UInt32

    init(_ footer: UnsafeRawBufferPointer, path: String, offset: Int) throws(CorruptionError) {
        let checked = SegmentLayout.footerCheckedBytes
        guard footer[(checked + 4)...].elementsEqual(SegmentLayout.magic) else {
            throw CorruptionError(
                path: path, byteOffset: offset + checked + 4, what: "magic of the footer", expected: "WEIRSEG1",
                found: "something else; the file was not finished or was cut")
        }
        var end = ByteReader(footer, at: checked - 4)
        try SegmentTail.checkMajor(end.read() ?? 0, path: path, offset: offset + checked - 4)
        _ = end.skip(2)
        let stored: UInt32 = end.read() ?? 0
        let checksum = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: footer[..<checked]))
        guard checksum == stored else {
            throw CorruptionError(
                path: path, byteOffset: offset, what: "footer checksum", expected: hexadecimal(stored),
                found: hexadecimal(checksum))
        }
        var reader = ByteReader(footer)
        let minTimestamp: Int64 = reader.read() ?? 0
        let maxTimestamp: Int64 = reader.read() ?? 0
        let rows: UInt64 = reader.read() ?? 0
        let rawBytes: UInt64 = reader.read() ?? 0
        let id = SegmentID(high: reader.read() ?? 0, low: reader.read() ?? 0)
        let tailOffset: UInt64 = reader.read() ?? 0
        let blocks: UInt32 = reader.read() ?? 0
        streamCount = Int(reader.read(UInt32.self) ?? 0)
        let sections: UInt32 = reader.read() ?? 0
        sectionTableChecksum = reader.read() ?? 0
        let isPossible =
            tailOffset >= UInt64(SegmentLayout.headerBytes) && tailOffset <= UInt64(offset)
            && rows <= UInt64(Int64.max) && rawBytes <= UInt64(Int64.max) && sections <= SegmentLayout.sectionsMax
        guard isPossible else {
            throw CorruptionError(
                path: path, byteOffset: offset, what: "footer", expected: "possible counts and a tail inside the file",
                found: "\(rows) rows, \(rawBytes) bytes, \(sections) sections, a tail at \(tailOffset)")
        }
        sectionCount = Int(sections)
        summary = SegmentSummary(
            id: id, minTimestamp: minTimestamp, maxTimestamp: maxTimestamp, rows: Int(rows), rawBytes: Int(rawBytes),
            fileBytes: 0, blocks: Int(blocks), tailOffset: Int(tailOffset), tailLength: 0, tailChecksum: 0, streams: [])
    }
}
