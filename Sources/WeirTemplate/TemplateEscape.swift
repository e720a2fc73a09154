/// The escapes of `html`, `js` and `urlquery`.
enum TemplateEscape {
    static func html(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        for byte in bytes {
            switch byte {
            case 0: result += "\u{FFFD}".utf8
            case UInt8(ascii: "\""): result += "&#34;".utf8
            case UInt8(ascii: "'"): result += "&#39;".utf8
            case UInt8(ascii: "&"): result += "&amp;".utf8
            case UInt8(ascii: "<"): result += "&lt;".utf8
            case UInt8(ascii: ">"): result += "&gt;".utf8
            default: result.append(byte)
            }
        }
        return result
    }

    static func javaScript(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\\"): result += "\\\\".utf8
            case UInt8(ascii: "'"): result += "\\'".utf8
            case UInt8(ascii: "\""): result += "\\\"".utf8
            case UInt8(ascii: "<"): result += "\\u003C".utf8
            case UInt8(ascii: ">"): result += "\\u003E".utf8
            case UInt8(ascii: "&"): result += "\\u0026".utf8
            case UInt8(ascii: "="): result += "\\u003D".utf8
            case 0..<0x20:
                let code = String(byte, radix: 16, uppercase: true)
                result += "\\u00\(code.count < 2 ? "0" : "")\(code)".utf8
            default: result.append(byte)
            }
        }
        return result
    }

    /// Percent signs for all but letters, digits and `-_.~`; a blank becomes `+`.
    static func urlQuery(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        for byte in bytes {
            let isPlain = byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || "-_.~".utf8.contains(byte)
            if isPlain {
                result.append(byte)
            } else if byte == UInt8(ascii: " ") {
                result.append(UInt8(ascii: "+"))
            } else {
                let code = String(byte, radix: 16, uppercase: true)
                result += "%\(code.count < 2 ? "0" : "")\(code)".utf8
            }
        }
        return result
    }
}
