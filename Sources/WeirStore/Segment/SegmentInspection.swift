internal import WeirBytes
public import WeirSystem

/// What `weir inspect segment PATH` prints: one fact a line, and for damage the place where it is.
public struct SegmentInspection {
    private let path: String
    private let segment: Result<SegmentReader, CorruptionError>

    /// Opens the segment at `path`; one that is damaged is opened as well, to say where.
    ///
    /// - Throws: `FileError` when the file cannot be read.
    public init(path: String, fileSystem: any FileSystem) throws {
        self.path = path
        let file = try fileSystem.open(path, .read)
        do {
            segment = .success(try SegmentReader.open(file: file))
        } catch let error as CorruptionError {
            segment = .failure(error)
        }
    }

    /// Gives header, totals, streams and blocks, line by line; every block is read and decoded.
    ///
    /// - Returns: whether everything was as it should be.
    /// - Throws: `FileError` when the file cannot be read.
    public func forEachLine(_ print: (String) -> Void) throws -> Bool {
        let segment: SegmentReader
        switch self.segment {
        case .success(let opened): segment = opened
        case .failure(let error):
            print("\(error)")
            return false
        }
        let summary = segment.summary
        print("segment \(summary.id) format \(SegmentLayout.major).\(SegmentLayout.minor)")
        print(
            "rows \(summary.rows) line bytes \(summary.rawBytes) file bytes \(summary.fileBytes) "
                + "blocks \(summary.blocks) streams \(summary.streams.count)")
        print("times \(summary.minTimestamp)...\(summary.maxTimestamp)")
        print(
            "tail at \(summary.tailOffset) length \(summary.tailLength) crc \(hexadecimal(summary.tailChecksum)) ok")
        for stream in segment.streams { print(SegmentInspection.line(of: stream, in: segment)) }
        var isSound = true
        for index in segment.blocks.indices {
            let damage = try SegmentInspection.damage(of: index, in: segment)
            print(SegmentInspection.line(of: index, in: segment) + (damage == nil ? " crc ok" : " damaged"))
            if let signature = try? segment.signature(ofBlock: index) {
                let place = segment.blocks[index].signatureOffset
                print(
                    "  signature at \(place) bytes \(signature.memoryBytes) set "
                        + "\(Int((signature.density * 100).rounded())) %")
            }
            for column in segment.columns(ofBlock: index) {
                print("  " + SegmentInspection.line(of: column, in: segment.blocks[index]))
            }
            guard let damage else { continue }
            print("  \(damage)")
            isSound = false
        }
        return isSound
    }

    private static func damage(of index: Int, in segment: SegmentReader) throws -> CorruptionError? {
        do {
            try segment.readBlock(index).check()
            _ = try segment.signature(ofBlock: index)
            return nil
        } catch let error as CorruptionError {
            return error
        }
    }

    private static func line(of stream: SegmentStream, in segment: SegmentReader) -> String {
        let extent = stream.extent
        let blocks = segment.blocks(of: stream)
        let listed = blocks.prefix(8).map { "\($0)" }.joined(separator: " ") + (blocks.count > 8 ? " ..." : "")
        return "stream \(extent.stream) rows \(extent.rows) line bytes \(extent.rawBytes) "
            + "times \(extent.minTimestamp)...\(extent.maxTimestamp) blocks \(listed)"
    }

    private static func line(of index: Int, in segment: SegmentReader) -> String {
        let entry = segment.blocks[index]
        let streams =
            entry.flags.contains(.singleStream) ? "stream \(entry.streamFirst)" : "streams \(entry.streamCount)"
        return "block \(index) at \(entry.offset) length \(entry.length) rows \(entry.rows) "
            + "line bytes \(entry.rawBytes) times \(entry.minTimestamp)...\(entry.maxTimestamp) \(streams)"
    }

    private static func line(of column: ColumnEntry, in block: BlockEntry) -> String {
        let kind = ColumnKind(rawValue: column.kind).map { "\($0)" } ?? "kind \(column.kind)"
        let encoding = ColumnEncoding(rawValue: column.encoding).map { "\($0)" } ?? "id \(column.encoding)"
        let codec = ColumnCodec(rawValue: column.codec).map { "\($0)" } ?? "id \(column.codec)"
        return "\(kind) column encoding \(encoding) codec \(codec) at \(block.offset + UInt64(column.offset)) "
            + "stored \(column.storedBytes) plain \(column.plainBytes) count \(column.count)"
    }
}
