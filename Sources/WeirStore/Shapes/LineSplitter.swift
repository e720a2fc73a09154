internal import WeirModel

/// Takes the lines of one block apart into shapes and the values of their holes.
///
/// Most lines are like one of the last few, so those shapes are tried first: comparing literals and finding the ends of
/// holes is all it takes. A line of no known shape is parsed, and its shape learnt. Whatever happens, a line is exactly
/// the literals of its shape with its values between them.
struct LineSplitter: Sendable {
    /// A line longer than this is kept whole: it is no event that others are like.
    static let lineBytesMax = 64 << 10
    /// More shapes in a block mean that lines have nothing in common.
    static let shapesMax = 1024
    /// A shape has to stand for this many rows on average to be worth its place.
    static let rowsPerShape = 8
    /// Shapes tried before a line is parsed.
    private static let recentCount = 8

    /// The shapes found.
    private(set) var table = ShapeTable()
    /// For each row 0, when its line is kept whole, or its shape's position in `table` + 1.
    private(set) var rowShapes: [UInt16] = []
    /// The holes of all rows that have a shape, one row behind the other; offsets count from the line's start.
    private(set) var holes: [LineHole] = []
    // Positions + 1 of the shapes met last, the last one first; 0 for none.
    private var recent = SIMD8<UInt16>(repeating: 0)

    /// Replaces the results by those of the rows that `order` names, in its order.
    mutating func split(_ lines: borrowing LineBatch, order: [UInt32]) {
        table.removeAll()
        rowShapes.removeAll(keepingCapacity: true)
        rowShapes.reserveCapacity(order.count)
        holes.removeAll(keepingCapacity: true)
        recent = SIMD8(repeating: 0)
        let limit = min(LineSplitter.shapesMax, order.count / LineSplitter.rowsPerShape)
        let offsets = lines.lineOffsets
        let lengths = lines.lineLengths
        lines.bytes.withUnsafeBytes { arena in
            LineScan.byteClasses.withUnsafeBufferPointer { classes in
                withUnsafeTemporaryAllocation(of: LineHole.self, capacity: ShapeTable.holesMax) { found in
                    // An arena without bytes has only empty lines, which no loop reads.
                    let bytes = arena.baseAddress ?? UnsafeRawPointer(found.baseAddress!)
                    for row in order {
                        let start = Int(offsets[Int(row)])
                        let scan = LineScan(
                            bytes: bytes, arenaEnd: arena.count, start: start, end: start + Int(lengths[Int(row)]),
                            classes: classes.baseAddress!)
                        precondition(scan.end <= arena.count, "line \(row) ends outside its arena")
                        rowShapes.append(UInt16(splitLine(scan, limit: limit, into: found)))
                    }
                }
            }
        }
    }

    /// Adds a line's holes and tells its shape's position + 1, or 0.
    private mutating func splitLine(
        _ scan: LineScan, limit: Int, into found: UnsafeMutableBufferPointer<LineHole>
    ) -> Int {
        guard limit > 0, scan.end - scan.start <= LineSplitter.lineBytesMax else { return 0 }
        for index in 0..<LineSplitter.recentCount {
            let candidate = recent[index]
            if candidate == 0 { break }
            if let count = match(scan, Int(candidate) - 1, into: found) {
                if index > 0 { note(candidate, at: index) }
                holes.append(contentsOf: UnsafeBufferPointer(rebasing: found[..<count]))
                return Int(candidate)
            }
        }
        guard let parsed = LineParser.parse(scan, into: found) else { return 0 }
        let line = UnsafeRawBufferPointer(start: scan.bytes + scan.start, count: scan.end - scan.start)
        let parts = UnsafeBufferPointer(rebasing: found[..<parsed.count])
        guard let position = table.position(of: parsed.kind, line, holes: parts, limit: limit) else { return 0 }
        holes.append(contentsOf: parts)
        note(UInt16(position + 1), at: LineSplitter.recentCount - 1)
        return position + 1
    }

    /// Puts a shape that stood at `index` to the front.
    private mutating func note(_ shape: UInt16, at index: Int) {
        var index = index
        while index > 0 {
            recent[index] = recent[index - 1]
            index -= 1
        }
        recent[0] = shape
    }

    /// The number of holes of the line when it is of a shape, written to `found`.
    @inline(__always)
    private func match(
        _ scan: LineScan, _ shape: Int, into found: UnsafeMutableBufferPointer<LineHole>
    ) -> Int? {
        let first = Int(table.shapes[shape].firstPart)
        return table.parts.withUnsafeBufferPointer { parts in
            table.literals.withUnsafeBytes { literals in
                LineSplitter.match(
                    scan, parts.baseAddress! + first, literals.baseAddress!, into: found.baseAddress!)
            }
        }
    }

    private static func match(
        _ scan: LineScan, _ parts: UnsafePointer<ShapeTable.Part>, _ literals: UnsafeRawPointer,
        into found: UnsafeMutablePointer<LineHole>
    ) -> Int? {
        var position = scan.start
        var count = 0
        while true {
            let part = parts[count]
            let length = Int(part.length)
            guard position &+ length <= scan.end, scan.isEqual(literals + Int(part.offset), at: position, length) else {
                return nil
            }
            position &+= length
            let end: Int?
            switch part.hole {
            case .string: end = scan.endOfString(from: position)
            case .scalar: end = scan.endOfScalar(from: position)
            case .word: end = scan.endOfNumberedWord(from: position)
            case .bare: end = scan.endOfBareValue(from: position)
            case .quoted: end = scan.endOfQuotedValue(from: position)
            case .array: end = scan.endOfArray(from: position)
            case .end: return position == scan.end ? count : nil
            }
            guard let end else { return nil }
            found[count] = LineHole(
                offset: UInt32(truncatingIfNeeded: position - scan.start),
                length: UInt32(truncatingIfNeeded: end - position), kind: part.hole)
            position = end
            count &+= 1
        }
    }
}
