/// The lines of a block taken apart, as they are read: the shapes, which row has which, and values by shape and hole.
///
/// Memory of whoever reads one block after the other.
struct LineParts: Sendable {
    /// The block's shapes; number `n` of the block is position `n` here, 0 stands for lines kept whole.
    private(set) var table = ShapeTable()
    /// For each number whether its values lie in columns of their own.
    private(set) var isColumnar: [Bool] = []
    /// For each row of the block its number.
    private(set) var rowNumbers: [UInt32] = []
    /// For each number the rows of the block that have it.
    private(set) var rowCounts: [Int] = []

    /// Values that were read, number by number, hole by hole, row by row; a line kept whole is a single value.
    var values = ValueBuffer()
    /// For each number where its values start in `values`, and of how many of its rows.
    var firstValues: [Int] = []
    var readCounts: [Int] = []
}

// MARK: - What a block is made of

extension LineParts {
    /// Forgets everything; then come the shapes, then the rows.
    mutating func removeAll() {
        table.removeAll()
        table.appendWholeLine()
        isColumnar.removeAll(keepingCapacity: true)
        isColumnar.append(false)
        rowNumbers.removeAll(keepingCapacity: true)
        rowCounts.removeAll(keepingCapacity: true)
        removeValues()
    }

    /// Forgets the values.
    mutating func removeValues() {
        values.removeAll()
        firstValues.removeAll(keepingCapacity: true)
        readCounts.removeAll(keepingCapacity: true)
    }

    /// Adds the shape that `text` describes; false when it describes none.
    mutating func addShape(describedBy text: UnsafeRawBufferPointer) -> Bool {
        guard let isColumnar = table.add(describedBy: text) else { return false }
        self.isColumnar.append(isColumnar)
        return true
    }

    /// Takes the numbers of `count` rows that `fill` writes, and counts them; the number that is too high, if one is.
    mutating func fillRows<Failure: Error>(
        _ count: Int, _ fill: (UnsafeMutablePointer<UInt32>) throws(Failure) -> Void
    ) throws(Failure) -> UInt32? {
        rowNumbers.resize(to: count, filling: 0)
        try rowNumbers.withUnsafeMutableBufferPointer { rows throws(Failure) in
            if let start = rows.baseAddress { try fill(start) }
        }
        rowCounts.append(contentsOf: repeatElement(0, count: table.count))
        for number in rowNumbers {
            guard Int(number) < table.count else { return number }
            rowCounts[Int(number)] += 1
        }
        return nil
    }

    /// The number of values in a row of a number.
    func holeCount(_ number: Int) -> Int { Int(table.shapes[number].holeCount) }

    /// For each number its rows, ascending.
    func rows() -> [[UInt32]] {
        var rows = rowCounts.map { count in
            var list: [UInt32] = []
            list.reserveCapacity(count)
            return list
        }
        for (row, number) in rowNumbers.enumerated() { rows[Int(number)].append(UInt32(row)) }
        return rows
    }

    /// The instants of the rows of each number, number by number.
    func instants(_ timestamps: [Int64]) -> [Int64] {
        var next: [Int] = []
        next.reserveCapacity(rowCounts.count)
        var first = 0
        for rows in rowCounts {
            next.append(first)
            first += rows
        }
        precondition(timestamps.count == first, "\(timestamps.count) timestamps of \(first) rows")
        return [Int64](unsafeUninitializedCapacity: first) { instants, filled in
            timestamps.withUnsafeBufferPointer { timestamps in
                next.withUnsafeMutableBufferPointer { next in
                    for (row, number) in rowNumbers.enumerated() {
                        instants.initializeElement(at: next[Int(number)], to: timestamps[row])
                        next[Int(number)] += 1
                    }
                }
            }
            filled = first
        }
    }

    /// For each number which of its rows are among `rows`, ascending.
    func ranks(of rows: [UInt32]) -> [[UInt32]] {
        var ranks = [[UInt32]](repeating: [], count: table.count)
        var next = [UInt32](repeating: 0, count: table.count)
        var wanted = rows.makeIterator()
        var row = wanted.next()
        for (index, number) in rowNumbers.enumerated() {
            guard let current = row else { break }
            if index == Int(current) {
                ranks[Int(number)].append(next[Int(number)])
                row = wanted.next()
            }
            next[Int(number)] += 1
        }
        return ranks
    }
}

// MARK: - Building lines

extension LineParts {
    /// Literals and values are copied in pieces of so many bytes, over the end of what they fill.
    static let copiedBeyond = ShortCopy.stride

