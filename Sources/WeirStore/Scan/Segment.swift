internal import Synchronization
internal import WeirSystem

/// A segment that serves queries: what the catalogue says and the open file.
final class Segment: Sendable {
    let row: SegmentRow
    let reader: SegmentReader
    /// The names of structured metadata, once somebody asked; nil inside when there are too many.
    private let names = Mutex<Set<String>??>(nil)

    init(row: SegmentRow, reader: SegmentReader) {
        self.row = row
        self.reader = reader
    }

    /// The names of structured metadata that rows have, or nil when there are too many to list; reads every block that
    /// has any the first time.
    ///
    /// - Throws: ``CorruptionError`` or `FileError`.
    func metadataNames() throws -> Set<String>? {
        if let known = names.withLock({ $0 }) { return known }
        var all: Set<String>? = []
        for index in reader.blocks.indices where reader.blocks[index].flags.contains(.hasMetadata) {
            guard let found = try MetadataNames.names(of: reader.readBlock(index, needsLines: false)) else {
                all = nil
                break
            }
            all?.formUnion(found)
            if all?.count ?? 0 > MetadataNames.countMax {
                all = nil
                break
            }
        }
        let found = all
        names.withLock { $0 = .some(found) }
        return found
    }

    /// Opens the file of a row and compares the two.
    ///
    /// - Throws: ``CorruptionError`` or `FileError`.
    static func open(_ row: SegmentRow, folder: String, files: any FileSystem) throws -> Segment {
        let path = folder + "/" + row.fileName
        let reader = try SegmentReader.open(file: files.open(path, .read))
        let found = reader.summary
        let isSame =
            found.fileBytes == row.fileBytes && found.tailChecksum == row.tailChecksum && found.streams == row.streams
            && found.minTimestamp == row.minTimestamp && found.maxTimestamp == row.maxTimestamp
            && found.rows == row.rows && found.rawBytes == row.rawBytes
        guard isSame else {
            throw CorruptionError(
                path: path, byteOffset: row.tailOffset, what: "segment",
                expected: "the \(row.fileBytes) bytes with tail \(hexadecimal(row.tailChecksum)) of the catalogue",
                found: "\(found.fileBytes) bytes with tail \(hexadecimal(found.tailChecksum))")
        }
        return Segment(row: row, reader: reader)
    }
}
