internal import WeirBytes
internal import WeirModel

// The columns of a block's lines: shapes, which row has which, values, and the lines that are kept whole.
extension ColumnsWriter {
    /// Appends the lines, after the timestamps, and adds them to their block's signature; returns their bytes and the
    /// number of shapes.
    mutating func appendLines(
        _ lines: borrowing LineBatch, order: [UInt32], effort: ColumnEffort, signature: inout SignatureBuilder
    ) -> (rawBytes: Int, shapeCount: Int) {
        var rawBytes = 0
        for row in order { rawBytes += Int(lines.lineLengths[Int(row)]) }
        precondition(rawBytes <= Int(UInt32.max), "a block of \(rawBytes) bytes of lines")
        split.fill(lines, order: order, timestamps: timestamps)
        signature.add(lines, rows: order, split)
        guard !split.plan.isEmpty else {
            appendWholeLines(lines, order: order, effort: effort)
            return (rawBytes, 0)
        }
        appendShapes(effort: effort)
        appendShapeSequence()
        lines.bytes.withUnsafeBytes { appendValues(in: $0, effort: effort, signature: &signature) }
        if split.plan.rowCounts[0] > 0 {
            let whole = zip(order, split.plan.rowNumbers).compactMap { $1 == 0 ? $0 : nil }
            appendWholeLines(lines, order: whole, effort: effort)
        }
        return (rawBytes, split.plan.positions.count)
    }

    private mutating func appendShapes(effort: ColumnEffort) {
        let plan = split.plan
        var texts = ByteWriter()
        numbers.removeAll(keepingCapacity: true)
        for (index, position) in plan.positions.enumerated() {
            let start = texts.count
            split.splitter.table.append(position, isColumnar: index < plan.columnarCount, to: &texts)
            numbers.append(UInt64(texts.count - start))
        }
        // Few bytes, full of repetitions: searching for them is cheap here.
        let effort = effort == .fast ? .high : effort
        add(ColumnEntry(kind: .shape, encoding: .raw, codec: effort.codec, count: plan.positions.count)) { columns in
            columns.numbers.withUnsafeBufferPointer { lengths in
                texts.bytes.withUnsafeBytes {
                    StringColumn.appendRaw(lengths: lengths, bytes: $0, effort: effort, to: &columns.writer)
                }
            }
            return texts.count
        }
    }

    private mutating func appendShapeSequence() {
        let rows = split.plan.rowNumbers
        var runs = 1
        for index in 1..<max(rows.count, 1) where rows[index] != rows[index - 1] { runs += 1 }
        // A run takes two or three bytes, a packed number half a byte or more.
        if runs * 6 < rows.count {
            let values = rows.map { Int64($0) }
            add(ColumnEntry(kind: .shapeOfRow, encoding: .integerRuns, count: rows.count)) { columns in
                values.withUnsafeBufferPointer { IntegerColumn.appendRuns($0, to: &columns.writer) }
                return rows.count * 2
            }
            return
        }
        numbers.removeAll(keepingCapacity: true)
        for row in rows { numbers.append(UInt64(row)) }
        add(ColumnEntry(kind: .shapeOfRow, encoding: .integers, count: rows.count)) { columns in
            columns.numbers.withUnsafeBufferPointer { PackedIntegers.append($0, to: &columns.writer) }
            return rows.count * 2
        }
    }

