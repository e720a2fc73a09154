internal import WeirBytes

/// Unsigned integers packed for columns that may be short: with one width for all, or as ``PackedIntegers``.
///
///     u8 width (0...56, 64) | varint base | packed[count]
///     u8 0x80 | packed integers in groups of 256
enum PackedSeries {
    private static let grouped: UInt8 = 0x80

    /// Bytes of a group of `count` values that differ by at most `range`.
    @inline(__always)
    static func groupSize(_ count: Int, range: UInt64) -> Int {
        (count &* PackedIntegers.width(of: range) &+ 7) / 8 &+ 9
    }

    /// Bytes of `count` values from `low` on that differ by at most `range`, packed with one width.
    static func singleSize(_ count: Int, low: UInt64, range: UInt64) -> Int {
        1 + varintSize(low) + (count * PackedIntegers.width(of: range) + 7) / 8
    }

    static func append(_ values: UnsafeBufferPointer<UInt64>, to writer: inout ByteWriter) {
        let plan = Plan(values)
        guard plan.single <= plan.groups else {
            writer.append(grouped)
            PackedIntegers.append(values, to: &writer)
            return
        }
        writer.append(UInt8(plan.width))
        writer.appendVarint(plan.low)
        PackedIntegers.appendGroup(values, base: plan.low, width: plan.width, to: &writer)
    }

    /// Unpacks `count` values to `target`, truncated to its type.
    static func decode<Value: FixedWidthInteger & UnsignedInteger>(
        _ source: inout ColumnSource, count: Int, to target: UnsafeMutablePointer<Value>, _ what: String
    ) throws(CorruptionError) {
        let form: UInt8 = try source.read(what)
        if form == grouped { return try PackedIntegers.decode(&source, count: count, to: target, what) }
        guard form <= PackedIntegers.widthMax || form == 64 else {
            throw source.corruption(what, expected: "a width of 0...56 or 64 bits", found: "\(form)")
        }
        let base = try source.readVarint(what)
        let first = Value(truncatingIfNeeded: base)
        guard let packed = try source.readBytes((count * Int(form) + 7) / 8, what).baseAddress else {
            target.update(repeating: first, count: count)
            return
        }
        PackedIntegers.unpack(packed, count: count, width: Int(form), base: first, to: target)
    }

    private static func varintSize(_ value: UInt64) -> Int {
        max(1, (UInt64.bitWidth - value.leadingZeroBitCount + 6) / 7)
    }

    /// What each form would take.
    private struct Plan {
        var low: UInt64
        var width: Int
        var single: Int
        var groups: Int

        init(_ values: UnsafeBufferPointer<UInt64>) {
            var low = UInt64.max
            var high = UInt64.min
            var packed = 0
            var first = 0
            while first < values.count {
                let end = min(first + PackedIntegers.groupCount, values.count)
                var groupLow = UInt64.max
                var groupHigh = UInt64.min
                for index in first..<end {
                    groupLow = min(groupLow, values[index])
                    groupHigh = max(groupHigh, values[index])
                }
                packed += groupSize(end - first, range: groupHigh - groupLow)
                low = min(low, groupLow)
                high = max(high, groupHigh)
                first = end
            }
            self.low = values.isEmpty ? 0 : low
            width = values.isEmpty ? 0 : PackedIntegers.width(of: high - low)
            single = singleSize(values.count, low: self.low, range: values.isEmpty ? 0 : high - low)
            groups = 1 + packed
        }
    }
}
