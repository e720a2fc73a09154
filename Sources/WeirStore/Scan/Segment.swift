internal import WeirSystem

/// A segment that serves queries: what the catalogue says and the open file.
final class Segment: Sendable {
    let row: SegmentRow
    let reader: SegmentReader

    init(row: SegmentRow, reader: SegmentReader) {
        self.row = row
        self.reader = reader
    }

    /// Opens the file of a row and compares the two.
    ///
    /// - Throws: ``CorruptionError`` or `FileError`.
    static func open(_ row: SegmentRow, folder: String, files: any FileSystem) throws -> Segment {
        let path = folder + "/" + row.fileName
        let reader = try SegmentReader.open(file: files.open(path, .read))
        let found = reader.summary
        guard found.fileBytes == row.fileBytes, found.tailChecksum == row.tailChecksum, found.streams == row.streams
        else {
            throw CorruptionError(
                path: path, byteOffset: row.tailOffset, what: "segment",
                expected: "the \(row.fileBytes) bytes with tail \(hexadecimal(row.tailChecksum)) of the catalogue",
                found: "\(found.fileBytes) bytes with tail \(hexadecimal(found.tailChecksum))")
        }
        return Segment(row: row, reader: reader)
    }
}
