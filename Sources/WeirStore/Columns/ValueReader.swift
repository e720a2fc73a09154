internal import WeirBytes

/// Reads one column of values: all of them, some, its distinct ones, or which of them hold some bytes.
///
/// Whatever the bytes hold, a read ends with values or with a ``CorruptionError`` that says where; then what was
/// appended until there means nothing. Borrows the bytes and the timestamps, which have to outlive it.
package struct ValueReader {
    /// What is known of the column.
    package let column: ValueColumn
    let start: ColumnSource
    let timestamps: UnsafeBufferPointer<Int64>

    /// Creates a reader.
    ///
    /// - Parameters:
    ///   - column: what the encoder said.
    ///   - bytes: the column's `storedBytes` bytes; 32 more have to be readable behind them.
    ///   - timestamps: those that the encoder had.
    ///   - path: the file, for errors.
    ///   - fileOffset: where the bytes start in it.
    package init(
        _ column: ValueColumn, bytes: UnsafeRawBufferPointer, timestamps: UnsafeBufferPointer<Int64>, path: String,
        fileOffset: Int
    ) {
        self.column = column
        self.timestamps = timestamps
        start = ColumnSource(bytes, path: path, fileOffset: fileOffset, name: "value column")
    }

    /// The encoding, when this version knows it and reads it as values.
    var encoding: ColumnEncoding? { ColumnEncoding(rawValue: column.encoding) }

    /// Appends the values of all rows, or of `rows`, ascending, to `buffer`.
    package func decode(rows: [UInt32]? = nil, into buffer: inout ValueBuffer) throws(CorruptionError) {
        precondition(rows?.last.map { Int($0) < column.count } ?? true, "a row of \(column.count) that is none")
        var source = start
        switch encoding {
        case .constant: try decodeConstant(rows, source, into: &buffer)
        case .texts: try decodeTexts(rows, &source, into: &buffer)
        case .textDictionary: try decodeCodes(rows, into: &buffer)
        case .nested: try decodeNested(rows, &source, into: &buffer)
        case .hex: try decodeHex(rows, &source, isUUID: false, into: &buffer)
        case .uuids: try decodeHex(rows, &source, isUUID: true, into: &buffer)
        case .wholes, .fixedDigits, .decimals, .ipv4, .clocks: try decodeNumbers(rows, &source, into: &buffer)
        default: throw unknownEncoding
        }
    }

    /// Appends the distinct values to `buffer` and puts the position of each row's value among them into `codes`;
    /// false, doing nothing, for encodings without a dictionary.
    package func decodeDistinct(
        into buffer: inout ValueBuffer, codes: inout [UInt32]
    ) throws(CorruptionError) -> Bool {
        switch encoding {
        case .constant:
            guard column.count > 0 else { return false }
            try decodeConstant([0], start, into: &buffer)
            codes.resize(to: 0, filling: 0)
            codes.resize(to: column.count, filling: 0)
            return true
        case .textDictionary:
            try decodeDictionary(into: &buffer, codes: &codes)
            return true
        default:
            return false
        }
    }

    var unknownEncoding: CorruptionError {
        start.corruption(
            "encoding", expected: "one of values that this version reads",
            found: "id \(column.encoding); written by a newer version of weir?")
    }

    private func decodeConstant(
        _ rows: [UInt32]?, _ source: ColumnSource, into buffer: inout ValueBuffer
    ) throws(CorruptionError) {
        let value = source.reader.bytes
        let count = rows?.count ?? column.count
        let offset = UInt32(truncatingIfNeeded: buffer.used)
        buffer.append(capacity: value.count) { room in
            room.copyMemory(from: value)
            return value.count
        }
        buffer.appendPlaces(count: count) { offsets, lengths in
            offsets.update(repeating: offset, count: count)
            lengths.update(repeating: UInt32(value.count), count: count)
        }
    }

    private func decodeTexts(
        _ rows: [UInt32]?, _ source: inout ColumnSource, into buffer: inout ValueBuffer
    ) throws(CorruptionError) {
        let first = buffer.count
        var lengths = [UInt32](repeating: 0, count: column.count)
        let start = try lengths.withUnsafeMutableBufferPointer { lengths throws(CorruptionError) in
            guard let first = lengths.baseAddress else { return buffer.used }
            return try TextColumn.decode(
                &source, codec: column.codec, count: column.count, lengths: first, to: &buffer)
        }
        lengths.withUnsafeBufferPointer { lengths in
            buffer.appendRun(count: lengths.count, at: UInt32(start)) { target in
                if let first = lengths.baseAddress { target.update(from: first, count: lengths.count) }
            }
        }
        if let rows { buffer.keep(rows, from: first) }
    }

    /// Reads the dictionary to `buffer` and checks the codes against it.
    ///
    /// With `needsTexts` false only the lengths of the values mean anything.
    func decodeDictionary(
        into buffer: inout ValueBuffer, codes: inout [UInt32], needsTexts: Bool = true
    ) throws(CorruptionError) {
        var source = start
        let distinct = try source.readVarint("distinct values")
        guard distinct >= 1, distinct <= UInt64(column.count) else {
            throw start.corruption("distinct values", expected: "1...\(column.count)", found: "\(distinct)")
        }
        let part = try readPart(&source, count: Int(distinct), "dictionary")
        guard part.encoding != .textDictionary else {
            throw start.corruption("dictionary", expected: "texts", found: "another dictionary")
        }
        if needsTexts { try part.decode(into: &buffer) } else { try part.decodeLengths(into: &buffer) }
        codes.resize(to: column.count, filling: 0)
        try codes.withUnsafeMutableBufferPointer { codes throws(CorruptionError) in
            guard let first = codes.baseAddress else { return }
            try PackedSeries.decode(&source, count: codes.count, to: first, "codes")
            var highest: UInt32 = 0
            for code in codes { highest = max(highest, code) }
            guard UInt64(highest) < distinct else {
                throw source.corruption("codes", expected: "below \(distinct)", found: "\(highest)")
            }
        }
    }

    /// Reads the head of a list inside this one: `u8 encoding | u8 codec | varint bytes | the bytes`.
    ///
    /// Instants need the rows of a list of its own, and lists inside lists inside lists are nobody's.
    func readPart(
        _ source: inout ColumnSource, count: Int, _ what: String
    ) throws(CorruptionError) -> ValueReader {
        let encoding: UInt8 = try source.read(what)
        let codec: UInt8 = try source.read(what)
        let size = try source.readVarint(what)
        let offset = source.fileOffset + source.reader.offset
        let bytes = try source.readBytes(Int(clamping: size), what)
        guard encoding != ColumnEncoding.clocks.rawValue, encoding != ColumnEncoding.nested.rawValue else {
            throw start.corruption(what, expected: "an encoding of lists in lists", found: "id \(encoding)")
        }
        var part = ValueColumn(
            .texts, count: count, plainBytes: 0,
            stamp: ValueStamp(lengthMin: 0, lengthMax: .max, classes: ByteClasses(rawValue: .max)))
        part.encoding = encoding
        part.codec = codec
        return ValueReader(part, bytes: bytes, timestamps: timestamps, path: start.path, fileOffset: offset)
    }

    private func decodeCodes(_ rows: [UInt32]?, into buffer: inout ValueBuffer) throws(CorruptionError) {
        var codes: [UInt32] = []
        let first = buffer.count
        try decodeDictionary(into: &buffer, codes: &codes)
        buffer.spread(codes, rows: rows, from: first)
    }

    private func decodeHex(
        _ rows: [UInt32]?, _ source: inout ColumnSource, isUUID: Bool, into buffer: inout ValueBuffer
    ) throws(CorruptionError) {
        let text = try HexText(&source, isUUID: isUUID)
        let packed = try source.readBytes(column.count * text.stride, "digits")
        guard let base = packed.baseAddress, column.count > 0 else { return }
        if let rows {
            buffer.appendTexts(count: rows.count, lengthMax: text.length) { index, target in
                text.write(base + Int(rows[index]) * text.stride, at: target)
                return text.length
            }
        } else {
            buffer.appendTexts(count: column.count, lengthMax: text.length) { index, target in
                text.write(base + index * text.stride, at: target)
                return text.length
            }
        }
    }
}
