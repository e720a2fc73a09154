internal import WeirBytes
internal import WeirSystem

/// The checked contents of a segment's header and tail.
///
/// Everything that later code relies on is checked here once: ranges lie inside the file, rows and counts inside their
/// limits, block numbers inside the directory.
struct SegmentTail {
    var summary: SegmentSummary
    var blocks: [BlockEntry] = []
    var streams: [SegmentStream] = []
    var blockLists: [UInt32] = []
    var columns: [[ColumnEntry]] = []
    /// Where the section of the origin is, and its checksum; nil when the file has none.
    var origin: (place: Range<Int>, checksum: UInt32)?

    private let path: String

    private struct Section {
        let offset: Int
        let length: Int
        /// Empty when the section lies before the tail.
        let bytes: UnsafeRawBufferPointer
    }

    init(file: any File) throws {
        let path = file.path
        self.path = path
        let size = try file.size()
        let least = SegmentLayout.headerBytes + SegmentLayout.footerBytes
        guard size >= least else {
            throw CorruptionError(
                path: path, byteOffset: size, what: "file", expected: "at least \(least) bytes", found: "\(size)")
        }
        let header = try SegmentTail.read(file, at: 0, count: SegmentLayout.headerBytes)
        let id = try header.withUnsafeBytes { try SegmentTail.checkHeader($0, path: path) }
        var tail = try SegmentTail.read(
            file, at: max(0, size - SegmentLayout.tailReadBytes), count: min(size, SegmentLayout.tailReadBytes))
        let footerOffset = size - SegmentLayout.footerBytes
        let footer = try tail.suffix(SegmentLayout.footerBytes).withUnsafeBytes {
            try SegmentFooter($0, path: path, offset: footerOffset)
        }
        guard footer.summary.id == id else {
            throw CorruptionError(
                path: path, byteOffset: footerOffset + 32, what: "name in the footer",
                expected: "\(id) as in the header", found: "\(footer.summary.id)")
        }
        let length = size - footer.summary.tailOffset
        if length > tail.count {
            tail = try SegmentTail.read(file, at: footer.summary.tailOffset, count: length)
        } else {
            tail.removeFirst(tail.count - length)
        }
        summary = footer.summary
        summary.tailLength = length
        summary.fileBytes = size
        try tail.withUnsafeBytes { bytes in
            summary.tailChecksum = CRC32C.checksum(bytes)
            let sections = try sections(of: bytes, footer)
            try readBlocks(
                try section(.blocks, sections), columns: try section(.columns, sections),
                signatures: sections[SegmentLayout.Section.signatures.rawValue])
            try readStreams(try section(.streams, sections), count: footer.streamCount)
        }
        summary.streams = streams.map(\.extent.stream)
    }

