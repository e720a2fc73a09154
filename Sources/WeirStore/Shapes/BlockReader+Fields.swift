internal import WeirModel

// How a reader gets at fields: from the columns of the holes that they stand in, without building a line.
extension BlockReader {
    /// Replaces `batch.fields` by what `reading` asks for, a code for each row of the block; values are written to the
    /// arena from `start` on. Rows whose lines have to be read are unread.
    ///
    /// The batch must hold the block's timestamps, `parts` the block's shapes.
    ///
    /// - Returns: where the values end in the arena.
    func readFields(
        _ reading: any FieldReading, into batch: inout LineBatch, at start: Int, parts: inout LineParts
    ) throws(CorruptionError) -> Int {
        let unread = FieldColumn(codes: [UInt32](repeating: FieldColumn.unread, count: count))
        batch.fields = Array(repeating: unread, count: reading.fieldCount)
        parts.removeValues()
        let demands = BlockReader.demands(of: reading, parts)
        guard !demands.isEmpty else { return start }
        let rows = parts.rows()
        for demand in demands {
            for (field, hole) in demand.fields.enumerated() where hole == nil {
                for row in rows[demand.number] { batch.fields[field].codes[Int(row)] = FieldColumn.absent }
            }
        }
        let numbers = parts.isColumnar.indices.filter { parts.isColumnar[$0] }
        let counts = numbers.flatMap { Array(repeating: parts.rowCounts[$0], count: parts.holeCount($0)) }
        guard !counts.isEmpty else { return start }
        try withColumn(.value, count: counts.reduce(0, +)) { source, _ throws(CorruptionError) in
            let columns = try ValueColumns.read(&source, counts: counts)
            var first = 0
            for number in numbers {
                defer { first += parts.holeCount(number) }
                guard let demand = demands.first(where: { $0.number == number }) else { continue }
                let instants = rows[number].map { batch.timestamps[Int($0)] }
                for (field, hole) in demand.fields.enumerated() {
                    guard let hole else { continue }
                    try BlockReader.read(
                        columns[first + hole.hole], instants: instants, rows: rows[number], form: hole.form,
                        base: start, into: &batch.fields[field], values: &parts.values)
                }
            }
        }
        let end = start + parts.values.used
        guard end <= Int(UInt32.max) else {
            throw corruption("fields", expected: "an arena below 4 GiB", found: "\(end) bytes")
        }
        batch.bytes.grow(to: end)
        batch.bytes.withUnsafeMutableBytes { arena in
            parts.values.bytes.withUnsafeBytes { values in
                UnsafeMutableRawBufferPointer(rebasing: arena[start..<end])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: values[..<(end - start)]))
            }
        }
        return end
    }

    /// What is wanted of the rows of one number.
    private struct Demand {
        var number: Int
        var fields: [FieldHole?]
    }

    /// Asks for the holes of each shape whose values can be read one by one.
    private static func demands(of reading: any FieldReading, _ parts: borrowing LineParts) -> [Demand] {
        var demands: [Demand] = []
        for number in 1..<max(parts.isColumnar.count, 1) where parts.isColumnar[number] {
            guard let (sample, holes) = parts.table.sample(of: number) else { continue }
            guard let fields = sample.withUnsafeBytes({ reading.holes(of: $0, holes: holes) }),
                fields.count == reading.fieldCount, fields.allSatisfy({ $0.map { $0.hole < holes.count } ?? true })
            else { continue }
            demands.append(Demand(number: number, fields: fields))
        }
        return demands
    }

    /// Adds the values of one column to a field, and their codes to the rows that they belong to.
    private static func read(
        _ column: ValueColumns.Found, instants: [Int64], rows: [UInt32], form: UInt8, base: Int,
        into field: inout FieldColumn, values: inout ValueBuffer
    ) throws(CorruptionError) {
        let first = values.count
        let firstCode = UInt32(field.values.count)
        var codes: [UInt32] = []
        let hasDistinct = try column.decodeDistinct(timestamps: instants, into: &values, codes: &codes)
        if !hasDistinct { try column.decode(rows: nil, timestamps: instants, into: &values) }
        for index in first..<values.count {
            field.values.append(
                FieldValue(
                    offset: UInt32(truncatingIfNeeded: base) &+ values.offsets[index], length: values.lengths[index],
                    form: form))
        }
        for (rank, row) in rows.enumerated() {
            field.codes[Int(row)] = firstCode + (hasDistinct ? codes[rank] : UInt32(rank))
        }
    }

    /// Reads the lines of some rows of the block, ascending, behind what the arena holds up to `start`; `parts` must
    /// hold the block's shapes.
    func buildLines(
        ofRows rows: [UInt32], into batch: inout LineBatch, at start: Int, parts: inout LineParts
    ) throws(CorruptionError) {
        try readValues(rows: rows, into: &parts)
        _ = try buildLines(rows: rows, into: &batch, at: start, parts: parts)
    }
}

extension ShapeTable {
    /// A line that has the shape, and its holes; nil for shapes that say nothing of how a line is read.
    ///
    /// Text that starts as JSON does but is none has holes in places where JSON would not have them.
    func sample(of position: Int) -> (line: [UInt8], holes: [Range<Int>])? {
        let shape = shapes[position]
        var line: [UInt8] = []
        var holes: [Range<Int>] = []
        for index in 0...Int(shape.holeCount) {
            let part = parts[Int(shape.firstPart) + index]
            line.append(contentsOf: literals[Int(part.offset)..<Int(part.offset + part.length)])
            guard part.hole != .end else { continue }
            let start = line.count
            switch part.hole {
            case .array: line.append(contentsOf: "[]".utf8)
            case .scalar, .word: line.append(UInt8(ascii: "0"))
            default: line.append(UInt8(ascii: "a"))
            }
            holes.append(start..<line.count)
        }
        let isJSON = line.first { $0 > 0x20 } == UInt8(ascii: "{")
        return shape.kind == .text && isJSON ? nil : (line, holes)
    }
}
