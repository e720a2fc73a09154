/// Numbers and sizes as they stand in labels, by the rules of the Go functions that Loki reads them with.
enum ValueText {
    /// A number as `strconv.ParseFloat` reads it; nil when it is none.
    static func number(_ text: UnsafeRawBufferPointer) -> Double? {
        plainDecimal(text) ?? spelledNumber(text)
    }

    /// A size such as `6MB`, `6 MiB` or `6000`, in bytes; nil when it is none.
    static func byteSize(_ text: UnsafeRawBufferPointer) -> UInt64? {
        var at = 0
        var digits: [UInt8] = []
        while at < text.count, text[at] &- 0x30 < 10 || text[at] == UInt8(ascii: ".") || text[at] == UInt8(ascii: ",") {
            if text[at] != UInt8(ascii: ",") { digits.append(text[at]) }
            at += 1
        }
        guard let amount = digits.withUnsafeBytes({ plainDecimal($0) }) else { return nil }
        while at < text.count, text[at] == UInt8(ascii: " ") { at += 1 }
        var end = text.count
        while end > at, text[end - 1] == UInt8(ascii: " ") { end -= 1 }
        guard let unit = byteUnit(text[at..<end]) else { return nil }
        let size = amount * unit
        return UInt64(exactly: size.rounded(.towardZero))
    }

    /// Digits with at most one point, few enough that the result is exact; nil for anything else.
    private static func plainDecimal(_ text: UnsafeRawBufferPointer) -> Double? {
        var mantissa: UInt64 = 0
        var digits = 0
        var decimals: Int?
        var isNegative = false
        for (index, byte) in text.enumerated() {
            if byte &- 0x30 < 10 {
                digits += 1
                guard digits <= 18 else { return slowDecimal(text) }
                mantissa = mantissa &* 10 &+ UInt64(byte &- 0x30)
                if let count = decimals { decimals = count + 1 }
            } else if byte == UInt8(ascii: "."), decimals == nil {
                decimals = 0
            } else if byte == UInt8(ascii: "-"), index == 0 {
                isNegative = true
            } else {
                return nil
            }
        }
        guard digits > 0 else { return nil }
        // Both operands are exact doubles up to these sizes, so that one rounding remains.
        guard mantissa < 1 << 53, (decimals ?? 0) <= 22 else { return slowDecimal(text) }
        let value = Double(mantissa) / powersOfTen[decimals ?? 0]
        return isNegative ? -value : value
    }

    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]

    private static func slowDecimal(_ text: UnsafeRawBufferPointer) -> Double? {
        let isPlain = text.allSatisfy { $0 &- 0x30 < 10 || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
        return isPlain ? Double(String(decoding: text, as: UTF8.self)) : nil
    }

    /// Exponents, underscores, infinities and NaN.
    private static func spelledNumber(_ text: UnsafeRawBufferPointer) -> Double? {
        guard text.count <= 400, !text.contains(where: { $0 | 0x20 == UInt8(ascii: "x") || $0 == UInt8(ascii: "(") })
        else { return nil }
        return Double(String(decoding: text.filter { $0 != UInt8(ascii: "_") }, as: UTF8.self))
    }

    private static func byteUnit(_ text: Slice<UnsafeRawBufferPointer>) -> Double? {
        guard var letter = text.first else { return 1 }
        letter |= 0x20
        let rest = text.dropFirst().map { $0 | 0x20 }
        if letter == UInt8(ascii: "b") { return rest.isEmpty ? 1 : nil }
        guard let power = Array("kmgtpe".utf8).firstIndex(of: letter) else { return nil }
        let base: Double
        switch rest {
        case [], Array("b".utf8): base = 1000
        case Array("i".utf8), Array("ib".utf8): base = 1024
        default: return nil
        }
        return (0...power).reduce(1) { product, _ in product * base }
    }
}
