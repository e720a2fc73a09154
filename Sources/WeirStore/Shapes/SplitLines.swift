internal import WeirModel

/// The lines of a block taken apart, on their way to disk: values by shape and hole, instead of by row.
struct SplitLines: Sendable {
    private(set) var plan = ShapePlan()
    private(set) var splitter = LineSplitter()
    /// Where each value lies in the rows' arena, and its length: shape by shape, hole by hole, row by row.
    private(set) var offsets: [UInt32] = []
    private(set) var lengths: [UInt32] = []
    /// The instants of the rows of each shape, shape by shape.
    private(set) var instants: [Int64] = []
    /// For each number of the plan where its values start in `offsets`, and its rows in `instants`.
    private(set) var firstValues: [Int] = []
    private(set) var firstRows: [Int] = []

    /// Takes apart the rows that `order` names; `timestamps` are theirs, in the same order.
    mutating func fill(_ lines: borrowing LineBatch, order: [UInt32], timestamps: [Int64]) {
        splitter.split(lines, order: order)
        plan.fill(splitter.rowShapes, count: splitter.table.count)
        guard !plan.isEmpty else { return }
        firstValues.removeAll(keepingCapacity: true)
        firstRows.removeAll(keepingCapacity: true)
        firstValues.append(0)
        firstRows.append(0)
        var values = 0
        var rows = 0
        for (position, count) in zip(plan.positions, plan.rowCounts.dropFirst()) {
            firstValues.append(values)
            firstRows.append(rows)
            values += holeCount(position) * count
            rows += count
        }
        offsets.resize(to: values, filling: 0)
        lengths.resize(to: values, filling: 0)
        instants.resize(to: rows, filling: 0)
        scatter(lines.lineOffsets, order: order, timestamps: timestamps)
    }

    /// The number of holes of the shape at a position of the splitter's table.
    func holeCount(_ position: Int) -> Int { Int(splitter.table.shapes[position].holeCount) }

    /// Whether the windows around each hole of a number are told by its values and literals, without looking at lines:
    /// the number has columns of its own, and no window reaches from one hole over another.
    func isSeparable(_ number: Int) -> Bool {
        guard number > 0, number <= plan.columnarCount else { return false }
        let shape = splitter.table.shapes[plan.positions[number - 1]]
        // Words are never empty, so that a window holds bytes of two of them at most.
        let between: UInt32 = shape.kind == .text ? 1 : 2
        let first = Int(shape.firstPart)
        return (0..<Int(shape.holeCount)).dropFirst().allSatisfy {
            splitter.table.parts[first + $0].length >= between
        }
    }

    /// What stands around a hole of a separable number.
    func margins(_ number: Int, hole: Int) -> HoleMargins {
        let shape = splitter.table.shapes[plan.positions[number - 1]]
        let first = Int(shape.firstPart) + hole
        let before = Int(splitter.table.parts[first].length)
        let behind = Int(splitter.table.parts[first + 1].length)
        let isLast = hole + 1 == Int(shape.holeCount)
        return HoleMargins(
            left: hole == 0 ? min(before, 2) : 2, right: isLast ? min(behind, 2) : 2,
            isJoined: hole > 0 && before == 1)
    }

    private mutating func scatter(_ lineOffsets: [UInt32], order: [UInt32], timestamps: [Int64]) {
        var nextRow = [Int](repeating: 0, count: plan.rowCounts.count)
        let (plan, splitter, firstValues, firstRows) = (plan, splitter, firstValues, firstRows)
        offsets.withUnsafeMutableBufferPointer { offsets in
            lengths.withUnsafeMutableBufferPointer { lengths in
                splitter.holes.withUnsafeBufferPointer { holes in
                    var hole = 0
                    for index in order.indices {
                        let shape = Int(splitter.rowShapes[index])
                        if shape == 0 { continue }
                        let count = Int(splitter.table.shapes[shape - 1].holeCount)
                        defer { hole += count }
                        let number = Int(plan.rowNumbers[index])
                        if number == 0 { continue }
                        let row = nextRow[number]
                        nextRow[number] = row + 1
                        instants[firstRows[number] + row] = timestamps[index]
                        let lineOffset = lineOffsets[Int(order[index])]
                        let step = plan.rowCounts[number]
                        var slot = firstValues[number] + row
                        for found in holes[hole..<hole + count] {
                            offsets[slot] = lineOffset &+ found.offset
                            lengths[slot] = found.length
                            slot += step
                        }
                    }
                }
            }
        }
    }
}
