internal import WeirBytes

/// Unsigned integers in groups of 256, each group with the bit width that its own range needs.
///
///     u8 width[groups] | u64 base[groups] | packed[groups]
///
/// A value is `base + packed bits`. Bits are packed from the lowest of the first byte on; a group of `n` values takes
/// `(n * width + 7) / 8` bytes. Widths are 0...56 and 64: up to 56 bits a value lies inside one unaligned 64-bit word.
enum PackedIntegers {
    /// Smaller groups adapt better and cost more headers (9 bytes each).
    static let groupCount = 256
    static let widthMax = 56

    static func append(_ values: UnsafeBufferPointer<UInt64>, to writer: inout ByteWriter) {
        let groups = (values.count + groupCount - 1) / groupCount
        let widthsAt = writer.count
        writer.appendZeros(groups)
        let basesAt = writer.count
        writer.appendZeros(groups * 8)
        for group in 0..<groups {
            let first = group * groupCount
            let part = UnsafeBufferPointer(rebasing: values[first..<min(first + groupCount, values.count)])
            var low = UInt64.max
            var high = UInt64.min
            for value in part {
                low = min(low, value)
                high = max(high, value)
            }
            let width = width(of: high - low)
            writer.replace(at: widthsAt + group, with: UInt8(width))
            writer.replace(at: basesAt + group * 8, with: low)
            appendGroup(part, base: low, width: width, to: &writer)
        }
    }

    /// The bits that each of some values takes when they differ by at most `range`.
    @inline(__always)
    static func width(of range: UInt64) -> Int {
        let needed = UInt64.bitWidth - range.leadingZeroBitCount
        return needed > widthMax ? 64 : needed
    }

    /// Appends the low `width` bits of how much each value exceeds `base`.
    static func appendGroup(
        _ values: UnsafeBufferPointer<UInt64>, base: UInt64, width: Int, to writer: inout ByteWriter
    ) {
        guard width > 0 else { return }
        let size = (values.count * width + 7) / 8
        writer.append(capacity: size + 8) { room in
            var word: UInt64 = 0
            var filled = 0
            var offset = 0
            for value in values {
                let bits = value &- base
                word |= bits &<< UInt64(truncatingIfNeeded: filled)
                filled += width
                guard filled >= 64 else { continue }
                room.storeBytes(of: word.littleEndian, toByteOffset: offset, as: UInt64.self)
                offset += 8
                filled -= 64
                word = filled == 0 ? 0 : bits &>> UInt64(truncatingIfNeeded: width - filled)
            }
            room.storeBytes(of: word.littleEndian, toByteOffset: offset, as: UInt64.self)
            return size
        }
    }

    /// Unpacks `count` values to `target`, truncated to its type.
    ///
    /// Fails, before writing anything, when the column is too short for what its headers say; never allocates.
    static func decode<Value: FixedWidthInteger & UnsignedInteger>(
        _ source: inout ColumnSource, count: Int, to target: UnsafeMutablePointer<Value>, _ what: String
    ) throws(CorruptionError) {
        let groups = (count + groupCount - 1) / groupCount
        let widths = try source.readBytes(groups, what)
        let bases = try source.readBytes(groups * 8, what)
        var size = 0
        for group in 0..<groups {
            let width = Int(widths[group])
            guard width <= widthMax || width == 64 else {
                throw source.corruption(what, expected: "a width of 0...56 or 64 bits", found: "\(width)")
            }
            size += (min(groupCount, count - group * groupCount) * width + 7) / 8
        }
        guard var packed = try source.readBytes(size, what).baseAddress else {
            // Every value is its group's base.
            for index in 0..<count { target[index] = base(of: index / groupCount, in: bases) }
            return
        }
        for group in 0..<groups {
            let first = group * groupCount
            let inGroup = min(groupCount, count - first)
            let width = Int(widths[group])
            unpack(
                packed, count: inGroup, width: width, base: base(of: group, in: bases), to: target + first)
            packed += (inGroup * width + 7) / 8
        }
    }

    @inline(__always)
    private static func base<Value: FixedWidthInteger>(of group: Int, in bases: UnsafeRawBufferPointer) -> Value {
        Value(truncatingIfNeeded: bases.loadUnaligned(fromByteOffset: group * 8, as: UInt64.self))
    }

    /// Reads up to 8 bytes behind the last packed bit.
    @inline(__always)
    static func unpack<Value: FixedWidthInteger & UnsignedInteger>(
        _ packed: UnsafeRawPointer, count: Int, width: Int, base: Value, to target: UnsafeMutablePointer<Value>
    ) {
        if width == 0 {
            for index in 0..<count { target[index] = base }
        } else if width == 64 {
            for index in 0..<count {
                let bits = packed.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self)
                target[index] = base &+ Value(truncatingIfNeeded: bits)
            }
        } else {
            let mask = (UInt64(1) &<< UInt64(width)) &- 1
            var bit = 0
            for index in 0..<count {
                let word = packed.loadUnaligned(fromByteOffset: bit &>> 3, as: UInt64.self)
                let bits = (word &>> UInt64(truncatingIfNeeded: bit & 7)) & mask
                target[index] = base &+ Value(truncatingIfNeeded: bits)
                bit &+= width
            }
        }
    }
}
