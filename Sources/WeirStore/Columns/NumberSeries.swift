internal import WeirBytes

/// Signed integers as what they exceed the lowest by, or as differences, whichever takes less.
///
///     u8 0 | varint zigzag lowest | series (value - lowest)[count]
///     u8 1 | varint zigzag first | varint zigzag lowest difference | series (difference - lowest)[count - 1]
struct NumberSeries {
    /// Whether differences take less.
    private let isDeltas: Bool
    private let low: Int64
    private let lowDelta: Int64
    /// Bytes that the series takes, but for its head of up to 21.
    let size: Int

    /// Finds the smaller form.
    init(_ values: [Int64]) {
        (low, lowDelta, isDeltas, size) = values.withUnsafeBufferPointer { values in
            let plain = Spread(values.count) { values[$0] }
            // Without an overflow in their range differences have none either.
            let isAscending = values.count > 1 && !plain.high.subtractingReportingOverflow(plain.low).overflow
            guard isAscending else { return (plain.low, 0, false, plain.size) }
            let deltas = Spread(values.count &- 1) { values[$0 &+ 1] &- values[$0] }
            return (plain.low, deltas.low, deltas.size < plain.size, min(deltas.size, plain.size))
        }
    }

    /// What packing numbers takes.
    private struct Spread {
        var low = Int64.max
        var high = Int64.min
        /// Bytes of the series.
        var size = 0

        @inline(__always)
        init(_ count: Int, _ value: (Int) -> Int64) {
            var packed = 1
            var first = 0
            while first < count {
                let end = min(first &+ PackedIntegers.groupCount, count)
                var groupLow = Int64.max
                var groupHigh = Int64.min
                for index in first..<end {
                    groupLow = min(groupLow, value(index))
                    groupHigh = max(groupHigh, value(index))
                }
                packed += PackedSeries.groupSize(end - first, range: UInt64(bitPattern: groupHigh &- groupLow))
                low = min(low, groupLow)
                high = max(high, groupHigh)
                first = end
            }
            let range = count == 0 ? 0 : UInt64(bitPattern: high &- low)
            size = min(packed, PackedSeries.singleSize(count, low: 0, range: range))
        }
    }

    /// Appends the series of the values it was made of.
    func append(_ values: [Int64], scratch: inout [UInt64], to writer: inout ByteWriter) {
        writer.append(isDeltas ? UInt8(1) : 0)
        writer.appendVarint(Varint.zigzag(isDeltas ? values[0] : low))
        if isDeltas {
            writer.appendVarint(Varint.zigzag(lowDelta))
            let lowDelta = lowDelta
            values.withUnsafeBufferPointer { values in
                scratch.fill(values.count - 1) { UInt64(bitPattern: values[$0 &+ 1] &- values[$0] &- lowDelta) }
            }
        } else {
            let low = low
            values.withUnsafeBufferPointer { values in
                scratch.fill(values.count) { UInt64(bitPattern: values[$0] &- low) }
            }
        }
        scratch.withUnsafeBufferPointer { PackedSeries.append($0, to: &writer) }
    }

    /// Decodes `count` values to `target`.
    static func decode(
        _ source: inout ColumnSource, count: Int, to target: UnsafeMutablePointer<Int64>
    ) throws(CorruptionError) {
        let form: UInt8 = try source.read("form")
        guard form <= 1 else { throw source.corruption("form", expected: "0 or 1", found: "\(form)") }
        let first = Varint.unzigzag(try source.readVarint("lowest number"))
        let lowDelta = form == 1 ? Varint.unzigzag(try source.readVarint("lowest difference")) : 0
        guard count > 0 else { return }
        try target.withMemoryRebound(to: UInt64.self, capacity: count) { cells throws(CorruptionError) in
            let base = UInt64(bitPattern: first)
            if form == 0 {
                try PackedSeries.decode(&source, count: count, to: cells, "numbers")
                for index in 0..<count { cells[index] &+= base }
                return
            }
            cells[0] = base
            try PackedSeries.decode(&source, count: count - 1, to: cells + 1, "differences")
            let step = UInt64(bitPattern: lowDelta)
            var value = base
            for index in 1..<count {
                value = value &+ cells[index] &+ step
                cells[index] = value
            }
        }
    }
}

extension [UInt64] {
    /// Makes the array `count` long and fills it.
    @inline(__always)
    mutating func fill(_ count: Int, _ value: (_ index: Int) -> UInt64) {
        resize(to: count, filling: 0)
        withUnsafeMutableBufferPointer { cells in
            for index in 0..<count { cells[index] = value(index) }
        }
    }
}
