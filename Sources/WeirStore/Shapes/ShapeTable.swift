internal import WeirBytes

/// Shapes: the bytes that lines of one kind have in common, and the holes between them.
///
/// A line of a shape is exactly literal 0, hole 0, literal 1, ..., the last literal.
struct ShapeTable: Sendable {
    /// A literal, and the hole behind it.
    struct Part: Sendable {
        /// Where the literal starts in `literals`.
        var offset: UInt32
        /// Bytes of the literal.
        var length: UInt32
        /// The hole behind the literal, `.end` behind the last one.
        var hole: HoleKind
    }

    /// One shape.
    struct Shape: Sendable {
        var kind: ShapeKind
        /// Position of its first part; there is one more than there are holes.
        var firstPart: UInt32
        var holeCount: UInt32
        /// Bytes of all its literals, which lie end to end.
        var literalBytes: UInt32
        var hash: UInt64
    }

    /// More holes in a line would make a directory larger than what it describes.
    static let holesMax = 256
    /// Literals are compared and copied up to so many bytes at a time.
    static let readableBeyond = ShortCopy.stride

    private(set) var shapes: [Shape] = []
    private(set) var parts: [Part] = []
    /// The literals of all shapes, followed by at least ``readableBeyond`` bytes.
    private(set) var literals = [UInt8](repeating: 0, count: 4096)
    private var literalsEnd = 0
    /// Position + 1 of a shape in each slot of an open-addressing table, 0 when free.
    private var slots = [UInt16](repeating: 0, count: 64)

    var count: Int { shapes.count }

    /// What `body` makes of shapes, parts and literals, or `nothing` when those have no address.
    @inline(__always)
    func withShapes<Result>(
        orElse nothing: Result, _ body: (UnsafePointer<Shape>, UnsafePointer<Part>, UnsafeRawPointer) -> Result
    ) -> Result {
        shapes.withUnsafeBufferPointer { shapes in
            parts.withUnsafeBufferPointer { parts in
                literals.withUnsafeBytes { literals in
                    guard let shapes = shapes.baseAddress, let parts = parts.baseAddress,
                        let literals = literals.baseAddress
                    else { return nothing }
                    return body(shapes, parts, literals)
                }
            }
        }
    }

    /// Forgets all shapes, keeping the memory.
    mutating func removeAll() {
        shapes.removeAll(keepingCapacity: true)
        parts.removeAll(keepingCapacity: true)
        literalsEnd = 0
        slots.resize(to: 64, filling: 0)
        for index in slots.indices { slots[index] = 0 }
    }

    /// Whether a shape is a line's: same kind, same holes, same literals.
    private func isShape(
        _ shape: Shape, of kind: ShapeKind, _ line: UnsafeRawBufferPointer, _ holes: UnsafeBufferPointer<LineHole>
    ) -> Bool {
        guard shape.kind == kind, Int(shape.holeCount) == holes.count else { return false }
        guard let text = line.baseAddress else { return true }
        return withShapes(orElse: false) { _, parts, literals in
            var part = parts + Int(shape.firstPart)
            var start = 0
            for hole in holes {
                guard Int(part.pointee.length) == Int(hole.offset) &- start, part.pointee.hole == hole.kind,
                    ValueTable.isEqual(text + start, literals + Int(part.pointee.offset), Int(part.pointee.length))
                else { return false }
                start = Int(hole.offset) &+ Int(hole.length)
                part += 1
            }
            return Int(part.pointee.length) == line.count &- start
                && ValueTable.isEqual(text + start, literals + Int(part.pointee.offset), line.count &- start)
        }
    }