    private static func read(_ file: any File, at offset: Int, count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let read = try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: offset) }
        guard read == count else {
            throw CorruptionError(
                path: file.path, byteOffset: offset + read, what: "file", expected: "\(count) bytes from \(offset) on",
                found: "its end")
        }
        return bytes
    }

    private static func checkHeader(
        _ header: UnsafeRawBufferPointer, path: String
    ) throws(CorruptionError) -> SegmentID {
        var reader = ByteReader(header, at: SegmentLayout.magic.count)
        guard header.starts(with: SegmentLayout.magic) else {
            throw CorruptionError(
                path: path, byteOffset: 0, what: "magic", expected: "WEIRSEG1", found: "something else")
        }
        let major: UInt16 = reader.read() ?? 0
        try checkMajor(major, path: path, offset: SegmentLayout.magic.count)
        _ = reader.skip(2 + 4)
        let id = SegmentID(high: reader.read() ?? 0, low: reader.read() ?? 0)
        let checksum = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: header[..<SegmentLayout.headerCheckedBytes]))
        let stored: UInt32 = reader.read() ?? 0
        guard checksum == stored else {
            throw CorruptionError(
                path: path, byteOffset: 0, what: "header checksum", expected: hexadecimal(stored),
                found: hexadecimal(checksum))
        }
        return id
    }

    /// The version is looked at before the checksum, whose place another version may have changed.
    static func checkMajor(_ major: UInt16, path: String, offset: Int) throws(CorruptionError) {
        guard major == SegmentLayout.major else {
            throw CorruptionError(
                path: path, byteOffset: offset, what: "format version", expected: "\(SegmentLayout.major)",
                found: "\(major); this needs a newer version of weir")
        }
    }

    private func corruption(_ what: String, at offset: Int, expected: String, found: String) -> CorruptionError {
        CorruptionError(path: path, byteOffset: offset, what: what, expected: expected, found: found)
    }

    private mutating func sections(
        of tail: UnsafeRawBufferPointer, _ footer: SegmentFooter
    ) throws(CorruptionError) -> [UInt32: Section] {
        let tailOffset = summary.tailOffset
        let end = tail.count - SegmentLayout.footerBytes
        let start = end - footer.sectionCount * SegmentLayout.sectionEntryBytes
        guard start >= 0 else {
            throw corruption(
                "section table", at: tailOffset, expected: "\(footer.sectionCount) entries",
                found: "a tail of \(tail.count) bytes")
        }
        let table = UnsafeRawBufferPointer(rebasing: tail[start..<end])
        guard CRC32C.checksum(table) == footer.sectionTableChecksum else {
            throw corruption(
                "section table checksum", at: tailOffset + start, expected: hexadecimal(footer.sectionTableChecksum),
                found: hexadecimal(CRC32C.checksum(table)))
        }
        var reader = ByteReader(table)
        var sections: [UInt32: Section] = [:]
        for index in 0..<footer.sectionCount {
            let kind: UInt32 = reader.read() ?? 0
            let checksum: UInt32 = reader.read() ?? 0
            let offset: UInt64 = reader.read() ?? 0
            let length: UInt64 = reader.read() ?? 0
            // A kind that this version does not know is none of its business, wherever it lies.
            guard let known = SegmentLayout.Section(rawValue: kind) else { continue }
            if known.isBeforeTail {
                let place = tailOffset + start + index * SegmentLayout.sectionEntryBytes
                let section = try sectionBeforeTail(known, offset, length, at: place)
                sections[kind] = section
                if known == .origin { origin = (section.offset..<section.offset + section.length, checksum) }
                continue
            }
            guard offset >= UInt64(tailOffset), offset <= UInt64(tailOffset + start),
                length <= UInt64(tailOffset + start) - offset
            else {
                throw corruption(
                    "section \(kind)", at: tailOffset + start + index * SegmentLayout.sectionEntryBytes,
                    expected: "a range of the tail", found: "\(length) bytes at \(offset)")
            }
            let from = Int(offset) - tailOffset
            let bytes = UnsafeRawBufferPointer(rebasing: tail[from..<from + Int(length)])
            guard CRC32C.checksum(bytes) == checksum else {
                throw corruption(
                    "checksum of section \(kind)", at: Int(offset), expected: hexadecimal(checksum),
                    found: hexadecimal(CRC32C.checksum(bytes)))
            }
            sections[kind] = Section(offset: Int(offset), length: Int(length), bytes: bytes)
        }
        return sections
    }

    /// A section that opening does not need, whose bytes are checked when they are read.
    private func sectionBeforeTail(
        _ kind: SegmentLayout.Section, _ offset: UInt64, _ length: UInt64, at place: Int
    ) throws(CorruptionError) -> Section {
        let tail = UInt64(summary.tailOffset)
        guard offset >= UInt64(SegmentLayout.headerBytes), offset <= tail, length <= tail - offset else {
            throw corruption(
                "section of \(kind)", at: place, expected: "between header and tail",
                found: "\(length) bytes at \(offset)")
        }
        return Section(offset: Int(offset), length: Int(length), bytes: UnsafeRawBufferPointer(start: nil, count: 0))
    }

    private func section(
        _ kind: SegmentLayout.Section, _ sections: [UInt32: Section]
    ) throws(CorruptionError) -> Section {
        guard let section = sections[kind.rawValue] else {
            throw corruption(
                "section table", at: summary.tailOffset, expected: "a section of \(kind)", found: "none")
        }
        return section
    }

    private mutating func readBlocks(
        _ section: Section, columns: Section, signatures: Section?
    ) throws(CorruptionError) {
        guard section.bytes.count == summary.blocks * BlockEntry.bytes, summary.blocks > 0 else {
            throw corruption(
                "block directory", at: section.offset, expected: "\(summary.blocks) entries and at least one",
                found: "\(section.bytes.count) bytes")
        }
        var reader = ByteReader(section.bytes)
        blocks.reserveCapacity(summary.blocks)
        for index in 0..<summary.blocks {
            let place = section.offset + reader.offset
            guard let entry = BlockEntry(&reader) else { break }
            try check(entry, index, at: place)
            try checkSignature(of: entry, index, in: signatures, at: place)
            self.columns.append(try readColumns(of: entry, index, in: columns))
            blocks.append(entry)
        }
    }

    private func check(_ entry: BlockEntry, _ index: Int, at place: Int) throws(CorruptionError) {
        let (end, overflow) = entry.offset.addingReportingOverflow(UInt64(entry.length))
        guard entry.offset >= UInt64(SegmentLayout.headerBytes), !overflow, end <= UInt64(summary.tailOffset) else {
            throw corruption(
                "place of block \(index)", at: place, expected: "between header and tail",
                found: "\(entry.length) bytes at \(entry.offset)")
        }
        let isSingle = entry.flags.contains(.singleStream)
        guard entry.rows >= 1, entry.rows <= BlockEntry.rowsMax, entry.minTimestamp <= entry.maxTimestamp,
            entry.streamCount >= 1, entry.streamCount <= entry.rows, isSingle == (entry.streamCount == 1)
        else {
            throw corruption(
                "block \(index)", at: place, expected: "possible counts and times",
                found: "\(entry.rows) rows of \(entry.streamCount) streams, "
                    + "\(entry.minTimestamp)...\(entry.maxTimestamp)")
        }
        guard entry.flags.contains(.rawLinesOnly) == (entry.shapeCount == 0) else {
            throw corruption(
                "block \(index)", at: place, expected: "shapes or whole lines", found: "\(entry.shapeCount) shapes")
        }
    }

    private func checkSignature(
        of entry: BlockEntry, _ index: Int, in section: Section?, at place: Int
    ) throws(CorruptionError) {
        let bits = entry.signatureBitsLog2
        if bits == 0 { return }
        let start = UInt64(section?.offset ?? 0)
        let end = start + UInt64(section?.length ?? 0)
        guard BlockSignature.bitsLog2Range.contains(bits), entry.signatureOffset >= start,
            entry.signatureOffset <= end, UInt64(BlockSignature.bytes(bitsLog2: bits)) <= end - entry.signatureOffset
        else {
            throw corruption(
                "signature of block \(index)", at: place, expected: "a part of the section of signatures",
                found: "2^\(bits) bits at \(entry.signatureOffset)")
        }
    }

    private func readColumns(
        of entry: BlockEntry, _ index: Int, in section: Section
    ) throws(CorruptionError) -> [ColumnEntry] {
        let start = Int(entry.columnsOffset)
        let length = Int(entry.columnsLength)
        guard start + length <= section.bytes.count, length.isMultiple(of: ColumnEntry.bytes) else {
            throw corruption(
                "columns of block \(index)", at: section.offset, expected: "whole entries of the directory",
                found: "\(length) bytes at \(start)")
        }
        let bytes = UnsafeRawBufferPointer(rebasing: section.bytes[start..<start + length])
        guard CRC32C.checksum(bytes) == entry.columnsChecksum else {
            throw corruption(
                "checksum of the columns of block \(index)", at: section.offset + start,
                expected: hexadecimal(entry.columnsChecksum), found: hexadecimal(CRC32C.checksum(bytes)))
        }
        var reader = ByteReader(bytes)
        var columns: [ColumnEntry] = []
        while let column = ColumnEntry(&reader) {
            guard Int(column.offset) + Int(column.storedBytes) <= Int(entry.length) else {
                throw corruption(
                    "column of block \(index)", at: section.offset + start + reader.offset - ColumnEntry.bytes,
                    expected: "a range of the block", found: "\(column.storedBytes) bytes at \(column.offset)")
            }
            columns.append(column)
        }
        return columns
    }

    private mutating func readStreams(_ section: Section, count: Int) throws(CorruptionError) {
        var reader = ByteReader(section.bytes)
        let stored = Int(reader.read(UInt32.self) ?? 0)
        let listed = Int(reader.read(UInt32.self) ?? 0)
        let expected = 8 + stored * SegmentLayout.streamEntryBytes + listed * 4
        guard stored == count, section.bytes.count == expected else {
            throw corruption(
                "stream table", at: section.offset, expected: "\(count) streams in \(expected) bytes",
                found: "\(stored) in \(section.bytes.count)")
        }
        streams.reserveCapacity(stored)
        for index in 0..<stored {
            let place = section.offset + reader.offset
            let extent = StreamExtent(
                stream: reader.read() ?? 0, rows: reader.read() ?? 0, minTimestamp: reader.read() ?? 0,
                maxTimestamp: reader.read() ?? 0, rawBytes: reader.read() ?? 0)
            let start = Int(reader.read(UInt32.self) ?? 0)
            let end = start + Int(reader.read(UInt32.self) ?? 0)
            let isAscending = index == 0 || streams[index - 1].extent.stream < extent.stream
            guard end <= listed, isAscending else {
                throw corruption(
                    "stream \(index)", at: place, expected: "ascending ids and a part of \(listed) listed blocks",
                    found: "id \(extent.stream), blocks \(start)..<\(end)")
            }
            streams.append(SegmentStream(extent: extent, blocks: start..<end))
        }
        blockLists.reserveCapacity(listed)
        while let block = reader.read(UInt32.self) {
            guard Int(block) < blocks.count else {
                throw corruption(
                    "block list", at: section.offset + reader.offset - 4, expected: "below \(blocks.count)",
                    found: "\(block)")
            }
            blockLists.append(block)
        }
    }
}
