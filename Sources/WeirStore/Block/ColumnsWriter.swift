internal import WeirBytes
internal import WeirModel

/// Appends the columns of one block after the other to a buffer that it reuses.
struct ColumnsWriter: Sendable {
    var writer = ByteWriter()
    var numbers: [UInt64] = []
    var gathered: [UInt8] = []
    /// The instants of the rows, in the order of the block.
    private(set) var timestamps: [Int64] = []
    var split = SplitLines()
    var draft = ValueColumns.Draft()
    private var entries: [ColumnEntry] = []
    private var deltas: [UInt64] = []
    private var values: [Int64] = []

    mutating func start() {
        writer.removeAll()
        entries.removeAll(keepingCapacity: true)
    }

    /// The entries, and the payload with the room behind it that decoders need.
    mutating func finish() -> ([ColumnEntry], [UInt8]) {
        writer.align(to: 8)
        precondition(writer.count <= Int(UInt32.max), "a block of \(writer.count) bytes")
        let payload = [UInt8](unsafeUninitializedCapacity: writer.count + ColumnSource.readableBeyond) { room, count in
            count = writer.count + ColumnSource.readableBeyond
            UnsafeMutableRawBufferPointer(room).copyBytes(from: writer.bytes)
            room[writer.count...].update(repeating: 0)
        }
        return (entries, payload)
    }

    mutating func appendTimestamps(_ source: [Int64], order: [UInt32]) {
        ColumnsWriter.gather(source, order: order, into: &timestamps)
        add(ColumnEntry(kind: .timestamp, encoding: .integerDeltas, count: order.count)) { columns in
            columns.timestamps.withUnsafeBufferPointer {
                IntegerColumn.appendDeltas($0, scratch: &columns.deltas, to: &columns.writer)
            }
            return order.count * 8
        }
    }

    /// Appends the stream column, unless there is one stream; call after the timestamps.
    mutating func appendStreams(_ lines: borrowing LineBatch, order: [UInt32]) -> [StreamExtent] {
        let ids = lines.streamIndexes
        let first = ids[Int(order[0])]
        guard order.contains(where: { ids[Int($0)] != first }) else {
            var extent = StreamExtent(
                stream: first, rows: UInt32(order.count), minTimestamp: timestamps[0],
                maxTimestamp: timestamps[order.count - 1], rawBytes: 0)
            for row in order { extent.rawBytes += UInt64(lines.lineLengths[Int(row)]) }
            return [extent]
        }
        values.removeAll(keepingCapacity: true)
        for row in order { values.append(Int64(ids[Int(row)])) }
        let dictionary = appendIntegerDictionary(.stream)
        var extents = dictionary.map {
            StreamExtent(
                stream: UInt32($0), rows: 0, minTimestamp: .max, maxTimestamp: .min, rawBytes: 0)
        }
        for (position, row) in order.enumerated() {
            let code = Int(numbers[position])
            extents[code].formUnion(
                StreamExtent(
                    stream: extents[code].stream, rows: 1, minTimestamp: timestamps[position],
                    maxTimestamp: timestamps[position], rawBytes: UInt64(lines.lineLengths[Int(row)])))
        }
        return extents
    }

    /// Appends when rows arrived: as runs, or as a dictionary where pushes took turns row by row.
    mutating func appendArrivals(_ source: [Int64], order: [UInt32]) {
        ColumnsWriter.gather(source, order: order, into: &values)
        var runs = 1
        for index in 1..<max(values.count, 1) where values[index] != values[index - 1] { runs += 1 }
        // A run costs about seven bytes, a code rarely more than one.
        if runs > 16 && runs * 7 > values.count {
            _ = appendIntegerDictionary(.arrival)
            return
        }
        add(ColumnEntry(kind: .arrival, encoding: .integerRuns, count: order.count)) { columns in
            columns.values.withUnsafeBufferPointer { IntegerColumn.appendRuns($0, to: &columns.writer) }
            return order.count * 8
        }
    }

    /// Appends `values` as a dictionary, which it returns, and leaves the codes in `numbers`.
    private mutating func appendIntegerDictionary(_ kind: ColumnKind) -> [Int64] {
        var dictionary = values
        dictionary.sort()
        var distinct = 1
        for index in 1..<dictionary.count where dictionary[index] != dictionary[index - 1] {
            dictionary[distinct] = dictionary[index]
            distinct += 1
        }
        dictionary.removeLast(dictionary.count - distinct)
        numbers.removeAll(keepingCapacity: true)
        for value in values { numbers.append(UInt64(ColumnsWriter.position(of: value, in: dictionary))) }
        add(ColumnEntry(kind: kind, encoding: .integerDictionary, count: values.count)) { columns in
            dictionary.withUnsafeBufferPointer { dictionary in
                columns.numbers.withUnsafeBufferPointer {
                    IntegerColumn.appendDictionary(
                        dictionary, codes: $0, scratch: &columns.deltas, to: &columns.writer)
                }
            }
            return columns.values.count * 8
        }
        return dictionary
    }

