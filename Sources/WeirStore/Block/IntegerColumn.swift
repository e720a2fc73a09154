internal import WeirBytes

/// Encodings of columns of signed 64-bit integers; docs/formats/segment.md draws them.
enum IntegerColumn {
    /// An absolute value is kept per this many, so that a search need not start at the first; a multiple of
    /// `PackedIntegers.groupCount`, so that a run of deltas starts with a group.
    static let anchorCount = 1024

    /// `INT_DELTA`: values in ascending order, at least one.
    ///
    /// The scale is the largest number that divides all differences: a clock's resolution, or how often lines are
    /// written.
    ///
    ///     u64 scale | i64 anchor[(count + 1023) / 1024] | packed (delta / scale)[count - 1]
    static func appendDeltas(
        _ values: UnsafeBufferPointer<Int64>, scratch: inout [UInt64], to writer: inout ByteWriter
    ) {
        scratch.fill(max(values.count, 1) - 1) { UInt64(bitPattern: values[$0 + 1] &- values[$0]) }
        var scale: UInt64 = 0
        for delta in scratch where delta != 0 && (scale == 0 || !delta.isMultiple(of: scale)) {
            scale = commonDivisor(scale, delta)
        }
        // All differences are zero.
        scale = max(scale, 1)
        if scale > 1 {
            for index in scratch.indices { scratch[index] /= scale }
        }
        writer.append(scale)
        for index in stride(from: 0, to: values.count, by: anchorCount) { writer.append(values[index]) }
        scratch.withUnsafeBufferPointer { PackedIntegers.append($0, to: &writer) }
    }

    private static func commonDivisor(_ a: UInt64, _ b: UInt64) -> UInt64 {
        var (a, b) = (a, b)
        while b != 0 { (a, b) = (b, a % b) }
        return a
    }

    /// Decodes `count` values written by ``appendDeltas(_:scratch:to:)``.
    static func decodeDeltas(
        _ source: inout ColumnSource, count: Int, to target: UnsafeMutablePointer<Int64>
    ) throws(CorruptionError) {
        guard count > 0 else { throw source.corruption("count", expected: "at least 1", found: "0") }
        let scale: UInt64 = try source.read("scale")
        let anchors = try source.readBytes((count + anchorCount - 1) / anchorCount * 8, "anchors")
        // Deltas land one place behind their value's predecessor, and are summed up where they lie.
        try target.withMemoryRebound(to: UInt64.self, capacity: count) { cells throws(CorruptionError) in
            cells[0] = anchors.loadUnaligned(as: UInt64.self)
            try PackedIntegers.decode(&source, count: count - 1, to: cells + 1, "deltas")
            var value = cells[0]
            for index in 1..<max(count, 1) {
                value = value &+ cells[index] &* scale
                cells[index] = value
            }
        }
        for index in stride(from: anchorCount, to: count, by: anchorCount) {
            let anchor = anchors.loadUnaligned(fromByteOffset: index / anchorCount * 8, as: Int64.self)
            guard anchor == target[index] else {
                throw source.corruption("value \(index)", expected: "\(anchor)", found: "\(target[index])")
            }
        }
    }

    /// `INT_RUNS`: values that repeat.
    ///
    ///     u32 runs | runs x (varint length, varint zigzag (value - previous run's value, at first - 0))
    static func appendRuns(_ values: UnsafeBufferPointer<Int64>, to writer: inout ByteWriter) {
        let runsAt = writer.count
        writer.append(UInt32(0))
        var runs: UInt32 = 0
        var previous: Int64 = 0
        var start = 0
        while start < values.count {
            let value = values[start]
            var end = start + 1
            while end < values.count, values[end] == value { end += 1 }
            writer.appendVarint(UInt64(end - start))
            writer.appendVarint(Varint.zigzag(value &- previous))
            previous = value
            runs += 1
            start = end
        }
        writer.replace(at: runsAt, with: runs)
    }

    /// Decodes `count` values written by ``appendRuns(_:to:)``.
    static func decodeRuns(
        _ source: inout ColumnSource, count: Int, to target: UnsafeMutablePointer<Int64>
    ) throws(CorruptionError) {
        let runs: UInt32 = try source.read("runs")
        var filled = 0
        var value: Int64 = 0
        for _ in 0..<runs {
            let length = try source.readVarint("length of a run")
            value &+= Varint.unzigzag(try source.readVarint("value of a run"))
            guard length <= UInt64(count - filled) else {
                throw source.corruption("runs", expected: "\(count) values", found: "more")
            }
            (target + filled).update(repeating: value, count: Int(length))
            filled += Int(length)
        }
        guard filled == count else {
            throw source.corruption("runs", expected: "\(count) values", found: "\(filled)")
        }
    }

    /// `INT_DICT`: few distinct values in any order.
    ///
    ///     u32 distinct | distinct values as INT_DELTA | packed index[count]
    ///
    /// - Parameters:
    ///   - dictionary: the distinct values, ascending.
    ///   - codes: the position in `dictionary` of each value.
    static func appendDictionary(
        _ dictionary: UnsafeBufferPointer<Int64>, codes: UnsafeBufferPointer<UInt64>, scratch: inout [UInt64],
        to writer: inout ByteWriter
    ) {
        writer.append(UInt32(dictionary.count))
        appendDeltas(dictionary, scratch: &scratch, to: &writer)
        PackedIntegers.append(codes, to: &writer)
    }

    /// Decodes what ``appendDictionary(_:codes:scratch:to:)`` wrote: `count` codes to `codes`, each checked against the
    /// dictionary that is returned.
    static func decodeDictionary(
        _ source: inout ColumnSource, count: Int, codes: UnsafeMutablePointer<UInt32>
    ) throws(CorruptionError) -> [Int64] {
        let distinct = Int(try source.read("distinct", as: UInt32.self))
        guard distinct >= 1, distinct <= count else {
            throw source.corruption("distinct values", expected: "1...\(count)", found: "\(distinct)")
        }
        var dictionary = [Int64](repeating: 0, count: distinct)
        try dictionary.withUnsafeMutableBufferPointer { values throws(CorruptionError) in
            guard let start = values.baseAddress else { return }
            try decodeDeltas(&source, count: distinct, to: start)
        }
        try PackedIntegers.decode(&source, count: count, to: codes, "codes")
        var highest: UInt32 = 0
        for index in 0..<count { highest = max(highest, codes[index]) }
        guard Int(highest) < distinct else {
            throw source.corruption("codes", expected: "below \(distinct)", found: "\(highest)")
        }
        return dictionary
    }
}
