internal import ArgumentParser
internal import WeirModel
internal import WeirStore
internal import WeirSystem

/// `weir inspect segment PATH`: the segment's facts, its streams, and its blocks, each read and checked.
struct InspectSegment: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "segment", abstract: "Prints the streams and blocks of a segment file, and checks every block.")

    @Argument(help: "A segment file.")
    var path: String

    @Flag(help: "Also print every row.")
    var lines = false

    func run() throws {
        let file = try PosixFileSystem().open(path, .read)
        defer { file.close() }
        let segment = try SegmentReader.open(file: file)
        try printSummary(segment.summary)
        for stream in segment.streams {
            let extent = stream.extent
            try say(
                "stream \(extent.stream): \(extent.rows) rows, \(extent.rawBytes) bytes of lines, "
                    + "\(time(extent.minTimestamp)) to \(time(extent.maxTimestamp))")
        }
        var damaged = 0
        for index in segment.blocks.indices {
            do {
                try printBlock(index, of: segment)
            } catch let damage as CorruptionError {
                damaged += 1
                try say("  damaged: \(damage)")
            }
        }
        if damaged > 0 { throw StartFailure("\(path): \(damaged) of \(segment.blocks.count) blocks are damaged") }
    }

    private func printSummary(_ summary: SegmentSummary) throws {
        try say(
            "segment \(summary.id): \(summary.rows) rows in \(summary.blocks) blocks, \(summary.streams.count) streams")
        try say("  \(summary.rawBytes) bytes of lines in a file of \(summary.fileBytes)")
        try say("  \(time(summary.minTimestamp)) to \(time(summary.maxTimestamp))")
    }

    private func printBlock(_ index: Int, of segment: SegmentReader) throws {
        let entry = segment.blocks[index]
        try say(
            "block \(index) at byte \(entry.offset): \(entry.rows) rows, \(entry.rawBytes) bytes of lines in "
                + "\(entry.length), \(time(entry.minTimestamp)) to \(time(entry.maxTimestamp))")
        for column in segment.columns(ofBlock: index) {
            let kind = ColumnKind(rawValue: column.kind).map { "\($0)" } ?? "of unknown kind \(column.kind)"
            let encoding = ColumnEncoding(rawValue: column.encoding).map { "\($0)" } ?? "unknown \(column.encoding)"
            try say(
                "  column \(kind): \(encoding), \(column.count) values, \(column.plainBytes) bytes in "
                    + "\(column.storedBytes)")
        }
        let block = try segment.readBlock(index)
        var batch = LineBatch()
        var arrivals: [Int64]? = []
        try block.decode(into: &batch, arrivals: &arrivals, needsLines: true, needsMetadata: true)
        guard lines else { return }
        for row in 0..<block.count {
            try say(
                "  \(time(batch.timestamps[row])) stream \(batch.streamIndexes[row]): \(batch.lineText(ofRow: row))")
        }
    }

    private func time(_ nanoseconds: Int64) -> String {
        CivilTime(nanoseconds: nanoseconds).exact
    }

    private func say(_ line: String) throws(FileError) {
        try StandardStream.output.writeLine(line)
    }
}
