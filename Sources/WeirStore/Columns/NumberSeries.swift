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

    /// Finds the smaller form; leaves what it packs in `scratch`.
    init(_ values: [Int64], scratch: inout [UInt64]) {
        var low = Int64.max
        for value in values { low = min(low, value) }
        NumberSeries.fill(&scratch, values.count) { UInt64(bitPattern: values[$0] &- low) }
        let plain = scratch.withUnsafeBufferPointer { PackedSeries.size(of: $0) }
        var lowDelta = Int64.max
        var isAscending = values.count > 1
        for index in 1..<max(values.count, 1) {
            let (delta, overflow) = values[index].subtractingReportingOverflow(values[index - 1])
            if overflow { isAscending = false }
            lowDelta = min(lowDelta, delta)
        }
        self.low = low
        self.lowDelta = lowDelta
        guard isAscending else {
            isDeltas = false
            size = plain
            return
        }
        NumberSeries.fill(&scratch, values.count - 1) {
            UInt64(bitPattern: values[$0 + 1] &- values[$0] &- lowDelta)
        }
        let deltas = scratch.withUnsafeBufferPointer { PackedSeries.size(of: $0) }
        isDeltas = deltas < plain
        size = min(deltas, plain)
    }

    /// Appends the series of the values it was made of.
    func append(_ values: [Int64], scratch: inout [UInt64], to writer: inout ByteWriter) {
        writer.append(isDeltas ? UInt8(1) : 0)
        writer.appendVarint(Varint.zigzag(isDeltas ? values[0] : low))
        if isDeltas {
            writer.appendVarint(Varint.zigzag(lowDelta))
            let lowDelta = lowDelta
            NumberSeries.fill(&scratch, values.count - 1) {
                UInt64(bitPattern: values[$0 + 1] &- values[$0] &- lowDelta)
            }
        } else {
            let low = low
            NumberSeries.fill(&scratch, values.count) { UInt64(bitPattern: values[$0] &- low) }
        }
        scratch.withUnsafeBufferPointer { PackedSeries.append($0, to: &writer) }
    }

    @inline(__always)
    private static func fill(_ scratch: inout [UInt64], _ count: Int, _ value: (Int) -> UInt64) {
        scratch.removeAll(keepingCapacity: true)
        scratch.reserveCapacity(count)
        for index in 0..<count { scratch.append(value(index)) }
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
