/// Instants in push bodies.
enum PushTime {
    /// The instant of an entry that names none. Loki reads year 1, which is too old whenever age is checked.
    static let missing = Int64.min

    /// An instant from a protobuf timestamp, held at the ends of the representable range; nil when the fraction is none.
    @inline(__always)
    static func nanoseconds(seconds: Int64, nanoseconds: Int64) -> Int64? {
        guard nanoseconds >= 0, nanoseconds < 1_000_000_000 else { return nil }
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, carry) = product.addingReportingOverflow(nanoseconds)
        return carry ? .max : sum
    }

    /// Reads a whole number of nanoseconds, `-5` included; nil when the bytes are anything else.
    @inline(__always)
    static func parse(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int64? {
        var position = range.lowerBound
        let end = range.upperBound
        guard position < end else { return nil }
        let isNegative = bytes[position] == UInt8(ascii: "-")
        if isNegative { position += 1 }
        guard position < end, end - position <= 19 else { return nil }
        var value: UInt64 = 0
        while position < end {
            let digit = bytes[position] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            // At most 19 digits, so this stays below 2^64.
            value = value &* 10 &+ UInt64(digit)
            position += 1
        }
        if isNegative { return value <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- value) : nil }
        return Int64(exactly: value)
    }
}
