import WeirModel

/// Lengths of time as text, in the two notations of the language.
enum DurationText {
    /// Why a text is no duration, in Prometheus' wording.
    struct ParseError: Error {
        let message: String
    }

    private static let nanosecondsPerMillisecond: UInt64 = 1_000_000

    /// Units from largest to smallest, in nanoseconds; `1y` is 365 days.
    private static let units: [(name: String, nanoseconds: UInt64)] = [
        ("y", 365 * 86_400_000 * nanosecondsPerMillisecond), ("w", 7 * 86_400_000 * nanosecondsPerMillisecond),
        ("d", 86_400_000 * nanosecondsPerMillisecond), ("h", 3_600_000 * nanosecondsPerMillisecond),
        ("m", 60_000 * nanosecondsPerMillisecond), ("s", 1000 * nanosecondsPerMillisecond),
        ("ms", nanosecondsPerMillisecond),
    ]

    /// Reads Prometheus' notation: `1h30m`, whole numbers, each unit at most once, largest first; also `0`.
    ///
    /// - Returns: nanoseconds.
    static func prometheus(_ text: String) throws(ParseError) -> Int64 {
        if text.isEmpty { throw ParseError(message: "empty duration string") }
        if text == "0" { return 0 }
        let invalid = ParseError(message: "not a valid duration string: \(QuotedText.quote(text))")
        var rest = text.utf8[...]
        var total: UInt64 = 0
        var unitsLeft = units[...]
        while !rest.isEmpty {
            let digits = rest.prefix { isDigit($0) }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { !isDigit($0) }
            rest = rest.dropFirst(unit.count)
            guard let value = UInt64(Substring(digits)), !unit.isEmpty else { throw invalid }
            let name = String(Substring(unit))
            guard let position = units.firstIndex(where: { $0.name == name }) else {
                throw ParseError(
                    message: "unknown unit \(QuotedText.quote(name)) in duration \(QuotedText.quote(text))")
            }
            guard unitsLeft.indices.contains(position) else { throw invalid }
            unitsLeft = units[(position + 1)...]
            let (product, overflow) = value.multipliedReportingOverflow(by: units[position].nanoseconds)
            let (sum, carry) = total.addingReportingOverflow(product)
            guard !overflow, !carry, sum <= UInt64(Int64.max) else {
                throw ParseError(message: "duration out of range")
            }
            total = sum
        }
        return Int64(total)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    /// Reads Go's notation: `1.5h`, `-5m`, `30m1h`, `5µs`; nil when it is none.
    static func go(_ text: String) -> Int64? {
        var text = text
        return text.withUTF8 { go(UnsafeRawBufferPointer($0)) }
    }

    /// Reads Go's notation from bytes; nil when it is none.
    ///
    /// - Returns: nanoseconds.
    static func go(_ bytes: UnsafeRawBufferPointer) -> Int64? {
        var position = 0
        var isNegative = false
        if let sign = bytes.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            isNegative = sign == UInt8(ascii: "-")
            position = 1
        }
        guard position < bytes.count else { return nil }
        if bytes.count == position + 1, bytes[position] == UInt8(ascii: "0") { return 0 }
        var total: UInt64 = 0
        while position < bytes.count {
            guard let part = goPart(bytes, &position) else { return nil }
            let (sum, carry) = total.addingReportingOverflow(part)
            guard !carry, sum <= 1 << 63 else { return nil }
            total = sum
        }
        if isNegative { return total == 1 << 63 ? Int64.min : -Int64(total) }
        return total < 1 << 63 ? Int64(total) : nil
    }

