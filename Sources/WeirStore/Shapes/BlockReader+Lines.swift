internal import WeirBytes
public import WeirModel

// How a reader gets at lines: as they are when the block has no shapes, else put together from values.
extension BlockReader {
    /// Replaces `lengths` with the length of each row's line, which takes no lines: in a block with shapes it is the sum
    /// of what the shape and the values take.
    public func readLineLengths(into lengths: inout [UInt32]) throws(CorruptionError) {
        var parts = LineParts()
        try readLineLengths(into: &lengths, parts: &parts)
    }

    /// The same with memory for the parts of lines, which may hold anything from before.
    func readLineLengths(into lengths: inout [UInt32], parts: inout LineParts) throws(CorruptionError) {
        lengths.resize(to: count, filling: 0)
        guard entry.flags.contains(.rawLinesOnly) else {
            try readShapes(into: &parts)
            try readValues(rows: nil, needsTexts: false, into: &parts)
            guard parts.lineBytes == UInt64(entry.rawBytes) else {
                throw corruption("lines", expected: "\(entry.rawBytes) bytes", found: "\(parts.lineBytes)")
            }
            lengths.withUnsafeMutableBufferPointer { lengths in
                if let start = lengths.baseAddress { parts.fillLengths(start) }
            }
            return
        }
        try lengths.withUnsafeMutableBufferPointer { target throws(CorruptionError) in
            guard let start = target.baseAddress else { return }
            try withColumn(.line, count: count) { source, column throws(CorruptionError) in
                _ = try StringColumn.decodeRawHead(&source, codec: column.codec, count: target.count, lengths: start)
            }
        }
    }

    /// Replaces the lines of `batch` by those of some rows of the block, ascending; its other arrays stay as they are.
    ///
    /// In a block with shapes only the values of these rows are put together.
    public func readLines(ofRows rows: [UInt32], into batch: inout LineBatch) throws(CorruptionError) {
        precondition(rows.last.map { Int($0) < count } ?? true, "a row of \(count) that is none")
        var parts = LineParts()
        _ = try readLines(rows: rows, into: &batch, at: 0, parts: &parts)
    }

    /// Writes lines to the arena from `start` on, and where they lie to `lineOffsets` and `lineLengths`.
    ///
    /// - Parameter rows: the rows whose lines are wanted, ascending; nil for all.
    /// - Returns: where the lines end in the arena.
    func readLines(
        rows: [UInt32]?, into batch: inout LineBatch, at start: Int, parts: inout LineParts
    ) throws(CorruptionError) -> Int {
        if entry.flags.contains(.rawLinesOnly) {
            let end = try readWholeLines(into: &batch, at: start)
            if let rows {
                batch.lineOffsets = rows.map { batch.lineOffsets[Int($0)] }
                batch.lineLengths = rows.map { batch.lineLengths[Int($0)] }
            }
            return end
        }
        try readShapes(into: &parts)
        try readValues(rows: rows, into: &parts)
        return try buildLines(rows: rows, into: &batch, at: start, parts: parts)
    }

    /// Builds the lines of rows whose values were read.
    func buildLines(
        rows: [UInt32]?, into batch: inout LineBatch, at start: Int, parts: borrowing LineParts
    ) throws(CorruptionError) -> Int {
        let bytes = parts.lineBytes
        guard rows == nil ? bytes == UInt64(entry.rawBytes) : bytes <= UInt64(entry.rawBytes),
            start + Int(bytes) + LineParts.copiedBeyond <= Int(UInt32.max)
        else { throw corruption("lines", expected: "\(entry.rawBytes) bytes", found: "\(bytes)") }
        let lines = rows?.count ?? count
        batch.lineOffsets.resize(to: lines, filling: 0)
        batch.lineLengths.resize(to: lines, filling: 0)
        batch.bytes.grow(to: start + Int(bytes) + LineParts.copiedBeyond)
        batch.bytes.withUnsafeMutableBytes { arena in
            batch.lineOffsets.withUnsafeMutableBufferPointer { offsets in
                batch.lineLengths.withUnsafeMutableBufferPointer { lengths in
                    guard let target = arena.baseAddress, let offsets = offsets.baseAddress,
                        let lengths = lengths.baseAddress
                    else { return }
                    parts.build(
                        rows: rows, to: target + start, base: UInt32(start), offsets: offsets, lengths: lengths)
                }
            }
        }
        return start + Int(bytes)
    }

