/// Lines of several streams in one arena of bytes: the one shape in which lines travel, from a container file to an
/// answer.
///
/// Row `i` is the line `bytes[lineOffsets[i] ..< lineOffsets[i] + lineLengths[i]]` at `timestamps[i]`, of the stream
/// `streams[streamIndexes[i]]`. The arrays of rows have equal lengths. `bytes` may hold more than the lines: a decoded
/// push body is an arena as it is, and lines may share bytes.
///
/// Rows stand in order of arrival when a batch is appended, and in the order of the question (see ``Selection``) when
/// it comes out of a scan.
public struct LineBatch: Sendable {
    /// The arena; `bytes.count` stays below 4 GiB so that offsets fit 32 bits.
    public var bytes: [UInt8]
    /// Where each line starts in `bytes`.
    public var lineOffsets: [UInt32]
    /// The length of each line in bytes.
    public var lineLengths: [UInt32]
    /// The instant of each row, nanoseconds since 1970 UTC.
    public var timestamps: [Int64]
    /// The stream of each row, as a position in `streams`.
    public var streamIndexes: [UInt32]
    /// The label sets that the rows refer to.
    public var streams: [LabelSet]
    /// Structured metadata of all rows; row `i` owns `metadata[metadataEnds[i-1] ..< metadataEnds[i]]`.
    public var metadata: [MetadataPair]
    /// Where each row's metadata ends in `metadata`; empty when no row has any.
    public var metadataEnds: [UInt32]
    /// What the selection's ``FieldReading`` asked for, a column each; empty when the store did not read fields. Rows
    /// whose fields are known have an empty line unless the selection needs lines.
    public var fields: [FieldColumn] = []
    /// Whether the source has seen that the line of each row holds all of ``Selection/requiredLiterals``. Rows then have
    /// an empty line where the selection can do without.
    public var areLiteralsTested = false

    /// One pair of structured metadata, as ranges of the arena.
    public struct MetadataPair: Sendable {
        /// Where the name starts in `bytes`.
        public var nameOffset: UInt32
        /// The name's length in bytes.
        public var nameLength: UInt32
        /// Where the value starts in `bytes`.
        public var valueOffset: UInt32
        /// The value's length in bytes.
        public var valueLength: UInt32

        /// Creates a pair from ranges of the batch's arena.
        public init(nameOffset: UInt32, nameLength: UInt32, valueOffset: UInt32, valueLength: UInt32) {
            self.nameOffset = nameOffset
            self.nameLength = nameLength
            self.valueOffset = valueOffset
            self.valueLength = valueLength
        }
    }

    /// Creates a batch without rows over an arena.
    public init(bytes: [UInt8] = []) {
        self.bytes = bytes
        lineOffsets = []
        lineLengths = []
        timestamps = []
        streamIndexes = []
        streams = []
        metadata = []
        metadataEnds = []
    }

    /// The number of rows.
    @inlinable public var count: Int { timestamps.count }
    /// Whether there is no row.
    @inlinable public var isEmpty: Bool { timestamps.isEmpty }

    /// The sum of the lines' lengths in bytes.
    public var lineBytes: Int {
        var sum = 0
        for length in lineLengths { sum += Int(length) }
        return sum
    }

    /// Adds a row whose line already lies in the arena.
    public mutating func appendRow(stream: UInt32, timestamp: Int64, lineOffset: UInt32, lineLength: UInt32) {
        timestamps.append(timestamp)
        streamIndexes.append(stream)
        lineOffsets.append(lineOffset)
        lineLengths.append(lineLength)
        if !metadataEnds.isEmpty || !metadata.isEmpty { closeMetadata() }
    }

    /// Adds a row and copies its line to the end of the arena.
    public mutating func appendRow(stream: UInt32, timestamp: Int64, copying line: some Collection<UInt8>) {
        let offset = UInt32(bytes.count)
        bytes.append(contentsOf: line)
        appendRow(stream: stream, timestamp: timestamp, lineOffset: offset, lineLength: UInt32(line.count))
    }

    /// Gives pairs that were added to `metadata` since the last row to the row just added; called by `appendRow`.
    ///
    /// Rows added before the first metadata of the batch get an empty range each.
    private mutating func closeMetadata() {
        while metadataEnds.count < timestamps.count - 1 { metadataEnds.append(metadataEnds.last ?? 0) }
        metadataEnds.append(UInt32(metadata.count))
    }

    /// Adds a pair of structured metadata that will belong to the next row added.
    public mutating func addMetadata(name: some Collection<UInt8>, value: some Collection<UInt8>) {
        if metadataEnds.count < timestamps.count {
            metadataEnds.append(contentsOf: repeatElement(0, count: timestamps.count - metadataEnds.count))
        }
        let offset = UInt32(bytes.count)
        bytes.append(contentsOf: name)
        bytes.append(contentsOf: value)
        metadata.append(
            MetadataPair(
                nameOffset: offset, nameLength: UInt32(name.count),
                valueOffset: offset + UInt32(name.count), valueLength: UInt32(value.count)))
    }

    /// The pairs of structured metadata of a row; empty when it has none.
    public func metadataRange(ofRow row: Int) -> Range<Int> {
        guard !metadataEnds.isEmpty else { return 0..<0 }
        return (row == 0 ? 0 : Int(metadataEnds[row - 1]))..<Int(metadataEnds[row])
    }

    /// The line of a row as text, for tests and messages; broken UTF-8 is repaired.
    public func lineText(ofRow row: Int) -> String {
        let start = Int(lineOffsets[row])
        return String(decoding: bytes[start..<start + Int(lineLengths[row])], as: UTF8.self)
    }

    /// The structured metadata of a row as labels, for results and tests; broken UTF-8 is repaired.
    public func metadataLabels(ofRow row: Int) -> [Label] {
        metadataRange(ofRow: row).map { index in
            let pair = metadata[index]
            return Label(
                text(offset: pair.nameOffset, length: pair.nameLength),
                text(offset: pair.valueOffset, length: pair.valueLength))
        }
    }

    /// Removes all rows, streams and bytes, keeping the memory for the next use.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        lineOffsets.removeAll(keepingCapacity: true)
        lineLengths.removeAll(keepingCapacity: true)
        timestamps.removeAll(keepingCapacity: true)
        streamIndexes.removeAll(keepingCapacity: true)
        streams.removeAll(keepingCapacity: true)
        metadata.removeAll(keepingCapacity: true)
        metadataEnds.removeAll(keepingCapacity: true)
        fields.removeAll(keepingCapacity: true)
        areLiteralsTested = false
    }

    private func text(offset: UInt32, length: UInt32) -> String {
        String(decoding: bytes[Int(offset)..<Int(offset) + Int(length)], as: UTF8.self)
    }
}
