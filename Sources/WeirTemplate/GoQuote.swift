/// Go's quoting of strings.
enum GoQuote {
    /// Resolves the escapes between quotes.
    static func unquote(_ bytes: ArraySlice<UInt8>) throws(TemplateFunction.Failure) -> [UInt8] {
        var result: [UInt8] = []
        var position = bytes.startIndex
        while position < bytes.endIndex {
            let byte = bytes[position]
            position += 1
            guard byte == UInt8(ascii: "\\") else {
                result.append(byte)
                continue
            }
            guard position < bytes.endIndex, append(escape: bytes, at: &position, to: &result) else {
                throw .init("invalid syntax")
            }
        }
        return result
    }

    private static func append(
        escape bytes: ArraySlice<UInt8>, at position: inout Int, to result: inout [UInt8]
    ) -> Bool {
        let kind = bytes[position]
        position += 1
        switch kind {
        case UInt8(ascii: "a"): result.append(7)
        case UInt8(ascii: "b"): result.append(8)
        case UInt8(ascii: "f"): result.append(12)
        case UInt8(ascii: "n"): result.append(10)
        case UInt8(ascii: "r"): result.append(13)
        case UInt8(ascii: "t"): result.append(9)
        case UInt8(ascii: "v"): result.append(11)
        case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): result.append(kind)
        case UInt8(ascii: "x"):
            guard let value = digits(2, radix: 16, bytes, &position) else { return false }
            result.append(UInt8(value))
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            let count = kind == UInt8(ascii: "u") ? 4 : 8
            guard let value = digits(count, radix: 16, bytes, &position), let scalar = Unicode.Scalar(value) else {
                return false
            }
            result += UTF8.encode(scalar)!
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            position -= 1
            guard let value = digits(3, radix: 8, bytes, &position), value < 256 else { return false }
            result.append(UInt8(value))
        default: return false
        }
        return true
    }

    private static func digits(
        _ count: Int, radix: Int, _ bytes: ArraySlice<UInt8>, _ position: inout Int
    ) -> UInt32? {
        guard position + count <= bytes.endIndex else { return nil }
        defer { position += count }
        return UInt32(String(decoding: bytes[position..<(position + count)], as: UTF8.self), radix: radix)
    }

    /// Quotes as `%q` does.
    static func quote(_ bytes: [UInt8]) -> String {
        var quoted = "\""
        var position = 0
        for element in GoScalars(bytes) {
            defer { position += element.count }
            guard element.isValid else {
                // At least 0x80, so two digits.
                quoted += "\\x" + String(bytes[position], radix: 16)
                continue
            }
            let scalar = element.scalar
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case "\u{07}": quoted += "\\a"
            case "\u{08}": quoted += "\\b"
            case "\u{0b}": quoted += "\\v"
            case "\u{0c}": quoted += "\\f"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                let code = String(scalar.value, radix: 16)
                quoted += "\\x" + (code.count < 2 ? "0" : "") + code
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
