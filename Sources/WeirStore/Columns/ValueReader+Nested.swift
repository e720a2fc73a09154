internal import WeirBytes

extension ValueReader {
    /// Appends the values of a column of shapes and of columns of what stands in their holes.
    func decodeNested(
        _ rows: [UInt32]?, _ source: inout ColumnSource, into buffer: inout ValueBuffer
    ) throws(CorruptionError) {
        let shapes = try readShapes(&source)
        var numbers = [UInt32](repeating: 0, count: column.count)
        try numbers.withUnsafeMutableBufferPointer { numbers throws(CorruptionError) in
            guard let first = numbers.baseAddress else { return }
            try PackedSeries.decode(&source, count: numbers.count, to: first, "shapes of values")
        }
        var counts = [Int](repeating: 0, count: shapes.count)
        for number in numbers {
            guard Int(number) < shapes.count else {
                throw source.corruption("shapes of values", expected: "below \(shapes.count)", found: "\(number)")
            }
            counts[Int(number)] += 1
        }
        var values = ValueBuffer()
        var firsts: [Int] = []
        for (number, shape) in shapes.enumerated() {
            firsts.append(values.count)
            for _ in 1..<shape.count {
                try readPart(&source, count: counts[number], "hole").decode(into: &values)
            }
        }
        let plain = NestedLines(shapes: shapes, counts: counts, numbers: numbers, values: values, firsts: firsts)
        guard plain.bytes == UInt64(column.plainBytes) else {
            throw start.corruption("values", expected: "\(column.plainBytes) bytes", found: "\(plain.bytes)")
        }
        plain.append(rows, to: &buffer)
    }

    /// Reads the literals of each shape, one more than it has holes.
    private func readShapes(_ source: inout ColumnSource) throws(CorruptionError) -> [[UnsafeRawBufferPointer]] {
        let count = try source.readVarint("shapes")
        guard count <= UInt64(TextShapes.shapesMax) else {
            throw source.corruption("shapes", expected: "at most \(TextShapes.shapesMax)", found: "\(count)")
        }
        var shapes: [[UnsafeRawBufferPointer]] = []
        for _ in 0..<count {
            let holes = try source.readVarint("holes")
            guard holes <= UInt64(TextShapes.holesMax) else {
                throw source.corruption("holes", expected: "at most \(TextShapes.holesMax)", found: "\(holes)")
            }
            var literals: [UnsafeRawBufferPointer] = []
            for _ in 0...holes {
                let length = try source.readVarint("length of a literal")
                literals.append(try source.readBytes(Int(clamping: length), "literal"))
            }
            shapes.append(literals)
        }
        return shapes
    }
}

/// The parts of nested values, on their way to become texts.
private struct NestedLines {
    let shapes: [[UnsafeRawBufferPointer]]
    let counts: [Int]
    let numbers: [UInt32]
    let values: ValueBuffer
    let firsts: [Int]

    /// Bytes of all values.
    var bytes: UInt64 {
        var sum: UInt64 = 0
        for length in values.lengths { sum &+= UInt64(length) }
        for (number, literals) in shapes.enumerated() {
            for literal in literals { sum &+= UInt64(literal.count) &* UInt64(counts[number]) }
        }
        return sum
    }

    /// Appends the texts of all values, or of some, ascending.
    func append(_ rows: [UInt32]?, to buffer: inout ValueBuffer) {
        var ranks = [Int](repeating: 0, count: shapes.count)
        let start = buffer.used
        var offsets: [UInt32] = []
        var lengths: [UInt32] = []
        buffer.append(capacity: Int(bytes)) { room in
            var end = 0
            var next = 0
            values.bytes.withUnsafeBytes { arena in
                for (row, number) in numbers.enumerated() {
                    let rank = ranks[Int(number)]
                    ranks[Int(number)] = rank + 1
                    if let rows {
                        if next == rows.count { return }
                        if Int(rows[next]) != row { continue }
                        next += 1
                    }
                    let length = write(Int(number), rank, from: arena, to: room, at: end)
                    offsets.append(UInt32(truncatingIfNeeded: start + end))
                    lengths.append(UInt32(length))
                    end += length
                }
            }
            return end
        }
        buffer.offsets.append(contentsOf: offsets)
        buffer.lengths.append(contentsOf: lengths)
    }

    /// Writes one text and returns its length.
    private func write(
        _ number: Int, _ rank: Int, from arena: UnsafeRawBufferPointer, to room: UnsafeMutableRawBufferPointer,
        at start: Int
    ) -> Int {
        var end = start
        var value = firsts[number] + rank
        for (index, literal) in shapes[number].enumerated() {
            if index > 0 {
                let length = Int(values.lengths[value])
                let offset = Int(values.offsets[value])
                UnsafeMutableRawBufferPointer(rebasing: room[end..<end + length])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: arena[offset..<offset + length]))
                end += length
                value += counts[number]
            }
            UnsafeMutableRawBufferPointer(rebasing: room[end..<end + literal.count]).copyMemory(from: literal)
            end += literal.count
        }
        return end - start
    }
}
