internal import CKernels

/// Finds the holes of a line of which no known shape is: one pass over its bytes.
///
/// A line of JSON or logfmt is found to be one by the same rules by which a known shape is matched, so that all lines of
/// such a shape hold the same keys in the same places.
struct LineParser {
    private let scan: LineScan
    private let holes: UnsafeMutableBufferPointer<LineHole>
    private let spans: UnsafeMutableBufferPointer<weir_span>
    private var count = 0
    private var position: Int

    /// - Parameters:
    ///   - holes: room for ``ShapeTable/holesMax``; offsets count from the line's start.
    ///   - spans: as much room, for the search for words.
    private init(
        _ scan: LineScan, _ holes: UnsafeMutableBufferPointer<LineHole>,
        _ spans: UnsafeMutableBufferPointer<weir_span>
    ) {
        self.scan = scan
        self.holes = holes
        self.spans = spans
        position = scan.start
    }

    /// Fills `holes` and tells what kind of line it is and how many holes it has; nil when there are too many.
    @inline(never)
    static func parse(
        _ scan: LineScan, into holes: UnsafeMutableBufferPointer<LineHole>,
        spans: UnsafeMutableBufferPointer<weir_span>
    ) -> (kind: ShapeKind, count: Int)? {
        var json = LineParser(scan, holes, spans)
        json.skipSpace()
        if json.peek() == UInt8(ascii: "{") {
            if json.parseObject() { return (.json, json.count) }
        } else {
            var logfmt = LineParser(scan, holes, spans)
            if logfmt.parsePairs() { return (.logfmt, logfmt.count) }
        }
        var text = LineParser(scan, holes, spans)
        return text.parseText() ? (.text, text.count) : nil
    }

    @inline(__always)
    private func peek() -> UInt8? { position < scan.end ? scan.byte(position) : nil }

    private mutating func skipSpace() {
        while let byte = peek(), byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard peek() == byte else { return false }
        position += 1
        return true
    }

    /// Adds a hole from `start` on; false when there is no room or `end` is nil.
    @inline(__always)
    private mutating func addHole(_ kind: HoleKind, from start: Int, to end: Int?) -> Bool {
        guard let end, count < holes.count else { return false }
        holes[count] = LineHole(
            offset: UInt32(truncatingIfNeeded: start - scan.start), length: UInt32(truncatingIfNeeded: end - start),
            kind: kind)
        count += 1
        position = end
        return true
    }

    // MARK: - JSON

    private mutating func parseObject() -> Bool {
        position += 1
        var depth = 1
        var isEmpty = true
        while depth > 0 {
            if isEmpty, take(UInt8(ascii: "}")) {
                depth -= 1
            } else {
                guard parseKey() else { return false }
                if peek() == UInt8(ascii: "{") {
                    guard depth < LineScan.depthMax else { return false }
                    position += 1
                    depth += 1
                    isEmpty = true
                    continue
                }
                guard parseValue() else { return false }
            }
            // Behind a value: another pair, or the ends of objects.
            isEmpty = false
            while depth > 0, take(UInt8(ascii: "}")) { depth -= 1 }
            guard depth == 0 || take(UInt8(ascii: ",")) else { return false }
        }
        skipSpace()
        return position == scan.end
    }

    private mutating func parseKey() -> Bool {
        guard take(UInt8(ascii: "\"")), let end = scan.endOfString(from: position) else { return false }
        position = end + 1
        guard take(UInt8(ascii: ":")) else { return false }
        skipSpace()
        return true
    }

    private mutating func parseValue() -> Bool {
        switch peek() {
        case UInt8(ascii: "\"")?:
            guard addHole(.string, from: position + 1, to: scan.endOfString(from: position + 1)) else { return false }
            position += 1
            return true
        case UInt8(ascii: "[")?: return addHole(.array, from: position, to: scan.endOfArray(from: position))
        default: return addHole(.scalar, from: position, to: scan.endOfScalar(from: position))
        }
    }

    // MARK: - logfmt

    private mutating func parsePairs() -> Bool {
        while true {
            while let byte = peek(), byte <= 0x20 { position += 1 }
            guard position < scan.end else { return count >= 2 }
            let key = position
            while let byte = peek(), byte > 0x20, byte != UInt8(ascii: "="), byte != UInt8(ascii: "\"") {
                position += 1
            }
            guard position > key, peek() == UInt8(ascii: "=") else { return false }
            position += 1
            guard peek() == UInt8(ascii: "\"") else {
                guard addHole(.bare, from: position, to: scan.endOfBareValue(from: position)) else { return false }
                continue
            }
            guard addHole(.quoted, from: position + 1, to: scan.endOfQuotedValue(from: position + 1)) else {
                return false
            }
            position += 1
            if let byte = peek(), byte > 0x20 { return false }
        }
    }

    // MARK: - Text

    private mutating func parseText() -> Bool {
        let text = scan.bytes.assumingMemoryBound(to: UInt8.self) + scan.start
        let found = weir_numbered_words(text, scan.end - scan.start, 1, spans.baseAddress, spans.count)
        guard found <= spans.count else { return false }
        for index in 0..<found {
            holes[index] = LineHole(offset: spans[index].offset, length: spans[index].length, kind: .word)
        }
        count = found
        return true
    }
}
