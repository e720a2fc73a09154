/// Numbers as decimal text, the way Prometheus and Loki write them.
public enum DecimalText {
    /// Appends an integer.
    public static func append(_ value: Int64, to target: inout [UInt8]) {
        if value < 0 { target.append(UInt8(ascii: "-")) }
        var rest = value.magnitude
        withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { digits in
            var first = 20
            repeat {
                first -= 1
                digits[first] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            } while rest > 0
            target.append(contentsOf: digits[first...])
        }
    }

    /// Appends a number in the fewest digits that read back as the same value, without exponent; `NaN`, `+Inf`, `-Inf`.
    public static func append(_ value: Double, to target: inout [UInt8]) {
        guard value.isFinite else {
            target.append(contentsOf: (value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf").utf8)
            return
        }
        // Below 2^53 every whole number is exact, and most samples are counts.
        if value.magnitude < 9_007_199_254_740_992, value == value.rounded(.towardZero) {
            if value == 0, value.sign == .minus { target.append(UInt8(ascii: "-")) }
            return append(Int64(value), to: &target)
        }
        appendExpanded(value.description, to: &target)
    }

    /// The text of a number as ``append(_:to:)-(Double,_)`` writes it.
    public static func text(_ value: Double) -> String {
        var bytes: [UInt8] = []
        append(value, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Writes out what Swift's shortest description abbreviates: `1.5e-07` becomes `0.00000015`, `2.0` becomes `2`.
    private static func appendExpanded(_ description: String, to target: inout [UInt8]) {
        var digits: [UInt8] = []
        var pointIndex: Int?
        var exponent = 0
        var rest = Substring(description)
        if rest.hasPrefix("-") {
            target.append(UInt8(ascii: "-"))
            rest = rest.dropFirst()
        }
        if let mark = rest.firstIndex(of: "e") {
            exponent = Int(rest[rest.index(after: mark)...]) ?? 0
            rest = rest[..<mark]
        }
        for byte in rest.utf8 {
            if byte == UInt8(ascii: ".") { pointIndex = digits.count } else { digits.append(byte) }
        }
        let point = (pointIndex ?? digits.count) + exponent
        while digits.count > max(point, 1), digits.last == UInt8(ascii: "0") { digits.removeLast() }
        if point <= 0 {
            target.append(contentsOf: "0.".utf8)
            target.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: -point))
            target.append(contentsOf: digits)
        } else if point >= digits.count {
            target.append(contentsOf: digits)
            target.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: point - digits.count))
        } else {
            target.append(contentsOf: digits[..<point])
            target.append(UInt8(ascii: "."))
            target.append(contentsOf: digits[point...])
        }
    }
}
