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
        var sum = values.plainBytes
        for (number, literals) in shapes.enumerated() {
            for literal in literals { sum &+= UInt64(literal.count) &* UInt64(counts[number]) }
        }
        return sum
    }

    /// Appends the texts of all values, or of some, ascending.
    func append(_ rows: [UInt32]?, to buffer: inout ValueBuffer) {
        var next = firsts
        var passed = 0
        values.withPlaces { arena, offsets, lengths in
            next.withUnsafeMutableBufferPointer { next in
                numbers.withUnsafeBufferPointer { numbers in
                    buffer.appendTexts(count: rows?.count ?? numbers.count, bytes: Int(bytes)) { index, target in
                        let row = rows.map { Int($0[index]) } ?? index
                        while passed < row {
                            next[Int(numbers[passed])] += 1
                            passed += 1
                        }
                        passed = row + 1
                        let number = Int(numbers[row])
                        var value = next[number]
                        next[number] = value + 1
                        var end = target
                        shapes[number].withUnsafeBufferPointer { literals in
                            for index in 0..<literals.count {
                                if index > 0 {
                                    end = ShortCopy.copy(
                                        arena + Int(offsets[value]), Int(lengths[value]), to: end)
                                    value += counts[number]
                                }
                                guard let literal = literals[index].baseAddress else { continue }
                                end = ShortCopy.copy(literal, literals[index].count, to: end)
                            }
                        }
                        return end - target
                    }
                }
            }
        }
    }
}