    /// Decodes the lines of a block without shapes.
    private func readWholeLines(into batch: inout LineBatch, at start: Int) throws(CorruptionError) -> Int {
        batch.lineOffsets.resize(to: count, filling: 0)
        batch.lineLengths.resize(to: count, filling: 0)
        return try withColumn(.line, count: count) { source, column throws(CorruptionError) in
            let frames = try batch.lineLengths.withUnsafeMutableBufferPointer { lengths throws(CorruptionError) in
                guard let first = lengths.baseAddress else { preconditionFailure("a block without rows") }
                return try StringColumn.decodeRawHead(
                    &source, codec: column.codec, count: lengths.count, lengths: first)
            }
            try BlockReader.decodeFrames(&source, frames, to: &batch.bytes, at: start)
            try source.finish()
            var offset = UInt32(start)
            for row in 0..<batch.lineLengths.count {
                batch.lineOffsets[row] = offset
                offset &+= batch.lineLengths[row]
            }
            return start + frames.plainBytes
        }
    }

    // MARK: - Parts of lines

    /// Reads the shapes and which row has which.
    func readShapes(into parts: inout LineParts) throws(CorruptionError) {
        parts.removeAll()
        let shapes = Int(entry.shapeCount)
        try withColumn(.shape, count: shapes) { source, column throws(CorruptionError) in
            var lengths = [UInt32](repeating: 0, count: shapes)
            let frames = try BlockReader.decodeHead(&source, codec: column.codec, &lengths)
            var texts: [UInt8] = []
            try BlockReader.decodeFrames(&source, frames, to: &texts, at: 0)
            try source.finish()
            var start = 0
            for (index, length) in lengths.enumerated() {
                let isShape = texts.withUnsafeBytes {
                    parts.addShape(describedBy: UnsafeRawBufferPointer(rebasing: $0[start..<start + Int(length)]))
                }
                guard isShape else {
                    throw source.corruption("shape \(index)", expected: "literals and holes", found: "something else")
                }
                start += Int(length)
            }
        }
        try withColumn(.shapeOfRow, count: count) { source, column throws(CorruptionError) in
            let stray = try parts.fillRows(count) { rows throws(CorruptionError) in
                try readShapeSequence(&source, column, to: rows)
            }
            guard stray == nil else {
                throw source.corruption("shapes", expected: "at most \(shapes)", found: "\(stray ?? 0)")
            }
        }
    }

    private func readShapeSequence(
        _ source: inout ColumnSource, _ column: KnownColumn, to rows: UnsafeMutablePointer<UInt32>
    ) throws(CorruptionError) {
        guard column.encoding == .integerRuns else {
            return try PackedIntegers.decode(&source, count: count, to: rows, "shapes")
        }
        var numbers = [Int64](repeating: 0, count: count)
        try numbers.withUnsafeMutableBufferPointer { numbers throws(CorruptionError) in
            guard let start = numbers.baseAddress else { return }
            try IntegerColumn.decodeRuns(&source, count: numbers.count, to: start)
        }
        for index in numbers.indices { rows[index] = UInt32(clamping: numbers[index]) }
    }

    /// Reads the values of some rows, ascending, or of all; shapes and rows must have been read.
    ///
    /// With `needsTexts` false only the lengths of values mean anything.
    func readValues(
        rows: [UInt32]?, needsTexts: Bool = true, into parts: inout LineParts
    ) throws(CorruptionError) {
        parts.removeValues()
        let ranks = rows.map { parts.ranks(of: $0) }
        let numbers = parts.rowCounts.count
        for number in 0..<numbers {
            parts.firstValues.append(0)
            parts.readCounts.append(ranks?[number].count ?? parts.rowCounts[number])
        }
        if parts.readCounts[0] > 0 { try readWholeValues(ranks: ranks?[0], needsTexts: needsTexts, into: &parts) }
        let columnar = (1..<max(numbers, 1)).filter { parts.isColumnar[$0] }
        try readColumns(of: columnar, ranks: ranks, needsTexts: needsTexts, into: &parts)
        let others = (1..<max(numbers, 1)).filter { !parts.isColumnar[$0] }
        try readRest(of: others, ranks: ranks, needsTexts: needsTexts, into: &parts)
    }