    /// Appends counts, names and values of structured metadata; false, appending nothing, when there is none.
    mutating func appendMetadata(_ lines: borrowing LineBatch, order: [UInt32], effort: ColumnEffort) -> Bool {
        guard !lines.metadata.isEmpty else { return false }
        numbers.removeAll(keepingCapacity: true)
        var names: [(offset: UInt32, length: UInt32)] = []
        var texts: [(offset: UInt32, length: UInt32)] = []
        for row in order {
            let range = lines.metadataRange(ofRow: Int(row))
            numbers.append(UInt64(range.count))
            for pair in lines.metadata[range] {
                names.append((pair.nameOffset, pair.nameLength))
                texts.append((pair.valueOffset, pair.valueLength))
            }
        }
        guard !names.isEmpty else { return false }
        precondition(names.count <= BlockReader.pairsMax, "a block of \(names.count) pairs of structured metadata")
        add(ColumnEntry(kind: .metadataCount, encoding: .integers, count: order.count)) { columns in
            columns.numbers.withUnsafeBufferPointer { PackedIntegers.append($0, to: &columns.writer) }
            return order.count * 4
        }
        lines.bytes.withUnsafeBytes { arena in
            appendStrings(.metadataName, names, in: arena, effort: effort)
            appendStrings(.metadataValue, texts, in: arena, effort: effort)
        }
        return true
    }

    /// Appends strings as a dictionary when at most a third of them are distinct, else as they are.
    private mutating func appendStrings(
        _ kind: ColumnKind, _ strings: [(offset: UInt32, length: UInt32)], in arena: UnsafeRawBufferPointer,
        effort: ColumnEffort
    ) {
        var table = StringTable()
        var codes: [UInt64] = []
        codes.reserveCapacity(strings.count)
        for string in strings {
            codes.append(table.number(of: string.offset, length: string.length, in: arena))
            if table.count > 64 && table.count > strings.count / 3 { break }
        }
        let isDictionary = codes.count == strings.count
        let parts = isDictionary ? zip(table.offsets, table.lengths).map { ($0, UInt32($1)) } : strings
        var lengths: [UInt64] = []
        lengths.reserveCapacity(parts.count)
        gathered.removeAll(keepingCapacity: true)
        for (offset, length) in parts {
            lengths.append(UInt64(length))
            gathered.append(contentsOf: arena[Int(offset)..<Int(offset) + Int(length)])
        }
        let encoding: ColumnEncoding = isDictionary ? .dictionary : .raw
        add(ColumnEntry(kind: kind, encoding: encoding, codec: effort.codec, count: strings.count)) { columns in
            if isDictionary { columns.writer.append(UInt32(table.count)) }
            lengths.withUnsafeBufferPointer { lengths in
                columns.gathered.withUnsafeBytes {
                    StringColumn.appendRaw(lengths: lengths, bytes: $0, effort: effort, to: &columns.writer)
                }
            }
            if isDictionary { codes.withUnsafeBufferPointer { PackedIntegers.append($0, to: &columns.writer) } }
            return strings.reduce(0) { $0 + Int($1.length) }
        }
    }

    private static func gather(_ source: [Int64], order: [UInt32], into target: inout [Int64]) {
        target.removeAll(keepingCapacity: true)
        target.reserveCapacity(order.count)
        source.withUnsafeBufferPointer { source in
            for row in order { target.append(source[Int(row)]) }
        }
    }

    private static func position(of value: Int64, in sorted: [Int64]) -> Int {
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Appends a column that `write` writes and returns the plain bytes of.
    mutating func add(_ entry: ColumnEntry, _ write: (inout ColumnsWriter) -> Int) {
        writer.align(to: 8)
        var entry = entry
        let start = writer.count
        entry.offset = UInt32(start)
        entry.plainBytes = UInt32(clamping: write(&self))
        entry.storedBytes = UInt32(writer.count - start)
        entry.checksum = writer.bytes.withUnsafeBytes {
            CRC32C.checksum(UnsafeRawBufferPointer(rebasing: $0[start...]))
        }
        entries.append(entry)
    }
}
