/// Numbers with an exponent of at least two digits, as Go's format `e` writes the values of alerts: `1e+00`, `1.25e-07`.
enum ExponentText {
    static func text(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf" }
        guard value != 0 else { return value.sign == .minus ? "-0e+00" : "0e+00" }
        // Swift's shortest digits, with the point moved behind the first.
        var digits = ""
        var pointIndex: Int?
        var exponent = 0
        var rest = value.magnitude.description[...]
        if let mark = rest.firstIndex(of: "e") {
            exponent = Int(rest[rest.index(after: mark)...]) ?? 0
            rest = rest[..<mark]
        }
        for character in rest {
            if character == "." { pointIndex = digits.count } else { digits.append(character) }
        }
        exponent += (pointIndex ?? digits.count) - 1
        while digits.count > 1, digits.first == "0" {
            digits.removeFirst()
            exponent -= 1
        }
        while digits.count > 1, digits.last == "0" { digits.removeLast() }
        let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
        let size = String(exponent.magnitude)
        let sign = exponent < 0 ? "-" : "+"
        return (value < 0 ? "-" : "") + String(digits.prefix(1)) + fraction + "e" + sign
            + (size.count < 2 ? "0" + size : size)
    }
}
