/// Which shapes of a block are worth keeping, and the numbers they get: 0 for lines kept whole, then shapes with columns
/// of their own, then those whose values go into the rest.
struct ShapePlan: Sendable {
    /// A shape with fewer rows costs more directory than its columns save.
    static let columnRowsMin = 64
    /// A shape with fewer rows costs more than its lines kept whole.
    static let shapeRowsMin = 2

    /// For each number but 0 the shape's position in the table.
    private(set) var positions: [Int] = []
    /// How many of them have columns of their own.
    private(set) var columnarCount = 0
    /// For each number the rows that have it.
    private(set) var rowCounts: [Int] = []
    /// For each row its number.
    private(set) var rowNumbers: [UInt16] = []

    /// Whether all lines are kept whole.
    var isEmpty: Bool { positions.isEmpty }

    /// Plans a block.
    ///
    /// - Parameter rowShapes: for each row a position in a table of `count` shapes + 1, or 0.
    mutating func fill(_ rowShapes: [UInt16], count: Int) {
        var found = [Int](repeating: 0, count: count + 1)
        for shape in rowShapes { found[Int(shape)] += 1 }
        positions.removeAll(keepingCapacity: true)
        rowCounts.removeAll(keepingCapacity: true)
        rowCounts.append(0)
        var numbers = [UInt16](repeating: 0, count: count + 1)
        func add(where isWanted: (Int) -> Bool) {
            for position in 0..<count where isWanted(found[position + 1]) {
                positions.append(position)
                rowCounts.append(found[position + 1])
                numbers[position + 1] = UInt16(positions.count)
            }
        }
        add { $0 >= ShapePlan.columnRowsMin }
        columnarCount = positions.count
        add { $0 >= ShapePlan.shapeRowsMin && $0 < ShapePlan.columnRowsMin }
        rowCounts[0] = rowShapes.count - rowCounts.reduce(0, +)
        rowNumbers.removeAll(keepingCapacity: true)
        rowNumbers.reserveCapacity(rowShapes.count)
        for shape in rowShapes { rowNumbers.append(numbers[Int(shape)]) }
    }
}
