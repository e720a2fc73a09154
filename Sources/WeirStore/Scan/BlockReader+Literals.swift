// Which rows of a block may be wanted, found out from shapes and columns before any line is built.
extension BlockReader {
    /// The rows, ascending, whose lines hold all needles, and perhaps more; nil for all.
    package func rows(holding needles: [[UInt8]]) throws(CorruptionError) -> [UInt32]? {
        var parts = LineParts()
        return try rows(holding: needles, parts: &parts)
    }

    /// The same with memory of the caller.
    ///
    /// - Parameter parts: gets the block's shapes and rows, and any values.
    func rows(
        holding needles: [[UInt8]], parts: inout LineParts
    ) throws(CorruptionError) -> [UInt32]? {
        if entry.flags.contains(.rawLinesOnly) { return nil }
        try readShapes(into: &parts)
        var found = FoundRows(counts: parts.rowCounts)
        for needle in needles where !needle.isEmpty {
            var search = NeedleSearch(needle)
            if parts.rowCounts[0] > 0 { try searchWholeLines(&search, &parts, &found) }
            try searchColumns(&search, parts, &found)
            try searchRest(&search, parts, &found)
            if found.isEmpty { return [] }
        }
        return found.rows(of: parts.rowNumbers)
    }

    private func searchWholeLines(
        _ search: inout NeedleSearch, _ parts: inout LineParts, _ found: inout FoundRows
    ) throws(CorruptionError) {
        parts.removeValues()
        parts.firstValues.append(0)
        try readWholeValues(ranks: nil, into: &parts)
        var rows = RowBitmap(count: parts.rowCounts[0])
        parts.values.forEachHit(of: search.contains) { rows.insert($0) }
        found.formIntersection(rows, of: 0)
    }

    /// Searches shapes whose holes have columns of their own.
    private func searchColumns(
        _ search: inout NeedleSearch, _ parts: LineParts, _ found: inout FoundRows
    ) throws(CorruptionError) {
        let numbers = (1..<max(parts.rowCounts.count, 1)).filter { parts.isColumnar[$0] }
        let counts = numbers.flatMap { Array(repeating: parts.rowCounts[$0], count: parts.holeCount($0)) }
        let literals = parts.literals
        guard !counts.isEmpty else {
            for number in numbers { try NeedleSearch.searchConstant(number, literals, &search, &found) }
            return
        }
        let instants = RowInstants(self, parts)
        defer { withExtendedLifetime(instants) {} }
        try withColumn(.value, count: counts.reduce(0, +)) { source, _ throws(CorruptionError) in
            let columns = try ValueColumns.read(&source, counts: counts)
            var first = 0
            for number in numbers {
                let holes = parts.holeCount(number)
                defer { first += holes }
                if found.isEmpty(number) { continue }
                let count = parts.rowCounts[number]
                var selectors = [ValueSelector?](repeating: nil, count: holes)
                let rows = try literals.with(number) { literals throws(CorruptionError) in
                    try search.rows(of: literals, count: count) { hole, test throws(CorruptionError) in
                        var rows = RowBitmap(count: count)
                        let column = columns[first + hole]
                        if column.stamp.excludes(test) { return rows }
                        if selectors[hole] == nil {
                            let timestamps = try column.needsTimestamps ? instants.of(number) : .empty
                            selectors[hole] = ValueSelector(column.reader(timestamps: timestamps))
                        }
                        try selectors[hole]?.select(test, into: &rows)
                        return rows
                    }
                }
                if let rows { found.formIntersection(rows, of: number) }
            }
        }
    }

    /// Searches shapes whose values share a column.
    private func searchRest(
        _ search: inout NeedleSearch, _ parts: LineParts, _ found: inout FoundRows
    ) throws(CorruptionError) {
        let numbers = (1..<max(parts.rowCounts.count, 1)).filter { !parts.isColumnar[$0] }
        let total = numbers.reduce(0) { $0 + parts.holeCount($1) * parts.rowCounts[$1] }
        let literals = parts.literals
        guard total > 0 else {
            for number in numbers { try NeedleSearch.searchConstant(number, literals, &search, &found) }
            return
        }
        try withColumn(.rest, count: total) { source, _ throws(CorruptionError) in
            var rest = RestValues(try ValueColumns.read(&source, counts: [total])[0], count: total)
            let holding = try rest.rows(holding: search.contains)
            var first = 0
            for number in numbers {
                let count = parts.rowCounts[number]
                defer { first += count * parts.holeCount(number) }
                if found.isEmpty(number) { continue }
                let rows = try literals.with(number) { literals throws(CorruptionError) in
                    try search.rows(of: literals, count: count) { hole, test throws(CorruptionError) in
                        let start = first + hole * count
                        if test.kind == .contains { return holding.part(start..<start + count) }
                        return try rest.rows(start..<start + count, where: test)
                    }
                }
                if let rows { found.formIntersection(rows, of: number) }
            }
        }
    }
}

/// For each number of a block's shapes the rows found so far, by their rank among the rows of the shape.
struct FoundRows {
    private let counts: [Int]
    // Nil while all rows are in.
    private var found: [RowBitmap?]

    init(counts: [Int]) {
        self.counts = counts
        found = Array(repeating: nil, count: counts.count)
    }