    /// The position of the shape that a line has, which is added unless there are `limit` already; nil then.
    ///
    /// - Parameter holes: the line's holes, ascending; offsets count from the line's start.
    mutating func position(
        of kind: ShapeKind, _ line: UnsafeRawBufferPointer, holes: UnsafeBufferPointer<LineHole>, limit: Int
    ) -> Int? {
        let hash = ShapeTable.hash(kind, line, holes)
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let position = Int(slots[slot]) - 1
            let shape = shapes[position]
            if shape.hash == hash, isShape(shape, of: kind, line, holes) { return position }
            slot = (slot + 1) & (slots.count - 1)
        }
        guard count < limit else { return nil }
        append(kind, hash: hash, line, holes)
        slots[slot] = UInt16(count)
        if count * 2 > slots.count { growSlots() }
        return count - 1
    }

    private static func hash(
        _ kind: ShapeKind, _ line: UnsafeRawBufferPointer, _ holes: UnsafeBufferPointer<LineHole>
    ) -> UInt64 {
        var state = UInt64(kind.rawValue)
        guard let text = line.baseAddress else { return state }
        var start = 0
        for hole in holes {
            state = ValueTable.hash(text + start, Int(hole.offset) &- start, seed: state)
            start = Int(hole.offset) &+ Int(hole.length)
        }
        return ValueTable.hash(text + start, line.count &- start, seed: state)
    }

    private mutating func append(
        _ kind: ShapeKind, hash: UInt64, _ line: UnsafeRawBufferPointer, _ holes: UnsafeBufferPointer<LineHole>
    ) {
        beginShape(kind, hash: hash)
        var start = 0
        for hole in holes {
            appendPart(UnsafeRawBufferPointer(rebasing: line[start..<Int(hole.offset)]), hole: hole.kind)
            start = Int(hole.offset) + Int(hole.length)
        }
        appendPart(UnsafeRawBufferPointer(rebasing: line[start...]), hole: .end)
    }

    private mutating func beginShape(_ kind: ShapeKind, hash: UInt64) {
        shapes.append(
            Shape(kind: kind, firstPart: UInt32(parts.count), holeCount: 0, literalBytes: 0, hash: hash))
    }

    private mutating func appendLiteral(_ literal: UnsafeRawBufferPointer) {
        let start = literalsEnd
        let end = start + literal.count
        if literals.count < end + ShapeTable.readableBeyond { literals.grow(to: max(end * 2, 4096)) }
        literals.withUnsafeMutableBytes {
            UnsafeMutableRawBufferPointer(rebasing: $0[start..<end]).copyMemory(from: literal)
        }
        literalsEnd = end
    }

    private mutating func appendPart(_ literal: UnsafeRawBufferPointer, hole: HoleKind) {
        parts.append(Part(offset: UInt32(literalsEnd), length: UInt32(literal.count), hole: hole))
        appendLiteral(literal)
        shapes[count - 1].literalBytes += UInt32(literal.count)
        if hole != .end { shapes[count - 1].holeCount += 1 }
    }

    /// Adds the shape of lines that are kept whole: one hole and nothing around it.
    mutating func appendWholeLine() {
        beginShape(.text, hash: 0)
        appendPart(UnsafeRawBufferPointer(start: nil, count: 0), hole: .word)
        appendPart(UnsafeRawBufferPointer(start: nil, count: 0), hole: .end)
    }

    private mutating func growSlots() {
        slots = [UInt16](repeating: 0, count: slots.count * 2)
        for (position, shape) in shapes.enumerated() {
            var slot = Int(truncatingIfNeeded: shape.hash) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = UInt16(position + 1)
        }
    }
}

// MARK: - On disk

extension ShapeTable {
    /// Bit of a shape's first byte: its values lie in columns of their own, not among the rest.
    private static let isColumnar: UInt8 = 0x80

    /// Appends a shape.
    ///
    ///     u8 kind, 0x80 columnar | varint holes | varint (literal length * 4 + hole code)[holes + 1] | literals
    func append(_ position: Int, isColumnar: Bool, to writer: inout ByteWriter) {
        let shape = shapes[position]
        let parts = parts[Int(shape.firstPart)...Int(shape.firstPart) + Int(shape.holeCount)]
        writer.append(shape.kind.rawValue | (isColumnar ? ShapeTable.isColumnar : 0))
        writer.appendVarint(UInt64(shape.holeCount))
        for part in parts { writer.appendVarint(UInt64(part.length) << 2 | (part.hole == .end ? 0 : part.hole.code)) }
        let start = Int(parts[parts.startIndex].offset)
        writer.bytes.append(contentsOf: literals[start..<start + Int(shape.literalBytes)])
    }

    /// Adds the shape that `text` describes; nil when it describes none, else whether it is columnar.
    mutating func add(describedBy text: UnsafeRawBufferPointer) -> Bool? {
        var reader = ByteReader(text)
        guard let first: UInt8 = reader.read(), let kind = ShapeKind(rawValue: first & ~ShapeTable.isColumnar),
            let holes = reader.readVarint(), holes <= UInt64(ShapeTable.holesMax)
        else { return nil }
        let firstPart = parts.count
        let start = literalsEnd
        var total = 0
        for index in 0...holes {
            guard let code = reader.readVarint(), let hole = HoleKind(code: code & 3, in: kind),
                code >> 2 <= UInt64(text.count)
            else {
                parts.removeLast(parts.count - firstPart)
                return nil
            }
            parts.append(
                Part(offset: UInt32(start + total), length: UInt32(code >> 2), hole: index == holes ? .end : hole))
            total += Int(code >> 2)
        }
        guard total == reader.remaining, let bytes = reader.readBytes(total) else {
            parts.removeLast(parts.count - firstPart)
            return nil
        }
        shapes.append(
            Shape(
                kind: kind, firstPart: UInt32(firstPart), holeCount: UInt32(holes), literalBytes: UInt32(total), hash: 0
            ))
        appendLiteral(bytes)
        return first & ShapeTable.isColumnar != 0
    }
}