    /// Bytes of all lines whose values were read.
    var lineBytes: UInt64 {
        var sum = values.plainBytes
        for (number, rows) in readCounts.enumerated() {
            sum += UInt64(table.shapes[number].literalBytes) * UInt64(rows)
        }
        return sum
    }

    /// Writes the lines whose values were read to `target`, end to end, row by row.
    ///
    /// - Parameters:
    ///   - rows: the rows whose values were read, ascending; nil for all.
    ///   - target: room for ``lineBytes`` and ``copiedBeyond`` more.
    ///   - base: what the offset of `target` is called.
    ///   - offsets, lengths: room for an element per row.
    func build(
        rows: [UInt32]?, to target: UnsafeMutableRawPointer, base: UInt32,
        offsets: UnsafeMutablePointer<UInt32>, lengths: UnsafeMutablePointer<UInt32>
    ) {
        withSource { source, cursors, numbers in
            var filled = target
            var line = 0
            func add(_ row: Int) {
                let start = filled
                filled = LineParts.buildLine(source, cursors + Int(numbers[row]), to: filled)
                offsets[line] = base &+ UInt32(truncatingIfNeeded: start - target)
                lengths[line] = UInt32(truncatingIfNeeded: filled - start)
                line &+= 1
            }
            if let rows {
                for row in rows { add(Int(row)) }
            } else {
                for row in 0..<rowNumbers.count { add(row) }
            }
        }
    }

    /// Writes the length of each line, row by row, when the values of all rows were read.
    func fillLengths(_ lengths: UnsafeMutablePointer<UInt32>) {
        withSource { source, cursors, numbers in
            for row in 0..<rowNumbers.count {
                let cursor = cursors + Int(numbers[row])
                var value = cursor.pointee.value
                cursor.pointee.value = value &+ 1
                var length = cursor.pointee.literalBytes
                for _ in 0..<cursor.pointee.holes {
                    length &+= source.lengths[value]
                    value &+= cursor.pointee.step
                }
                lengths[row] = length
            }
        }
    }

    /// Where building stands in one number.
    private struct Cursor {
        /// The first value of the next row, and how far it is from there to the value of the next hole.
        var value: Int
        var step: Int
        var part: Int
        var holes: Int
        var literalBytes: UInt32
    }

    private struct Source {
        let parts: UnsafePointer<ShapeTable.Part>
        let literals: UnsafeRawPointer
        let bytes: UnsafeRawPointer
        let offsets: UnsafePointer<UInt32>
        let lengths: UnsafePointer<UInt32>
    }

    @inline(__always)
    private func withSource(_ body: (Source, UnsafeMutablePointer<Cursor>, UnsafePointer<UInt32>) -> Void) {
        var cursors: [Cursor] = []
        cursors.reserveCapacity(table.count)
        for (number, shape) in table.shapes.enumerated() {
            cursors.append(
                Cursor(
                    value: firstValues[number], step: readCounts[number], part: Int(shape.firstPart),
                    holes: Int(shape.holeCount), literalBytes: shape.literalBytes))
        }
        cursors.withUnsafeMutableBufferPointer { cursors in
            table.parts.withUnsafeBufferPointer { parts in
                table.literals.withUnsafeBytes { literals in
                    rowNumbers.withUnsafeBufferPointer { numbers in
                        values.withPlaces { bytes, offsets, lengths in
                            guard let cursors = cursors.baseAddress, let parts = parts.baseAddress,
                                let literals = literals.baseAddress, let numbers = numbers.baseAddress
                            else { return }
                            let source = Source(
                                parts: parts, literals: literals, bytes: bytes, offsets: offsets, lengths: lengths)
                            body(source, cursors, numbers)
                        }
                    }
                }
            }
        }
    }

    /// Writes one line and moves on to the next of its number; tells where it ends.
    @inline(__always)
    private static func buildLine(
        _ source: Source, _ cursor: UnsafeMutablePointer<Cursor>, to target: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        var target = target
        var value = cursor.pointee.value
        cursor.pointee.value = value &+ 1
        let step = cursor.pointee.step
        var part = source.parts + cursor.pointee.part
        for _ in 0..<cursor.pointee.holes {
            target = ShortCopy.copy(
                source.literals + Int(part.pointee.offset), Int(part.pointee.length), to: target)
            target = ShortCopy.copy(source.bytes + Int(source.offsets[value]), Int(source.lengths[value]), to: target)
            value &+= step
            part += 1
        }
        return ShortCopy.copy(source.literals + Int(part.pointee.offset), Int(part.pointee.length), to: target)
    }
}
