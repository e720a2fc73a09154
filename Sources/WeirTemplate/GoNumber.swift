/// Numbers as Go reads and prints them.
public enum GoNumber {
    /// Reads a constant of a template: a whole number where the text has no point and no exponent.
    static func constant(_ text: String) -> TemplateValue? {
        let digits = text.filter { $0 != "_" }
        let unsigned = digits.hasPrefix("-") || digits.hasPrefix("+") ? digits.dropFirst() : Substring(digits)
        let isNegative = digits.hasPrefix("-")
        if unsigned.count > 2, unsigned.first == "0", let radix = radix(of: unsigned) {
            return Int64((isNegative ? "-" : "") + unsigned.dropFirst(2), radix: radix).map { .integer($0) }
        }
        if unsigned.count > 1, unsigned.first == "0", unsigned.allSatisfy({ $0 >= "0" && $0 <= "7" }) {
            return Int64((isNegative ? "-" : "") + unsigned, radix: 8).map { .integer($0) }
        }
        guard unsigned.first.map({ ("0"..."9").contains($0) || $0 == "." }) == true else { return nil }
        if unsigned.allSatisfy({ $0.isASCII && $0.isNumber }) { return Int64(digits).map { .integer($0) } }
        guard unsigned.contains(where: { ".eE".contains($0) }), let value = Double(digits), value.isFinite else {
            return nil
        }
        return .float(value)
    }

    private static func radix(of text: Substring) -> Int? {
        switch text.dropFirst().first {
        case "x", "X": 16
        case "o", "O": 8
        case "b", "B": 2
        default: nil
        }
    }

    /// Prints as `%v`: shortest digits, an exponent below 1e-04 and from 1e+06 on.
    public static func general(_ value: Double) -> String {
        text(value, verb: "g", precision: nil)
    }

    /// Prints with one of the verbs e, E, f, F, g, G.
    ///
    /// - Parameter precision: nil gives the fewest digits that identify the value.
    static func text(_ value: Double, verb: Character, precision: Int?) -> String {
        guard value.isFinite else { return value.isNaN ? "NaN" : (value < 0 ? "-Inf" : "+Inf") }
        let sign = value.sign == .minus ? "-" : ""
        let isUpper = verb == "E" || verb == "G"
        let mark = isUpper ? "E" : "e"
        switch verb {
        case "f", "F":
            guard let precision else { return sign + plain(Decimal(shortest: value), decimals: nil) }
            return sign + plain(Decimal(value, decimals: precision), decimals: precision)
        case "e", "E":
            guard let precision else { return sign + scientific(Decimal(shortest: value), decimals: nil, mark) }
            return sign + scientific(Decimal(value, significant: precision + 1), decimals: precision, mark)
        default:
            let decimal = precision.map { Decimal(value, significant: max(1, $0)) } ?? Decimal(shortest: value)
            var limit = precision.map { max(1, $0) } ?? 6
            if precision != nil, limit > decimal.digits.count, decimal.digits.count >= decimal.point {
                limit = decimal.digits.count
            }
            let exponent = decimal.point - 1
            if exponent < -4 || exponent >= limit {
                return sign + scientific(decimal.trimmed, decimals: nil, mark)
            }
            return sign + plain(decimal.trimmed, decimals: nil)
        }
    }

    /// Digits and the place of the point: 0.digits × 10^point.
    private struct Decimal {
        var digits: [UInt8]
        var point: Int

        /// The fewest digits that identify a value.
        init(shortest value: Double) {
            let parts = value.magnitude.description.split(separator: "e")
            let halves = parts[0].split(separator: ".", omittingEmptySubsequences: false)
            let power = parts.count > 1 ? Int(parts[1])! : 0
            digits = Array((halves[0] + (halves.count > 1 ? halves[1] : "")).utf8)
            point = halves[0].count + power
            normalize()
        }

        /// Rounded to so many decimals.
        init(_ value: Double, decimals: Int) {
            self.init(exact: value)
            round(to: point + decimals)
        }

        /// Rounded to so many significant digits.
        init(_ value: Double, significant: Int) {
            self.init(exact: value)
            round(to: significant)
        }