    /// One number with its unit.
    private static func goPart(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) -> UInt64? {
        let start = position
        var whole: UInt64 = 0
        while position < bytes.count, isDigit(bytes[position]) {
            let (product, overflow) = whole.multipliedReportingOverflow(by: 10)
            guard !overflow, product < 1 << 63 else { return nil }
            whole = product + UInt64(bytes[position] - 0x30)
            position += 1
        }
        var digitCount = position - start
        var fraction = 0.0
        var scale = 1.0
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            while position < bytes.count, isDigit(bytes[position]) {
                // Past the 18th digit nothing changes a count of nanoseconds.
                if scale < 1e18 {
                    fraction = fraction * 10 + Double(bytes[position] - 0x30)
                    scale *= 10
                }
                digitCount += 1
                position += 1
            }
        }
        guard digitCount > 0, let unit = goUnit(bytes, &position) else { return nil }
        let (product, overflow) = whole.multipliedReportingOverflow(by: unit)
        guard !overflow, product <= 1 << 63 else { return nil }
        return product + UInt64(fraction * (Double(unit) / scale))
    }

    private static func goUnit(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) -> UInt64? {
        let start = position
        while position < bytes.count, !isDigit(bytes[position]), bytes[position] != UInt8(ascii: ".") { position += 1 }
        let length = position - start
        switch (length, length > 0 ? bytes[start] : 0) {
        case (1, UInt8(ascii: "h")): return 3_600_000_000_000
        case (1, UInt8(ascii: "m")): return 60_000_000_000
        case (1, UInt8(ascii: "s")): return 1_000_000_000
        case (2, let first) where bytes[start + 1] == UInt8(ascii: "s"):
            switch first {
            case UInt8(ascii: "m"): return 1_000_000
            case UInt8(ascii: "u"): return 1000
            case UInt8(ascii: "n"): return 1
            default: return nil
            }
        case (3, let first) where bytes[start + 2] == UInt8(ascii: "s"):
            // The micro sign U+00B5 and the Greek letter U+03BC.
            let isMicro = (first == 0xc2 && bytes[start + 1] == 0xb5) || (first == 0xce && bytes[start + 1] == 0xbc)
            return isMicro ? 1000 : nil
        default: return nil
        }
    }

    /// Writes Prometheus' notation, in whole milliseconds: `1h30m`, `0s`; years and weeks only if nothing is left.
    static func prometheusText(_ nanoseconds: Int64) -> String {
        var rest = nanoseconds.magnitude / nanosecondsPerMillisecond * nanosecondsPerMillisecond
        guard rest > 0 else { return "0s" }
        var text = nanoseconds < 0 ? "-" : ""
        for (position, unit) in units.enumerated() {
            let isExactOnly = position < 2
            guard rest >= unit.nanoseconds, !isExactOnly || rest % unit.nanoseconds == 0 else { continue }
            text += "\(rest / unit.nanoseconds)\(unit.name)"
            rest %= unit.nanoseconds
        }
        return text
    }

    /// Writes Go's notation: `1h0m0s`, `1.5s`, `250ms`, `0s`.
    static func goText(_ nanoseconds: Int64) -> String {
        let magnitude = nanoseconds.magnitude
        let sign = nanoseconds < 0 ? "-" : ""
        switch magnitude {
        case 0: return "0s"
        case ..<1000: return "\(sign)\(magnitude)ns"
        case ..<1_000_000: return sign + decimal(magnitude, per: 1000) + "µs"
        case ..<1_000_000_000: return sign + decimal(magnitude, per: 1_000_000) + "ms"
        default:
            let minutes = magnitude / 60_000_000_000
            let seconds = decimal(magnitude % 60_000_000_000, per: 1_000_000_000) + "s"
            if minutes == 0 { return sign + seconds }
            if minutes < 60 { return "\(sign)\(minutes)m\(seconds)" }
            return "\(sign)\(minutes / 60)h\(minutes % 60)m\(seconds)"
        }
    }

    /// `value / unit` with as many decimals as needed.
    private static func decimal(_ value: UInt64, per unit: UInt64) -> String {
        var fraction = String(value % unit + unit).dropFirst()
        while fraction.last == "0" { fraction.removeLast() }
        return fraction.isEmpty ? "\(value / unit)" : "\(value / unit).\(fraction)"
    }
}
