internal import WeirBytes

/// The instant in a member of a JSON document, as log shippers write it: RFC 3339, or a number since 1970 whose unit its
/// size tells.
enum DocumentTime {
    /// Reads the value that is next; nil, with the value skipped, when it is no instant.
    static func read(_ scanner: inout JSONScanner) throws(JSONError) -> Int64? {
        switch scanner.peek() {
        case UInt8(ascii: "\"")?:
            let text = try scanner.decoded(scanner.string())
            return TimeText.parse(text) ?? Double(text).flatMap(nanoseconds)
        case UInt8(ascii: "-")?, (UInt8(ascii: "0")...UInt8(ascii: "9"))?:
            let range = try scanner.number()
            // Nanoseconds do not fit a floating-point number.
            if let whole = PushTime.parse(scanner.bytes, range), whole > 100_000_000_000_000_000 { return whole }
            return Double(String(decoding: scanner.bytes[range], as: UTF8.self)).flatMap(nanoseconds)
        default:
            try scanner.skipValue()
            return nil
        }
    }

    /// Seconds up to the year 5138, then milliseconds, microseconds, nanoseconds.
    private static func nanoseconds(_ number: Double) -> Int64? {
        let unit: Double
        switch number.magnitude {
        case ..<1e11: unit = 1e9
        case ..<1e14: unit = 1e6
        case ..<1e17: unit = 1e3
        default: unit = 1
        }
        return Int64(exactly: (number * unit).rounded())
    }
}