        /// All digits of a value: binary fractions end after at most 1074 decimals.
        init(exact value: Double) {
            let magnitude = value.magnitude
            guard magnitude > 0 else {
                (digits, point) = ([0x30], 1)
                return
            }
            var mantissa = magnitude.significandBitPattern
            var exponent = Int(magnitude.exponentBitPattern)
            if exponent == 0 { exponent = 1 } else { mantissa |= 1 << 52 }
            exponent -= 1075
            var decimal: [UInt8] = String(mantissa).utf8.map { $0 - 0x30 }
            var shift = 0
            if exponent > 0 {
                for _ in 0..<exponent { Decimal.double(&decimal) }
            } else {
                // Halving adds a decimal: times five, divided by ten.
                for _ in 0..<(-exponent) { Decimal.multiplyByFive(&decimal) }
                shift = -exponent
            }
            point = decimal.count - shift
            digits = decimal.map { $0 + 0x30 }
            normalize()
        }

        var trimmed: Decimal {
            var copy = self
            while copy.digits.count > 1, copy.digits.last == 0x30 { copy.digits.removeLast() }
            return copy
        }

        private static func double(_ digits: inout [UInt8]) { multiply(&digits, by: 2) }
        private static func multiplyByFive(_ digits: inout [UInt8]) { multiply(&digits, by: 5) }

        private static func multiply(_ digits: inout [UInt8], by factor: UInt8) {
            var carry: UInt8 = 0
            for index in digits.indices.reversed() {
                let product = digits[index] * factor + carry
                digits[index] = product % 10
                carry = product / 10
            }
            if carry > 0 { digits.insert(carry, at: 0) }
        }

        private mutating func normalize() {
            while digits.count > 1, digits.first == 0x30 {
                digits.removeFirst()
                point -= 1
            }
            if digits == [0x30] { point = 1 }
        }

        /// Rounds half to even at the exact value.
        private mutating func round(to count: Int) {
            guard count < digits.count else { return }
            guard count >= 0 else {
                (digits, point) = ([0x30], 1)
                return
            }
            let rest = digits[count...]
            let isHalf = rest.first == 0x35 && rest.dropFirst().allSatisfy { $0 == 0x30 }
            let lastIsOdd = count > 0 && digits[count - 1] % 2 == 1
            let goesUp = isHalf ? lastIsOdd : rest.first! >= 0x35
            digits.removeSubrange(count...)
            if goesUp {
                var index = count - 1
                while index >= 0, digits[index] == 0x39 {
                    digits[index] = 0x30
                    index -= 1
                }
                if index >= 0 {
                    digits[index] += 1
                } else {
                    digits.insert(0x31, at: 0)
                    point += 1
                }
            }
            if digits.isEmpty { (digits, point) = ([0x30], 1) }
        }
    }

    private static func plain(_ decimal: Decimal, decimals: Int?) -> String {
        var whole = decimal.point > 0 ? String(decoding: decimal.digits.prefix(decimal.point), as: UTF8.self) : "0"
        if decimal.point > decimal.digits.count {
            whole += String(repeating: "0", count: decimal.point - decimal.digits.count)
        }
        var fraction = String(repeating: "0", count: max(0, -decimal.point))
        fraction += String(decoding: decimal.digits.dropFirst(max(0, decimal.point)), as: UTF8.self)
        if let decimals {
            fraction = String(fraction.prefix(decimals))
            fraction += String(repeating: "0", count: decimals - fraction.count)
        } else if decimal.digits == [0x30] {
            fraction = ""
        }
        return fraction.isEmpty ? whole : "\(whole).\(fraction)"
    }

    private static func scientific(_ decimal: Decimal, decimals: Int?, _ mark: String) -> String {
        var fraction = String(decoding: decimal.digits.dropFirst(), as: UTF8.self)
        if let decimals { fraction += String(repeating: "0", count: max(0, decimals - fraction.count)) }
        let exponent = decimal.digits == [0x30] ? 0 : decimal.point - 1
        let power = String(abs(exponent))
        let first = String(decoding: decimal.digits.prefix(1), as: UTF8.self)
        let point = fraction.isEmpty ? "" : "."
        return first + point + fraction + mark + (exponent < 0 ? "-" : "+") + (power.count < 2 ? "0" : "") + power
    }
}
