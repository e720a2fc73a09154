internal import CKernels
internal import WeirModel

/// Takes the lines of one block apart into shapes and the values of their holes.
///
/// Most lines of JSON or logfmt are like one of the last few, so those shapes are tried first: comparing literals and
/// finding the ends of holes is all it takes. Other lines are parsed, which costs no more than trying for text, and their
/// shapes looked up or learnt. Whatever happens, a line is exactly the literals of its shape with its values between them.
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
    /// The holes of all rows that have a shape, one row behind the other, and room behind them; offsets count from the
    /// line's start.
    private(set) var holes: [LineHole] = []
    private var holeCount = 0
    // Positions + 1 of the shapes of JSON and logfmt met last, the last one first; 0 for none.
    private var recent = SIMD8<UInt16>(repeating: 0)

    /// Replaces the results by those of the rows that `order` names, in its order.
    mutating func split(_ lines: borrowing LineBatch, order: [UInt32]) {
        table.removeAll()
        rowShapes.resize(to: order.count, filling: 0)
        holeCount = 0
        recent = SIMD8(repeating: 0)
        let limit = min(LineSplitter.shapesMax, order.count / LineSplitter.rowsPerShape)
        let offsets = lines.lineOffsets
        let lengths = lines.lineLengths
        lines.bytes.withUnsafeBytes { arena in
            // An arena without bytes has only empty lines, which no loop reads.
            let bytes = arena.baseAddress ?? UnsafeRawPointer(bitPattern: 1)!
            func scan(_ index: Int) -> LineScan {
                let row = Int(order[index])
                let start = Int(offsets[row])
                let scan = LineScan(
                    bytes: bytes, arenaEnd: arena.count, start: start, end: start + Int(lengths[row]))
                precondition(scan.end <= arena.count, "line \(row) ends outside its arena")
                return scan
            }
            withUnsafeTemporaryAllocation(of: weir_span.self, capacity: ShapeTable.holesMax) { spans in
                var index = 0
                while index < order.count {
                    index = matchLines(from: index, to: order.count, scan)
                    guard index < order.count else { break }
                    rowShapes[index] = UInt16(parseLine(scan(index), limit: limit, spans))
                    index += 1
                }
            }
        }
    }

    /// Matches lines with the shapes met last, until there is one that has none of them; returns where that is.
    @inline(__always)
    private mutating func matchLines(from first: Int, to end: Int, _ scan: (_ index: Int) -> LineScan) -> Int {
        var recent = recent
        var filled = holeCount
        var index = first
        // Moved out, so that they can be filled while the table is read.
        var holes: [LineHole] = []
        var rowShapes: [UInt16] = []
        swap(&holes, &self.holes)
        swap(&rowShapes, &self.rowShapes)
        table.withShapes(orElse: ()) { shapes, parts, literals in
            while index < end {
                if holes.count < filled + ShapeTable.holesMax { LineSplitter.grow(&holes) }
                let line = scan(index)
                let shape = holes.withUnsafeMutableBufferPointer { holes in
                    LineSplitter.match(
                        line, recent: &recent, shapes, parts, literals, into: holes.baseAddress! + filled)
                }
                if shape == 0 { break }
                rowShapes[index] = shape
                filled &+= Int(shapes[Int(shape) &- 1].holeCount)
                index &+= 1
            }
        }
        swap(&holes, &self.holes)
        swap(&rowShapes, &self.rowShapes)
        self.recent = recent
        holeCount = filled
        return index
    }

    private static func grow(_ holes: inout [LineHole]) {
        let nothing = LineHole(offset: 0, length: 0, kind: .end)
        holes.resize(to: max(holes.count * 2, ShapeTable.holesMax * 16), filling: nothing)
    }

    /// Parses a line that no recent shape matches, adds its holes and tells its shape's position + 1, or 0.
    private mutating func parseLine(
        _ scan: LineScan, limit: Int, _ spans: UnsafeMutableBufferPointer<weir_span>
    ) -> Int {
        guard limit > 0, scan.end - scan.start <= LineSplitter.lineBytesMax else { return 0 }
        if holes.count < holeCount + ShapeTable.holesMax { LineSplitter.grow(&holes) }
        let room = holeCount..<holeCount + ShapeTable.holesMax
        // Moved out, so that they can be filled while the table learns.
        var holes: [LineHole] = []
        swap(&holes, &self.holes)
        let position = holes.withUnsafeMutableBufferPointer { holes -> Int? in
            let found = UnsafeMutableBufferPointer(rebasing: holes[room])
            guard let parsed = LineParser.parse(scan, into: found, spans: spans) else { return nil }
            let line = UnsafeRawBufferPointer(start: scan.bytes + scan.start, count: scan.end - scan.start)
            return table.position(
                of: parsed.kind, line, holes: UnsafeBufferPointer(rebasing: found[..<parsed.count]), limit: limit)
        }
        swap(&holes, &self.holes)
        guard let position else { return 0 }
        holeCount += Int(table.shapes[position].holeCount)
        if table.shapes[position].kind != .text {
            LineSplitter.note(UInt16(position + 1), at: LineSplitter.recentCount - 1, in: &recent)
        }
        return position + 1
    }

    /// Puts a shape that stood at `index` to the front.
    @inline(__always)
    private static func note(_ shape: UInt16, at index: Int, in recent: inout SIMD8<UInt16>) {
        var index = index
        while index > 0 {
            recent[index] = recent[index &- 1]
            index &-= 1
        }
        recent[0] = shape
    }

    /// The position + 1 of the recent shape that a line has, its holes written to `found`; 0 when it has none.
    @inline(__always)
    private static func match(
        _ scan: LineScan, recent: inout SIMD8<UInt16>, _ shapes: UnsafePointer<ShapeTable.Shape>,
        _ parts: UnsafePointer<ShapeTable.Part>, _ literals: UnsafeRawPointer,
        into found: UnsafeMutablePointer<LineHole>
    ) -> UInt16 {
        guard scan.end &- scan.start <= LineSplitter.lineBytesMax else { return 0 }
        for index in 0..<LineSplitter.recentCount {
            let candidate = recent[index]
            if candidate == 0 { return 0 }
            let first = Int(shapes[Int(candidate) &- 1].firstPart)
            guard isMatch(scan, parts + first, literals, into: found) else { continue }
            if index > 0 { note(candidate, at: index, in: &recent) }
            return candidate
        }
        return 0
    }

    /// Whether a line is of a shape; then its holes are in `found`.
    private static func isMatch(
        _ scan: LineScan, _ parts: UnsafePointer<ShapeTable.Part>, _ literals: UnsafeRawPointer,
        into found: UnsafeMutablePointer<LineHole>
    ) -> Bool {
        var position = scan.start
        var part = parts
        var found = found
        while true {
            let length = Int(part.pointee.length)
            guard position &+ length <= scan.end,
                scan.isEqual(literals + Int(part.pointee.offset), at: position, length)
            else { return false }
            position &+= length
            let end: Int?
            switch part.pointee.hole {
            case .string: end = scan.endOfString(from: position)
            case .scalar: end = scan.endOfScalar(from: position)
            case .word: end = scan.endOfNumberedWord(from: position)
            case .bare: end = scan.endOfBareValue(from: position)
            case .quoted: end = scan.endOfQuotedValue(from: position)
            case .array: end = scan.endOfArray(from: position)
            case .end: return position == scan.end
            }
            guard let end else { return false }
            found.pointee = LineHole(
                offset: UInt32(truncatingIfNeeded: position &- scan.start),
                length: UInt32(truncatingIfNeeded: end &- position), kind: part.pointee.hole)
            position = end
            part += 1
            found += 1
        }
    }
}
