internal import WeirBytes
public import WeirSystem

/// Writes a segment file front to back: header, blocks as they come, tail.
///
/// The caller creates the file under a temporary name, and syncs and renames it after ``finish()``; a file without its
/// footer is not a segment and can be deleted. Bytes: docs/formats/segment.md.
public struct SegmentWriter: ~Copyable {
    /// Blocks are gathered until this many bytes can be written at once: 4 KiB pieces cost a third of the disk's rate.
    private static let bufferBytes = 1 << 20

    private let file: any File
    private let id: SegmentID
    private var buffer: ByteWriter
    private var flushedBytes = 0
    private var entries: [BlockEntry] = []
    private var columns = ByteWriter()
    private var signatures = ByteWriter()
    private var streams: [UInt32: StreamBlocks] = [:]
    /// The section of origin; none when empty.
    var origin: [UInt8] = []

    private struct StreamBlocks {
        var extent: StreamExtent
        var blocks: [UInt32]
    }

    /// Starts a segment in an empty file that is open for writing.
    public init(file: any File, id: SegmentID) {
        self.file = file
        self.id = id
        buffer = ByteWriter(capacity: SegmentWriter.bufferBytes * 2)
        buffer.bytes.append(contentsOf: SegmentLayout.magic)
        buffer.append(SegmentLayout.major)
        buffer.append(SegmentLayout.minor)
        buffer.append(UInt32(0))
        buffer.append(id.high)
        buffer.append(id.low)
        let checksum = buffer.bytes.withUnsafeBytes { CRC32C.checksum($0) }
        buffer.append(checksum)
        buffer.appendZeros(SegmentLayout.headerBytes - buffer.count)
    }

    /// The number of bytes in the file and on their way to it.
    public var fileBytes: Int { flushedBytes + buffer.count }

    /// Adds a block. Blocks may come in any order; readers are fastest when they come in the order of time.
    ///
    /// - Throws: `FileError` when the file cannot be written; the segment is then lost.
    public mutating func append(_ block: EncodedBlock) throws(FileError) {
        let index = UInt32(entries.count)
        var entry = block.entry
        entry.offset = UInt64(fileBytes)
        let columnsStart = columns.count
        for column in block.columns { column.append(to: &columns) }
        entry.columnsOffset = UInt32(columnsStart)
        entry.columnsLength = UInt32(columns.count - columnsStart)
        entry.columnsChecksum = columns.bytes.withUnsafeBytes {
            CRC32C.checksum(UnsafeRawBufferPointer(rebasing: $0[columnsStart...]))
        }
        if let signature = block.signature { add(signature, of: &entry) }
        entries.append(entry)
        for extent in block.streams { add(extent, block: index) }
        block.payload.withUnsafeBytes {
            buffer.append(UnsafeRawBufferPointer(rebasing: $0[..<Int(entry.length)]))
        }
        buffer.align(to: SegmentLayout.alignment)
        if buffer.count >= SegmentWriter.bufferBytes { try flush() }
    }

    /// Takes a signature; `entry` gets its place among the signatures for now.
    private mutating func add(_ signature: BlockSignature, of entry: inout BlockEntry) {
        entry.signatureOffset = UInt64(signatures.count)
        entry.signatureBitsLog2 = signature.bitsLog2
        signature.withUnsafeBytes { bytes in
            entry.signatureChecksum = CRC32C.checksum(bytes)
            signatures.append(bytes)
        }
    }

    /// The streams of the blocks so far, ascending.
    var streamIDs: [UInt32] { streams.keys.sorted() }

    /// Writes the origin; returns where.
    private mutating func appendOrigin() -> Range<Int> {
        let start = fileBytes
        buffer.bytes.append(contentsOf: origin)
        let end = fileBytes
        buffer.align(to: SegmentLayout.alignment)
        return start..<end
    }

    /// Writes the signatures; returns where and how many bytes.
    private mutating func appendSignatures() -> Range<Int> {
        let alignment = BlockSignature.alignment
        buffer.appendZeros((alignment - fileBytes % alignment) % alignment)
        let start = fileBytes
        for index in entries.indices where entries[index].signatureBitsLog2 > 0 {
            entries[index].signatureOffset += UInt64(start)
        }
        signatures.bytes.withUnsafeBytes { buffer.append($0) }
        return start..<fileBytes
    }

    private mutating func add(_ extent: StreamExtent, block: UInt32) {
        if streams[extent.stream]?.extent.formUnion(extent) == nil {
            streams[extent.stream] = StreamBlocks(extent: extent, blocks: [])
        }
        streams[extent.stream]?.blocks.append(block)
    }

