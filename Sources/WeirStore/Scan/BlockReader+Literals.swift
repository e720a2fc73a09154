internal import WeirBytes
internal import WeirModel

// Which rows of a block may be wanted, found out from shapes and columns before any line is built.
extension BlockReader {
    /// The rows whose lines hold all needles, and perhaps more.
    package func rows(holding needles: [[UInt8]]) throws(CorruptionError) -> LiteralRows {
        if entry.flags.contains(.rawLinesOnly) { return LiteralRows(rows: nil, areCertain: false) }
        var parts = LineParts()
        try readShapes(into: &parts)
        return try rows(of: LiteralSearch(literals: needles), parts: &parts)
    }

    /// What a search finds.
    ///
    /// - Parameter parts: holds the block's shapes and rows; gets any values.
    func rows(of search: LiteralSearch, parts: inout LineParts) throws(CorruptionError) -> LiteralRows {
        var found = FoundRows(counts: parts.rowCounts)
        for needle in search.literals {
            try narrow(&found, to: needle, &parts)
            if found.isEmpty { return LiteralRows(rows: [], areCertain: true) }
        }
        let areCertain = found.areCertain
        for alternatives in search.alternatives {
            var united: FoundRows?
            for needle in alternatives {
                var rows = found
                try narrow(&rows, to: needle, &parts)
                united?.formUnion(rows)
                if united == nil { united = rows }
            }
            if let united { found = united }
            if found.isEmpty { return LiteralRows(rows: [], areCertain: true) }
        }
        return LiteralRows(rows: found.rows(of: parts.rowNumbers), areCertain: areCertain)
    }

    private func narrow(
        _ found: inout FoundRows, to needle: [UInt8], _ parts: inout LineParts
    ) throws(CorruptionError) {
        var search = NeedleSearch(needle)
        if !found.isEmpty(0) { try searchWholeLines(&search, &parts, &found) }
        let literals = ShapeLiterals(parts, search.contains)
        try searchColumns(&search, parts, literals, &found)
        try searchRest(&search, parts, literals, &found)
    }

    private func searchWholeLines(
        _ search: inout NeedleSearch, _ parts: inout LineParts, _ found: inout FoundRows
    ) throws(CorruptionError) {
        parts.removeValues()
        parts.firstValues.append(0)
        try readWholeValues(ranks: nil, into: &parts)
        var rows = RowBitmap(count: parts.rowCounts[0])
        parts.values.forEachHit(of: search.contains) { rows.insert($0) }
        found.narrow(0, to: .some(rows))
    }

    /// Searches shapes whose holes have columns of their own.
    private func searchColumns(
        _ search: inout NeedleSearch, _ parts: LineParts, _ literals: ShapeLiterals, _ found: inout FoundRows
    ) throws(CorruptionError) {
        let numbers = (1..<max(parts.rowCounts.count, 1)).filter { parts.isColumnar[$0] }
        let counts = numbers.flatMap { Array(repeating: parts.rowCounts[$0], count: parts.holeCount($0)) }
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
                let rows = try literals.with(number) { literals, isInLiterals throws(CorruptionError) in
                    try search.rows(
                        of: literals, isInLiterals: isInLiterals, count: count
                    ) { hole, test throws(CorruptionError) in
                        let column = columns[first + hole]
                        if column.stamp.excludes(test) { return nil }
                        var rows = RowBitmap(count: count)
                        if selectors[hole] == nil {
                            let timestamps = try column.needsTimestamps ? instants.of(number) : .empty
                            selectors[hole] = ValueSelector(column.reader(timestamps: timestamps))
                        }
                        try selectors[hole]?.select(test, into: &rows)
                        return rows
                    }
                }
                found.narrow(number, to: rows)
            }
        }
    }

    /// Searches shapes whose values share a column.
    private func searchRest(
        _ search: inout NeedleSearch, _ parts: LineParts, _ literals: ShapeLiterals, _ found: inout FoundRows
    ) throws(CorruptionError) {
        let numbers = (1..<max(parts.rowCounts.count, 1)).filter { !parts.isColumnar[$0] }
        let total = numbers.reduce(0) { $0 + parts.holeCount($1) * parts.rowCounts[$1] }
        guard total > 0 else {
            for number in numbers { try NeedleSearch.searchConstant(number, literals, &search, &found) }
            return
        }
        try withColumn(.rest, count: total) { source, _ throws(CorruptionError) in
            var rest = RestValues(try ValueColumns.read(&source, counts: [total])[0], count: total)
            let holding = try rest.rows(holding: search.contains)
            let isInValues = !holding.isEmpty
            var first = 0
            for number in numbers {
                let count = parts.rowCounts[number]
                defer { first += count * parts.holeCount(number) }
                if found.isEmpty(number) { continue }
                let rows = try literals.with(number) { literals, isInLiterals throws(CorruptionError) in
                    try search.rows(
                        of: literals, isInLiterals: isInLiterals, count: count
                    ) { hole, test throws(CorruptionError) in
                        let start = first + hole * count
                        if test.kind == .contains { return isInValues ? holding.part(start..<start + count) : nil }
                        return try rest.rows(start..<start + count, where: test)
                    }
                }
                found.narrow(number, to: rows)
            }
        }
    }
}

/// Texts to be looked for in the columns of one block after the other.
struct LiteralSearch: Sendable {
    /// Texts that all wanted lines hold; none is empty.
    let literals: [[UInt8]]
    /// Lists of texts, of each of which a wanted line holds at least one.
    let alternatives: [[[UInt8]]]

    /// More alternatives are left to whoever looks at the lines.
    private static let alternativesMax = 8

