import WeirModel

/// What `__error_details__` says of a text that is no duration or size, in the words of the Go functions that Loki
/// reads them with.
enum ConversionFault {
    /// Why a text is no duration.
    static func duration(_ text: String) -> String {
        let quoted = QuotedText.quote(text)
        var rest = Array(text.utf8)[...]
        if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        while let first = rest.first, isNumber(first) {
            let number = rest.prefix(while: isNumber)
            guard number.count(where: { $0 == UInt8(ascii: ".") }) <= 1, number.count > 1 || first != UInt8(ascii: ".")
            else { break }
            rest = rest.dropFirst(number.count)
            let unit = String(decoding: rest.prefix { !isNumber($0) }, as: UTF8.self)
            if unit.isEmpty { return "time: missing unit in duration \(quoted)" }
            guard units.contains(unit) else {
                return "time: unknown unit \(QuotedText.quote(unit)) in duration \(quoted)"
            }
            rest = rest.dropFirst(unit.utf8.count)
        }
        return "time: invalid duration \(quoted)"
    }

    /// Why a text is no size.
    static func byteSize(_ text: String) -> String {
        let number = text.utf8.prefix { isNumber($0) || $0 == UInt8(ascii: ",") }
        let digits = String(decoding: number.filter { $0 != UInt8(ascii: ",") }, as: UTF8.self)
        guard Double(digits) != nil else {
            return "strconv.ParseFloat: parsing \(QuotedText.quote(digits)): invalid syntax"
        }
        var unit = Substring(text.utf8.dropFirst(number.count))
        while unit.first?.isWhitespace == true { unit.removeFirst() }
        while unit.last?.isWhitespace == true { unit.removeLast() }
        return "unhandled size name: \(unit.lowercased())"
    }

    private static let units: Set<String> = ["ns", "us", "\u{b5}s", "\u{3bc}s", "ms", "s", "m", "h"]

    private static func isNumber(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 || byte == UInt8(ascii: ".") }
}
