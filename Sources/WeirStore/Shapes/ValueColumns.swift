internal import WeirBytes

/// Several columns of values one after the other, with a directory of their own: entries of a block's directory would
/// cost more than most of these columns take.
///
///     u32 bytes of the directory | ValueColumn[columns] | the columns' bytes
///
/// How many columns there are and how many values each holds follows from the shapes.
enum ValueColumns {
    /// Gathers columns on their way to disk.
    struct Draft: Sendable {
        private var directory = ByteWriter()
        private var payload = ByteWriter()
        private var encoder = ValueEncoder()
        /// Bytes and number of the values added.
        private(set) var plainBytes = 0
        private(set) var count = 0

        mutating func removeAll() {
            directory.removeAll()
            payload.removeAll()
            plainBytes = 0
            count = 0
        }

        /// The first of each of the different values of the column added last, if it is a dictionary.
        var distinct: [UInt32] { encoder.distinct }

        mutating func append(_ values: ValueList, effort: ColumnEffort) -> ValueColumn {
            let column = encoder.append(values, effort: effort, to: &payload)
            column.append(to: &directory)
            plainBytes += column.plainBytes
            count += column.count
            return column
        }

        func write(to writer: inout ByteWriter) {
            writer.append(UInt32(directory.count))
            directory.bytes.withUnsafeBytes { writer.append($0) }
            payload.bytes.withUnsafeBytes { writer.append($0) }
        }
    }

    /// One column found on disk.
    struct Found {
        fileprivate let column: ValueColumn
        fileprivate let source: ColumnSource

        /// What is known of the values without reading them.
        var stamp: ValueStamp { column.stamp }
        /// Whether a reader needs the timestamps of the rows.
        var needsTimestamps: Bool { column.encoding == ColumnEncoding.clocks.rawValue }

        /// A reader of the column; `timestamps` are those of its rows.
        func reader(timestamps: UnsafeBufferPointer<Int64>) -> ValueReader {
            ValueReader(
                column, bytes: source.reader.bytes, timestamps: timestamps, path: source.path,
                fileOffset: source.fileOffset)
        }

        /// Appends the distinct values, and puts the position of each row's among them into `codes`; false, doing
        /// nothing, when the column is not made of them.
        func decodeDistinct(
            timestamps: [Int64], into values: inout ValueBuffer, codes: inout [UInt32]
        ) throws(CorruptionError) -> Bool {
            try timestamps.withUnsafeBufferPointer { timestamps throws(CorruptionError) in
                try reader(timestamps: timestamps).decodeDistinct(into: &values, codes: &codes)
            }
        }

        /// Appends the values of some rows of the column, ascending, or of all.
        func decode(
            rows: [UInt32]?, timestamps: [Int64], into values: inout ValueBuffer
        ) throws(CorruptionError) {
            try decode(.texts(rows: rows), timestamps: timestamps[...], into: &values)
        }

        /// Appends what is wanted of the column.
        func decode(
            _ demand: ValueDemand, timestamps: ArraySlice<Int64>, into values: inout ValueBuffer
        ) throws(CorruptionError) {
            try timestamps.withUnsafeBufferPointer { timestamps throws(CorruptionError) in
                let reader = reader(timestamps: timestamps)
                switch demand {
                case .lengths: try reader.decodeLengths(into: &values)
                case .texts(let rows): try reader.decode(rows: rows, into: &values)
                }
            }
        }
    }

    /// What is wanted of a column.
    enum ValueDemand {
        /// How long the value of each row is.
        case lengths
        /// The values of some rows, ascending, or of all.
        case texts(rows: [UInt32]?)
    }

    /// Finds the columns; `counts` are the values of each.
    static func read(_ source: inout ColumnSource, counts: [Int]) throws(CorruptionError) -> [Found] {
        let directoryBytes = Int(try source.read("directory", as: UInt32.self))
        var directory = ByteReader(try source.readBytes(directoryBytes, "directory"))
        var found: [Found] = []
        found.reserveCapacity(counts.count)
        for count in counts {
            guard let column = ValueColumn(&directory, count: count) else {
                throw source.corruption(
                    "directory", expected: "\(counts.count) columns", found: "the end behind \(found.count)")
            }
            let offset = source.fileOffset + source.reader.offset
            let bytes = try source.readBytes(column.storedBytes, "values")
            found.append(
                Found(
                    column: column,
                    source: ColumnSource(bytes, path: source.path, fileOffset: offset, name: source.name)))
        }
        guard directory.remaining == 0 else {
            throw source.corruption("directory", expected: "\(counts.count) columns", found: "more")
        }
        try source.finish()
        return found
    }
}
