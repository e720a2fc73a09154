/// Numbers as text, read and written as Go does.
enum NumberText {
    /// Reads a literal of a query: decimal with optional fraction and exponent, `0x…`, `_` between digits.
    static func parse(_ text: String) -> Double? {
        let digits = text.contains("_") ? text.filter { $0 != "_" } : text
        guard let value = Double(digits), value.isFinite else { return nil }
        return value
    }

    /// Writes `value` without an exponent and with as few digits as identify it: `%f` with the shortest precision.
    /// Zero has no sign, since queries read `-0` as a duration.
    static func plain(_ value: Double) -> String {
        guard value.isFinite else { return special(value) }
        let (digits, exponent) = shortest(value)
        let sign = value < 0 ? "-" : ""
        if exponent <= 0 { return sign + "0." + String(repeating: "0", count: -exponent) + digits }
        if exponent >= digits.count {
            return sign + digits + String(repeating: "0", count: exponent - digits.count)
        }
        return sign + digits.prefix(exponent) + "." + digits.dropFirst(exponent)
    }

    /// Writes `value` as Go's `%v` does: `100`, `0.25`, `1e+06`, `+Inf`.
    static func general(_ value: Double) -> String {
        guard value.isFinite else { return special(value) }
        let (digits, exponent) = shortest(value)
        guard exponent - 1 < -4 || exponent - 1 >= 6 else { return plain(value) }
        let power = abs(exponent - 1)
        let mantissa = digits.count == 1 ? digits : "\(digits.prefix(1)).\(digits.dropFirst())"
        let sign = value.sign == .minus ? "-" : ""
        return "\(sign)\(mantissa)e\(exponent < 1 ? "-" : "+")\(power < 10 ? "0" : "")\(power)"
    }

    /// Writes `value` with six decimals, as Go's `%f` does.
    static func sixDecimals(_ value: Double) -> String {
        guard value.isFinite else { return special(value) }
        let (digits, exponent) = shortest(value)
        // Numbers with fewer decimals need no rounding, and exact ones keep all their digits.
        if digits.count - exponent <= 6 {
            let text = plain(value)
            let decimals = text.split(separator: ".", omittingEmptySubsequences: false)
            let fraction = decimals.count > 1 ? String(decimals[1]) : ""
            return decimals[0] + "." + fraction + String(repeating: "0", count: 6 - fraction.count)
        }
        let millionths = (value.magnitude * 1_000_000).rounded(.toNearestOrEven)
        let text = String(UInt64(millionths))
        let padded = String(repeating: "0", count: max(0, 7 - text.count)) + text
        return (value.sign == .minus ? "-" : "") + padded.dropLast(6) + "." + padded.suffix(6)
    }

    private static func special(_ value: Double) -> String {
        value.isNaN ? "NaN" : (value < 0 ? "-Inf" : "+Inf")
    }

    /// The shortest digits that identify the value and the place of its point: 0.digits × 10^exponent.
    private static func shortest(_ value: Double) -> (digits: String, exponent: Int) {
        let text = value.magnitude.description
        let parts = text.split(separator: "e")
        let power = parts.count > 1 ? Int(parts[1])! : 0
        let halves = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let fraction = halves.count > 1 ? halves[1] : ""
        var digits = String(halves[0] + fraction)
        var exponent = halves[0].count + power
        while digits.count > 1, digits.first == "0" {
            digits.removeFirst()
            exponent -= 1
        }
        while digits.count > 1, digits.last == "0" { digits.removeLast() }
        return digits == "0" ? ("0", 1) : (digits, exponent)
    }
}