    var isEmpty: Bool { literals.isEmpty && alternatives.isEmpty }

    init(literals: [[UInt8]], requirements: [LineRequirement] = []) {
        self.literals = literals.filter { !$0.isEmpty }
        let lists = requirements.filter { !$0.ignoresCase }.map(\.alternatives)
        let known = (literals + lists.filter { $0.count == 1 }.map { $0[0] }).filter { !$0.isEmpty }
        alternatives = lists.filter { list in
            guard list.count <= LiteralSearch.alternativesMax, !list.contains([]) else { return false }
            // Longer forms of what is looked for anyway rule blocks out, but hardly a row more.
            return list.count == 1
                || !list.allSatisfy { text in known.contains { SubstringSearch($0).isIn(text) } }
        }
    }
}

extension SubstringSearch {
    fileprivate func isIn(_ text: [UInt8]) -> Bool { text.withUnsafeBytes { first(in: $0) != nil } }
}

/// The rows of a block that a search leaves.
package struct LiteralRows: Sendable, Hashable {
    /// Ascending; nil for all.
    package var rows: [UInt32]?
    /// Whether each of them is known to hold all literals, alternatives aside.
    package var areCertain: Bool
}

/// For each number of a block's shapes the rows found so far, by their rank among the rows of the shape.
struct FoundRows {
    private let counts: [Int]
    // Nil while all rows are in.
    private var found: [RowBitmap?]
    /// Whether what is in was found to be, and not just too dear to look at.
    private(set) var areCertain = true

    init(counts: [Int]) {
        self.counts = counts
        found = Array(repeating: nil, count: counts.count)
    }

    /// Leaves of a number the rows that an answer names.
    mutating func narrow(_ number: Int, to answer: NeedleSearch.Answer) {
        switch answer {
        case .all: break
        case .some(let rows):
            if found[number] == nil { found[number] = rows } else { found[number]?.formIntersection(rows) }
        case .unknown: areCertain = areCertain && isEmpty(number)
        }
    }

    /// Adds the rows that another search of the block found.
    mutating func formUnion(_ other: FoundRows) {
        areCertain = areCertain && other.areCertain
        for number in found.indices {
            guard let rows = other.found[number] else {
                found[number] = nil
                continue
            }
            found[number]?.formUnion(rows)
        }
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
    func rows(holding test: ValueTest) throws(CorruptionError) -> RowBitmap {
        var rows = RowBitmap(count: count)
        if column.stamp.excludes(test) { return rows }
        let instants = [Int64](repeating: 0, count: column.needsTimestamps ? count : 0)
        try instants.withUnsafeBufferPointer { instants throws(CorruptionError) in
            var selector = ValueSelector(column.reader(timestamps: instants))
            try selector.select(test, into: &rows)
        }
        return rows
    }

    /// Which values of a range fulfil a test, counted from its start; nil when none does.
    mutating func rows(_ range: Range<Int>, where test: ValueTest) throws(CorruptionError) -> RowBitmap? {
        if column.stamp.excludes(test) { return nil }
        let texts = try decoded()
        var rows: RowBitmap?
        for index in range where texts.withValue(index, { test.accepts($0) }) {
            if rows == nil { rows = RowBitmap(count: range.count) }
            rows?.insert(index - range.lowerBound)
        }
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

/// The literals of a block's shapes, of which most are known not to hold a text.
private struct ShapeLiterals {
    private let table: ShapeTable
    /// Where the text stands in the literals of all shapes, end to end.
    private var hits: [Int] = []
    private let needleCount: Int

    init(_ parts: borrowing LineParts, _ test: ValueTest) {
        let table = parts.table
        var hits: [Int] = []
        table.literals.withUnsafeBytes { bytes in
            var position = 0
            while let hit = test.search.first(in: bytes, from: position) {
                hits.append(hit)
                position = hit + 1
            }
        }
        self.table = table
        self.hits = hits
        needleCount = test.needle.count
    }

    /// Gives `body` the literals of a shape, one more than it has holes, and whether one of them may hold the text.
    func with<Result>(
        _ number: Int, _ body: ([UnsafeRawBufferPointer], Bool) throws(CorruptionError) -> Result
    ) throws(CorruptionError) -> Result {
        let shape = table.shapes[number]
        let start = Int(table.parts[Int(shape.firstPart)].offset)
        let end = start + Int(shape.literalBytes)
        var low = 0
        var high = hits.count
        while low < high {
            let middle = (low + high) / 2
            if hits[middle] < start { low = middle + 1 } else { high = middle }
        }
        let isInLiterals = low < hits.count && hits[low] + needleCount <= end
        return try table.literals.withUnsafeBufferPointer { bytes throws(CorruptionError) in
            let bytes = UnsafeRawBufferPointer(bytes)
            let first = Int(shape.firstPart)
            return try body(
                table.parts[first...first + Int(shape.holeCount)].map { part in
                    UnsafeRawBufferPointer(rebasing: bytes[Int(part.offset)..<Int(part.offset) + Int(part.length)])
                }, isInLiterals)
        }
    }
}

extension NeedleSearch {
    /// Searches a shape without holes.
    fileprivate static func searchConstant(
        _ number: Int, _ literals: ShapeLiterals, _ search: inout NeedleSearch, _ found: inout FoundRows
    ) throws(CorruptionError) {
        let count = found.count(number)
        let rows = try literals.with(number) { literals, isInLiterals throws(CorruptionError) in
            try search.rows(of: literals, isInLiterals: isInLiterals, count: count) { _, _ in nil }
        }
        found.narrow(number, to: rows)
    }
}