    /// Reads lines that are kept whole as values.
    func readWholeValues(
        ranks: [UInt32]?, needsTexts: Bool = true, into parts: inout LineParts
    ) throws(CorruptionError) {
        let rows = parts.rowCounts[0]
        try withColumn(.line, count: rows) { source, column throws(CorruptionError) in
            var lengths = [UInt32](repeating: 0, count: rows)
            let frames = try BlockReader.decodeHead(&source, codec: column.codec, &lengths)
            let start = UInt32(truncatingIfNeeded: parts.values.used)
            if needsTexts {
                try parts.values.append(capacity: frames.plainBytes) { room throws(CorruptionError) in
                    guard let target = room.baseAddress else { return 0 }
                    try StringColumn.decodeRawBytes(&source, frames, to: target)
                    return frames.plainBytes
                }
                try source.finish()
            }
            let first = parts.values.count
            parts.firstValues[0] = first
            parts.values.appendRun(count: rows, at: start) { target in
                for row in 0..<rows { target[row] = lengths[row] }
            }
            if let ranks { parts.values.keep(ranks, from: first) }
        }
    }

    /// Reads the columns of shapes that have their own.
    private func readColumns(
        of numbers: [Int], ranks: [[UInt32]]?, needsTexts: Bool, into parts: inout LineParts
    ) throws(CorruptionError) {
        let counts = numbers.flatMap { Array(repeating: parts.rowCounts[$0], count: parts.holeCount($0)) }
        guard !counts.isEmpty else {
            for number in numbers { parts.firstValues[number] = parts.values.count }
            return
        }
        try withColumn(.value, count: counts.reduce(0, +)) { source, _ throws(CorruptionError) in
            let columns = try ValueColumns.read(&source, counts: counts)
            var instants: [Int64] = []
            if columns.contains(where: { $0.needsTimestamps }) {
                var timestamps: [Int64] = []
                try readTimestamps(into: &timestamps)
                instants = parts.instants(timestamps)
            }
            var firstRow = 0
            var previous = 0
            var next = 0
            for number in numbers {
                while previous < number {
                    firstRow += parts.rowCounts[previous]
                    previous += 1
                }
                parts.firstValues[number] = parts.values.count
                let rows = ranks?[number]
                for _ in 0..<parts.holeCount(number) {
                    let column = columns[next]
                    next += 1
                    if rows?.isEmpty == true { continue }
                    let times =
                        column.needsTimestamps
                        ? instants[firstRow..<firstRow + parts.rowCounts[number]] : []
                    try column.decode(
                        needsTexts ? .texts(rows: rows) : .lengths, timestamps: times, into: &parts.values)
                }
            }
        }
    }

    /// Reads values of shapes that share a column.
    private func readRest(
        of numbers: [Int], ranks: [[UInt32]]?, needsTexts: Bool, into parts: inout LineParts
    ) throws(CorruptionError) {
        let count = numbers.reduce(0) { $0 + parts.holeCount($1) * parts.rowCounts[$1] }
        var wanted: [UInt32] = []
        var first = 0
        var next = parts.values.count
        for number in numbers {
            parts.firstValues[number] = next
            next += parts.holeCount(number) * parts.readCounts[number]
            for _ in 0..<parts.holeCount(number) {
                if let ranks { wanted.append(contentsOf: ranks[number].map { UInt32(first) + $0 }) }
                first += parts.rowCounts[number]
            }
        }
        guard count > 0, ranks == nil || !wanted.isEmpty else { return }
        let rows = ranks == nil ? nil : wanted
        try withColumn(.rest, count: count) { source, _ throws(CorruptionError) in
            let column = try ValueColumns.read(&source, counts: [count])[0]
            let instants = column.needsTimestamps ? [Int64](repeating: 0, count: count) : []
            try column.decode(
                needsTexts ? .texts(rows: rows) : .lengths, timestamps: instants[...], into: &parts.values)
        }
    }
}
