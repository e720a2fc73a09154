internal import CKernels
internal import WeirBytes

/// Values taken apart into what few shapes of them have in common, and holes: the longest runs of letters and digits
/// that have a digit.
struct TextShapes: Sendable {
    /// More shapes take more than they save.
    static let shapesMax = 64
    /// More holes in a value are a sign of text that is no more than letters and digits.
    static let holesMax = 16
    /// A shape of fewer values costs more than them.
    private static let sampleCount = 64

    struct Shape {
        /// The first value that has it.
        var value: Int
        /// Where that value's holes start in `holes`.
        var firstHole: Int
        var holeCount: Int
        /// How many values have it.
        var count: Int
        var hash: UInt64
    }

    private(set) var shapes: [Shape] = []
    /// For each value its shape.
    private(set) var shapeOfValue: [UInt64] = []
    /// Where each hole lies in the list's bytes, value by value.
    private(set) var holeOffsets: [UInt32] = []
    private(set) var holeLengths: [UInt32] = []

    /// Splits all values; false when they have too many shapes or holes, or none that repeats.
    mutating func split(_ values: ValueList) -> Bool {
        shapes.removeAll(keepingCapacity: true)
        shapeOfValue.removeAll(keepingCapacity: true)
        holeOffsets.removeAll(keepingCapacity: true)
        holeLengths.removeAll(keepingCapacity: true)
        guard let start = values.bytes.baseAddress else { return false }
        return withUnsafeTemporaryAllocation(of: weir_span.self, capacity: TextShapes.holesMax) { spans in
            for index in 0..<values.count {
                guard let shape = shape(of: index, values, start, spans) else { return false }
                shapeOfValue.append(UInt64(shape))
                // What starts with as many shapes as values has none worth keeping.
                if index == TextShapes.sampleCount && (shapes.count > index / 4 || holeOffsets.count < index / 2) {
                    return false
                }
            }
            return shapes.count * 4 < values.count && !holeOffsets.isEmpty
        }
    }

    private mutating func shape(
        of index: Int, _ values: ValueList, _ start: UnsafeRawPointer, _ spans: UnsafeMutableBufferPointer<weir_span>
    ) -> Int? {
        let firstHole = holeOffsets.count
        let offset = Int(values.offsets[index])
        let length = Int(values.lengths[index])
        let text = start + offset
        let holes = weir_numbered_words(
            text.assumingMemoryBound(to: UInt8.self), length, 0, spans.baseAddress, spans.count)
        guard holes <= spans.count else { return nil }
        var literal = 0
        var hash: UInt64 = 0
        for span in spans[..<holes] {
            let run = Int(span.offset)
            hash = ValueTable.hash(text + literal, run &- literal, seed: hash)
            holeOffsets.append(UInt32(truncatingIfNeeded: offset &+ run))
            holeLengths.append(span.length)
            literal = run &+ Int(span.length)
        }
        hash = ValueTable.hash(text + literal, length &- literal, seed: hash)
        for number in shapes.indices where shapes[number].hash == hash && shapes[number].holeCount == holes {
            guard isShape(shapes[number], of: index, firstHole: firstHole, values, start) else { return nil }
            shapes[number].count += 1
            return number
        }
        guard shapes.count < TextShapes.shapesMax else { return nil }
        shapes.append(Shape(value: index, firstHole: firstHole, holeCount: holes, count: 1, hash: hash))
        return shapes.count - 1
    }

    /// Whether a value has the same literals as a shape's first.
    private func isShape(
        _ shape: Shape, of index: Int, firstHole: Int, _ values: ValueList, _ start: UnsafeRawPointer
    ) -> Bool {
        var mine = Int(values.offsets[index])
        var other = Int(values.offsets[shape.value])
        for hole in 0...shape.holeCount {
            let isLast = hole == shape.holeCount
            let myEnd =
                isLast
                ? Int(values.offsets[index] + values.lengths[index]) : Int(holeOffsets[firstHole + hole])
            let otherEnd =
                isLast
                ? Int(values.offsets[shape.value] + values.lengths[shape.value])
                : Int(holeOffsets[shape.firstHole + hole])
            guard myEnd - mine == otherEnd - other, ValueTable.isEqual(start + mine, start + other, myEnd - mine) else {
                return false
            }
            if isLast { break }
            mine = myEnd + Int(holeLengths[firstHole + hole])
            other = otherEnd + Int(holeLengths[shape.firstHole + hole])
        }
        return true
    }

    /// Appends the shapes: `varint shapes | shapes x (varint holes | (varint length | literal)[holes + 1])`.
    func append(_ values: ValueList, to writer: inout ByteWriter) {
        writer.appendVarint(UInt64(shapes.count))
        for shape in shapes {
            writer.appendVarint(UInt64(shape.holeCount))
            var start = Int(values.offsets[shape.value])
            for hole in 0...shape.holeCount {
                let isLast = hole == shape.holeCount
                let end =
                    isLast
                    ? Int(values.offsets[shape.value] + values.lengths[shape.value])
                    : Int(holeOffsets[shape.firstHole + hole])
                writer.appendVarint(UInt64(end - start))
                writer.append(UnsafeRawBufferPointer(rebasing: values.bytes[start..<end]))
                if !isLast { start = end + Int(holeLengths[shape.firstHole + hole]) }
            }
        }
    }

    /// Where the values of each hole lie, shape by shape and hole by hole.
    func columns() -> (offsets: [UInt32], lengths: [UInt32]) {
        var starts: [Int] = []
        var end = 0
        for shape in shapes {
            starts.append(end)
            end += shape.count * shape.holeCount
        }
        var offsets = [UInt32](repeating: 0, count: end)
        var lengths = [UInt32](repeating: 0, count: end)
        var hole = 0
        for number in shapeOfValue {
            let shape = shapes[Int(number)]
            var slot = starts[Int(number)]
            starts[Int(number)] += 1
            for _ in 0..<shape.holeCount {
                offsets[slot] = holeOffsets[hole]
                lengths[slot] = holeLengths[hole]
                slot += shape.count
                hole += 1
            }
        }
        return (offsets, lengths)
    }
}