    /// Writes the tail. At least one block must have been added. Neither syncs nor renames.
    ///
    /// - Throws: `FileError` when the file cannot be written; the segment is then lost.
    public consuming func finish() throws(FileError) -> SegmentSummary {
        precondition(!entries.isEmpty, "a segment needs a block")
        let originRange = appendOrigin()
        let signatureRange = appendSignatures()
        let sorted = streams.values.sorted { $0.extent.stream < $1.extent.stream }
        var summary = SegmentSummary(
            id: id, minTimestamp: .max, maxTimestamp: .min, rows: 0, rawBytes: 0, fileBytes: 0,
            blocks: entries.count, tailOffset: fileBytes, tailLength: 0, tailChecksum: 0,
            streams: sorted.map(\.extent.stream))
        for entry in entries {
            summary.minTimestamp = min(summary.minTimestamp, entry.minTimestamp)
            summary.maxTimestamp = max(summary.maxTimestamp, entry.maxTimestamp)
            summary.rows += Int(entry.rows)
            summary.rawBytes += Int(entry.rawBytes)
        }
        let tail = SegmentWriter.tail(
            summary, streams: sorted, entries: entries, columns: columns,
            before: [(.signatures, signatures.bytes, signatureRange), (.origin, origin, originRange)])
        summary.tailLength = tail.count
        summary.fileBytes = fileBytes + tail.count
        summary.tailChecksum = tail.bytes.withUnsafeBytes { CRC32C.checksum($0) }
        tail.bytes.withUnsafeBytes { buffer.append($0) }
        try flush()
        return summary
    }

    private static func tail(
        _ summary: SegmentSummary, streams: [StreamBlocks], entries: [BlockEntry], columns: ByteWriter,
        before: [(section: SegmentLayout.Section, bytes: [UInt8], place: Range<Int>)]
    ) -> ByteWriter {
        var tail = ByteWriter()
        var table = ByteWriter()
        func closeSection(_ section: SegmentLayout.Section, from start: Int) {
            table.append(section.rawValue)
            table.append(
                tail.bytes.withUnsafeBytes { CRC32C.checksum(UnsafeRawBufferPointer(rebasing: $0[start...])) })
            table.append(UInt64(summary.tailOffset + start))
            table.append(UInt64(tail.count - start))
            tail.align(to: SegmentLayout.alignment)
        }
        append(streams, to: &tail)
        closeSection(.streams, from: 0)
        var start = tail.count
        for entry in entries { entry.append(to: &tail) }
        closeSection(.blocks, from: start)
        start = tail.count
        columns.bytes.withUnsafeBytes { tail.append($0) }
        closeSection(.columns, from: start)
        for (section, bytes, place) in before where !place.isEmpty {
            table.append(section.rawValue)
            table.append(bytes.withUnsafeBytes { CRC32C.checksum($0) })
            table.append(UInt64(place.lowerBound))
            table.append(UInt64(place.count))
        }
        table.bytes.withUnsafeBytes { tail.append($0) }
        appendFooter(summary, table: table, to: &tail)
        return tail
    }

    private static func append(_ streams: [StreamBlocks], to tail: inout ByteWriter) {
        tail.append(UInt32(streams.count))
        tail.append(UInt32(streams.reduce(0) { $0 + $1.blocks.count }))
        var listed: UInt32 = 0
        for stream in streams {
            tail.append(stream.extent.stream)
            tail.append(stream.extent.rows)
            tail.append(stream.extent.minTimestamp)
            tail.append(stream.extent.maxTimestamp)
            tail.append(stream.extent.rawBytes)
            tail.append(listed)
            tail.append(UInt32(stream.blocks.count))
            listed += UInt32(stream.blocks.count)
        }
        for stream in streams {
            for block in stream.blocks { tail.append(block) }
        }
    }

    private static func appendFooter(_ summary: SegmentSummary, table: ByteWriter, to tail: inout ByteWriter) {
        var footer = ByteWriter(capacity: SegmentLayout.footerBytes)
        footer.append(summary.minTimestamp)
        footer.append(summary.maxTimestamp)
        footer.append(UInt64(summary.rows))
        footer.append(UInt64(summary.rawBytes))
        footer.append(summary.id.high)
        footer.append(summary.id.low)
        footer.append(UInt64(summary.tailOffset))
        footer.append(UInt32(summary.blocks))
        footer.append(UInt32(summary.streams.count))
        footer.append(UInt32(table.count / SegmentLayout.sectionEntryBytes))
        footer.append(table.bytes.withUnsafeBytes { CRC32C.checksum($0) })
        footer.appendZeros(SegmentLayout.footerCheckedBytes - 4 - footer.count)
        footer.append(SegmentLayout.major)
        footer.append(SegmentLayout.minor)
        footer.append(footer.bytes.withUnsafeBytes { CRC32C.checksum($0) })
        footer.bytes.append(contentsOf: SegmentLayout.magic)
        footer.bytes.withUnsafeBytes { tail.append($0) }
    }

    private mutating func flush() throws(FileError) {
        let offset = flushedBytes
        let result = buffer.bytes.withUnsafeBytes { bytes -> Result<Void, FileError> in
            do throws(FileError) {
                return .success(try file.write(bytes, at: offset))
            } catch {
                return .failure(error)
            }
        }
        try result.get()
        flushedBytes += buffer.count
        buffer.removeAll()
    }
}