    /// Appends a column for each hole of the shapes with many rows, and one for all values of the others.
    private mutating func appendValues(
        in arena: UnsafeRawBufferPointer, effort: ColumnEffort, signature: inout SignatureBuilder
    ) {
        let plan = split.plan
        draft.removeAll()
        split.offsets.withUnsafeBufferPointer { offsets in
            split.lengths.withUnsafeBufferPointer { lengths in
                split.instants.withUnsafeBufferPointer { instants in
                    for number in 1..<plan.rowCounts.count where number <= plan.columnarCount {
                        let rows = plan.rowCounts[number]
                        let first = split.firstRows[number]
                        let isSeparable = split.isSeparable(number)
                        for hole in 0..<split.holeCount(plan.positions[number - 1]) {
                            let start = split.firstValues[number] + hole * rows
                            let values = ValueList(
                                bytes: arena,
                                offsets: UnsafeBufferPointer(rebasing: offsets[start..<start + rows]),
                                lengths: UnsafeBufferPointer(rebasing: lengths[start..<start + rows]),
                                timestamps: UnsafeBufferPointer(rebasing: instants[first..<first + rows]))
                            let column = draft.append(values, effort: effort)
                            guard isSeparable else { continue }
                            signature.add(
                                values, column, distinct: draft.distinct, split.margins(number, hole: hole))
                        }
                    }
                }
            }
        }
        addDraft(.value)
        guard plan.columnarCount < plan.positions.count else { return }
        let start = split.firstValues[plan.columnarCount + 1]
        // Texts of instants are recognised in columns of their own only, so the rest needs no instants.
        let instants = [Int64](repeating: 0, count: split.offsets.count - start)
        draft.removeAll()
        split.offsets.withUnsafeBufferPointer { offsets in
            split.lengths.withUnsafeBufferPointer { lengths in
                instants.withUnsafeBufferPointer { instants in
                    _ = draft.append(
                        ValueList(
                            bytes: arena, offsets: UnsafeBufferPointer(rebasing: offsets[start...]),
                            lengths: UnsafeBufferPointer(rebasing: lengths[start...]), timestamps: instants),
                        effort: effort)
                }
            }
        }
        addDraft(.rest)
    }

    private mutating func addDraft(_ kind: ColumnKind) {
        guard draft.count > 0 else { return }
        add(ColumnEntry(kind: kind, encoding: .valueColumns, count: draft.count)) { columns in
            columns.draft.write(to: &columns.writer)
            return columns.draft.plainBytes
        }
    }

    /// Appends the lines of some rows as they are.
    private mutating func appendWholeLines(_ lines: borrowing LineBatch, order: [UInt32], effort: ColumnEffort) {
        numbers.removeAll(keepingCapacity: true)
        var shortest = UInt32.max
        var longest: UInt32 = 0
        var bytes = 0
        for row in order {
            let length = lines.lineLengths[Int(row)]
            shortest = min(shortest, length)
            longest = max(longest, length)
            bytes += Int(length)
            numbers.append(UInt64(length))
        }
        var entry = ColumnEntry(kind: .line, encoding: .raw, codec: effort.codec, count: order.count)
        entry.stampFlags = ColumnEntry.stampHasLengths
        entry.lengthMin = UInt16(clamping: shortest)
        entry.lengthMax = UInt16(clamping: longest)
        ColumnsWriter.gatherLines(lines, order: order, bytes: bytes, into: &gathered)
        add(entry) { columns in
            columns.numbers.withUnsafeBufferPointer { lengths in
                columns.gathered.withUnsafeBytes { gathered in
                    StringColumn.appendRaw(
                        lengths: lengths, bytes: UnsafeRawBufferPointer(rebasing: gathered[..<bytes]),
                        effort: effort, to: &columns.writer)
                }
            }
            return bytes
        }
    }

    /// Copies lines end to end; `target` may be longer than they are.
    private static func gatherLines(
        _ lines: borrowing LineBatch, order: [UInt32], bytes: Int, into target: inout [UInt8]
    ) {
        target.grow(to: bytes)
        let offsets = lines.lineOffsets
        let lengths = lines.lineLengths
        lines.bytes.withUnsafeBytes { arena in
            target.withUnsafeMutableBytes { target in
                var filled = 0
                for row in order {
                    let offset = Int(offsets[Int(row)])
                    let length = Int(lengths[Int(row)])
                    precondition(offset + length <= arena.count, "line \(row) ends outside its arena")
                    UnsafeMutableRawBufferPointer(rebasing: target[filled..<filled + length])
                        .copyMemory(from: UnsafeRawBufferPointer(rebasing: arena[offset..<offset + length]))
                    filled += length
                }
            }
        }
    }
}
