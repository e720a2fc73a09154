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

    /// For each number the instants of its rows.
    func instants(_ timestamps: [Int64]) -> [[Int64]] {
        var instants = rowCounts.map { rows in
            var list: [Int64] = []
            list.reserveCapacity(rows)
            return list
        }
        for (index, number) in rowNumbers.enumerated() { instants[Int(number)].append(timestamps[index]) }
        return instants
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
    /// Literals and values are copied in pieces of 16 bytes, over the end of what they fill.
    static let copiedBeyond = 16

    /// Bytes of all lines whose values were read.
    var lineBytes: UInt64 {
        var sum: UInt64 = 0
        for length in values.lengths { sum &+= UInt64(length) }
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
        var cursors: [Cursor] = []
        cursors.reserveCapacity(table.count)
        for (number, shape) in table.shapes.enumerated() {
            cursors.append(
                Cursor(
                    value: firstValues[number], step: readCounts[number], part: Int(shape.firstPart),
                    holes: Int(shape.holeCount)))
        }
        withSource { source in
            cursors.withUnsafeMutableBufferPointer { cursors in
                rowNumbers.withUnsafeBufferPointer { numbers in
                    var filled = target
                    for index in 0..<(rows?.count ?? numbers.count) {
                        let number = Int(numbers[rows.map { Int($0[index]) } ?? index])
                        let start = filled
                        filled = LineParts.buildLine(source, cursors[number], to: filled)
                        cursors[number].value += 1
                        offsets[index] = base &+ UInt32(truncatingIfNeeded: start - target)
                        lengths[index] = UInt32(truncatingIfNeeded: filled - start)
                    }
                }
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
    }

    private struct Source {
        let parts: UnsafePointer<ShapeTable.Part>
        let literals: UnsafeRawPointer
        let bytes: UnsafeRawPointer
        let offsets: UnsafePointer<UInt32>
        let lengths: UnsafePointer<UInt32>
    }

    private func withSource(_ body: (Source) -> Void) {
        var nothing: UInt32 = 0
        withUnsafePointer(to: &nothing) { nothing in
            table.parts.withUnsafeBufferPointer { parts in
                table.literals.withUnsafeBytes { literals in
                    values.bytes.withUnsafeBytes { bytes in
                        values.offsets.withUnsafeBufferPointer { offsets in
                            values.lengths.withUnsafeBufferPointer { lengths in
                                guard let parts = parts.baseAddress, let literals = literals.baseAddress else { return }
                                // Shapes without holes need no values, which then have no address.
                                body(
                                    Source(
                                        parts: parts, literals: literals, bytes: bytes.baseAddress ?? literals,
                                        offsets: offsets.baseAddress ?? nothing,
                                        lengths: lengths.baseAddress ?? nothing))
                            }
                        }
                    }
                }
            }
        }
    }

    /// Writes one line; tells where it ends.
    @inline(__always)
    private static func buildLine(
        _ source: Source, _ cursor: Cursor, to target: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        var target = target
        var value = cursor.value
        var part = source.parts + cursor.part
        for _ in 0..<cursor.holes {
            target = copy(source.literals + Int(part.pointee.offset), Int(part.pointee.length), to: target)
            target = copy(source.bytes + Int(source.offsets[value]), Int(source.lengths[value]), to: target)
            value += cursor.step
            part += 1
        }
        return copy(source.literals + Int(part.pointee.offset), Int(part.pointee.length), to: target)
    }

    /// Copies `count` bytes, reading and writing up to 15 more.
    @inline(__always)
    private static func copy(
        _ source: UnsafeRawPointer, _ count: Int, to target: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        if count <= 16 {
            target.storeBytes(of: source.loadUnaligned(as: SIMD16<UInt8>.self), as: SIMD16<UInt8>.self)
        } else if count <= 256 {
            var offset = 0
            repeat {
                target.storeBytes(
                    of: source.loadUnaligned(fromByteOffset: offset, as: SIMD16<UInt8>.self), toByteOffset: offset,
                    as: SIMD16<UInt8>.self)
                offset += 16
            } while offset < count
        } else {
            target.copyMemory(from: source, byteCount: count)
        }
        return target + count
    }
}