    mutating func formIntersection(_ rows: RowBitmap, of number: Int) {
        if found[number] == nil { found[number] = rows } else { found[number]?.formIntersection(rows) }
    }

    /// The rows that a number has, found or not.
    func count(_ number: Int) -> Int { counts[number] }

    func isEmpty(_ number: Int) -> Bool { counts[number] == 0 || found[number]?.isEmpty ?? false }

    var isEmpty: Bool { counts.indices.allSatisfy { isEmpty($0) } }

    /// The rows of the block; nil for all.
    func rows(of rowNumbers: [UInt32]) -> [UInt32]? {
        if found.allSatisfy({ $0 == nil }) { return nil }
        var ranks = [Int](repeating: 0, count: counts.count)
        var rows: [UInt32] = []
        for (row, number) in rowNumbers.enumerated() {
            let rank = ranks[Int(number)]
            ranks[Int(number)] = rank + 1
            if found[Int(number)]?.contains(rank) ?? true { rows.append(UInt32(row)) }
        }
        return rows
    }
}

/// The instants of a block's rows by shape, read when a column of instants is searched.
private final class RowInstants {
    private let reader: BlockReader
    private let rowNumbers: [UInt32]
    private let counts: [Int]
    // Filled on first use, freed at the end; columns borrow parts of it.
    private var instants: UnsafeMutableBufferPointer<Int64>?

    init(_ reader: BlockReader, _ parts: LineParts) {
        self.reader = reader
        rowNumbers = parts.rowNumbers
        counts = parts.rowCounts
    }

    deinit { instants?.deallocate() }

    /// The instants of the rows of a number.
    func of(_ number: Int) throws(CorruptionError) -> UnsafeBufferPointer<Int64> {
        var starts: [Int] = []
        var end = 0
        for count in counts {
            starts.append(end)
            end += count
        }
        let part = starts[number]..<starts[number] + counts[number]
        if let instants { return UnsafeBufferPointer(rebasing: instants[part]) }
        var timestamps: [Int64] = []
        try reader.readTimestamps(into: &timestamps)
        let room = UnsafeMutableBufferPointer<Int64>.allocate(capacity: end)
        for (row, number) in rowNumbers.enumerated() {
            room.initializeElement(at: starts[Int(number)], to: timestamps[row])
            starts[Int(number)] += 1
        }
        instants = room
        return UnsafeBufferPointer(rebasing: room[part])
    }
}

extension UnsafeBufferPointer<Int64> {
    fileprivate static var empty: Self { Self(start: nil, count: 0) }
}

/// The values of shapes without columns of their own.
private struct RestValues {
    private let column: ValueColumns.Found
    private let count: Int
    private var texts: ValueBuffer?

    init(_ column: ValueColumns.Found, count: Int) {
        self.column = column
        self.count = count
    }

    /// Which of all values hold a needle.
    mutating func rows(holding test: ValueTest) throws(CorruptionError) -> RowBitmap {
        var rows = RowBitmap(count: count)
        if column.stamp.excludes(test) { return rows }
        let texts = try decoded()
        for index in 0..<texts.count where texts.withValue(index, { test.accepts($0) }) { rows.insert(index) }
        return rows
    }

    /// Which values of a range fulfil a test, counted from its start.
    mutating func rows(_ range: Range<Int>, where test: ValueTest) throws(CorruptionError) -> RowBitmap {
        var rows = RowBitmap(count: range.count)
        if column.stamp.excludes(test) { return rows }
        let texts = try decoded()
        for index in range where texts.withValue(index, { test.accepts($0) }) { rows.insert(index - range.lowerBound) }
        return rows
    }

    private mutating func decoded() throws(CorruptionError) -> ValueBuffer {
        if let texts { return texts }
        var texts = ValueBuffer()
        try column.decode(rows: nil, timestamps: [Int64](repeating: 0, count: count), into: &texts)
        self.texts = texts
        return texts
    }
}

/// The literals of a block's shapes.
struct ShapeLiterals {
    fileprivate let table: ShapeTable

    /// Gives `body` the literals of a shape, one more than it has holes.
    func with<Result>(
        _ number: Int, _ body: ([UnsafeRawBufferPointer]) throws(CorruptionError) -> Result
    ) throws(CorruptionError) -> Result {
        let shape = table.shapes[number]
        return try table.literals.withUnsafeBufferPointer { bytes throws(CorruptionError) in
            let bytes = UnsafeRawBufferPointer(bytes)
            let first = Int(shape.firstPart)
            return try body(
                table.parts[first...first + Int(shape.holeCount)].map { part in
                    UnsafeRawBufferPointer(rebasing: bytes[Int(part.offset)..<Int(part.offset) + Int(part.length)])
                })
        }
    }
}

extension LineParts {
    fileprivate var literals: ShapeLiterals { ShapeLiterals(table: table) }
}

extension NeedleSearch {
    /// Searches a shape without holes.
    fileprivate static func searchConstant(
        _ number: Int, _ literals: ShapeLiterals, _ search: inout NeedleSearch, _ found: inout FoundRows
    ) throws(CorruptionError) {
        let count = found.count(number)
        let rows = try literals.with(number) { literals throws(CorruptionError) in
            try search.rows(of: literals, count: count) { _, _ in RowBitmap(count: count) }
        }
        if let rows { found.formIntersection(rows, of: number) }
    }
}
