import WeirBytes
import WeirTemplate

extension TemplateFunctions {
    /// Functions that decode and encode.
    static let encodings: [String: TemplateFunction] = [
        "b64enc": mapping(1) { base64($0[0]) },
        "b64dec": mapping(1) { bytes in
            var decoded: [UInt8] = []
            // The message takes the place of the text, as in sprig.
            guard let fault = decodeBase64(bytes[0], into: &decoded) else { return decoded }
            return Array("illegal base64 data at input byte \(fault)".utf8)
        },
        "urlencode": mapping(1) { percentEncoded($0[0]) },
        "urldecode": TemplateFunction([.string]) { arguments, _ throws(Failure) in
            .string(try percentDecoded(bytes(arguments[0])))
        },
        "fromJson": TemplateFunction([.string]) { arguments, _ in
            bytes(arguments[0]).withUnsafeBytes { buffer in
                var scanner = JSONScanner(buffer)
                guard let value = json(&scanner, depth: 0), scanner.isAtEnd() else { return .none }
                return value
            }
        },
        "bytes": TemplateFunction([.string]) { arguments, _ throws(Failure) in
            let written = text(arguments[0])
            guard let size = SizeText.parse(written) else {
                let digits = written.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == ",") }
                let isNumber = Double(digits.filter { $0 != "," }) != nil
                let reason =
                    isNumber
                    ? "unhandled size name: \(written.dropFirst(digits.count).filter { !$0.isWhitespace }.lowercased())"
                    : "strconv.ParseFloat: parsing \"\(digits)\": invalid syntax"
                throw Failure(reason)
            }
            return .float(Double(size))
        },
        "duration": seconds, "duration_seconds": seconds,
    ]

    private static let seconds = TemplateFunction([.string]) { arguments, _ throws(Failure) in
        guard let nanoseconds = DurationText.go(text(arguments[0])) else {
            throw Failure("time: invalid duration \"\(text(arguments[0]))\"")
        }
        let whole = nanoseconds / 1_000_000_000
        return .float(Double(whole) + Double(nanoseconds % 1_000_000_000) / 1e9)
    }

    // MARK: Base64

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static func base64(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0..<4 {
                result.append(place <= group.count ? alphabet[bits >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
            }
        }
        return result
    }

    /// Decodes; returns the position of a fault.
    private static func decodeBase64(_ bytes: [UInt8], into result: inout [UInt8]) -> Int? {
        var bits = 0
        var count = 0
        for (position, byte) in bytes.enumerated() {
            if byte == 0x0a || byte == 0x0d { continue }
            if byte == UInt8(ascii: "=") {
                let isTail = bytes[position...].allSatisfy { $0 == UInt8(ascii: "=") || $0 == 0x0a || $0 == 0x0d }
                let padding = bytes[position...].count { $0 == UInt8(ascii: "=") }
                guard isTail, count >= 2, padding == 4 - count else { return position }
                break
            }
            guard let value = alphabet.firstIndex(of: byte) else { return position }
            bits = bits << 6 | value
            count += 1
            if count == 4 {
                result += [UInt8(truncatingIfNeeded: bits >> 16), UInt8(truncatingIfNeeded: bits >> 8)]
                result.append(UInt8(truncatingIfNeeded: bits))
                (bits, count) = (0, 0)
            }
        }
        switch count {
        case 0: return nil
        case 2: result.append(UInt8(truncatingIfNeeded: bits >> 4))
        case 3: result += [UInt8(truncatingIfNeeded: bits >> 10), UInt8(truncatingIfNeeded: bits >> 2)]
        default: return bytes.count
        }
        return bytes.last == UInt8(ascii: "=") ? nil : bytes.count
    }

    // MARK: Percent signs

    private static func percentEncoded(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        for byte in bytes {
            if byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || "-_.~".utf8.contains(byte) {
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

    private static func percentDecoded(_ bytes: [UInt8]) throws(Failure) -> [UInt8] {
        var result: [UInt8] = []
        var position = 0
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "+"): result.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                let code = bytes[(position + 1)...].prefix(2)
                let isHexadecimal = code.allSatisfy { $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 6 }
                let text = String(decoding: code, as: UTF8.self)
                guard code.count == 2, isHexadecimal, let value = UInt8(text, radix: 16) else {
                    throw Failure("invalid URL escape \"%\(text)\"")
                }
                result.append(value)
                position += 2
            default: result.append(bytes[position])
            }
            position += 1
        }
        return result
    }

    // MARK: JSON

    /// Reads a value; nil where the text is no JSON.
    private static func json(_ scanner: inout JSONScanner, depth: Int) -> TemplateValue? {
        guard depth < 100, let first = scanner.peek() else { return nil }
        do throws(JSONError) {
            switch first {
            case UInt8(ascii: "{"): return try object(&scanner, depth: depth)
            case UInt8(ascii: "["): return try array(&scanner, depth: depth)
            case UInt8(ascii: "\""):
                var decoded: [UInt8] = []
                try scanner.unescape(try scanner.string(), into: &decoded)
                return .string(decoded)
            case UInt8(ascii: "t"):
                try scanner.literal("true")
                return .bool(true)
            case UInt8(ascii: "f"):
                try scanner.literal("false")
                return .bool(false)
            case UInt8(ascii: "n"):
                try scanner.literal("null")
                return TemplateValue.none
            default:
                let range = try scanner.number()
                return Double(String(decoding: scanner.bytes[range], as: UTF8.self)).map { .float($0) }
            }
        } catch {
            return nil
        }
    }

    private static func object(_ scanner: inout JSONScanner, depth: Int) throws(JSONError) -> TemplateValue? {
        var values: [String: TemplateValue] = [:]
        try scanner.expect(UInt8(ascii: "{"))
        if scanner.take(UInt8(ascii: "}")) { return .map(TemplateMap(values)) }
        repeat {
            let key = try scanner.decoded(try scanner.string())
            try scanner.expect(UInt8(ascii: ":"))
            guard let value = json(&scanner, depth: depth + 1) else { return nil }
            values[key] = value
        } while scanner.take(UInt8(ascii: ","))
        try scanner.expect(UInt8(ascii: "}"))
        return .map(TemplateMap(values))
    }

    private static func array(_ scanner: inout JSONScanner, depth: Int) throws(JSONError) -> TemplateValue? {
        var values: [TemplateValue] = []
        try scanner.expect(UInt8(ascii: "["))
        if scanner.take(UInt8(ascii: "]")) { return .list(values) }
        repeat {
            guard let value = json(&scanner, depth: depth + 1) else { return nil }
            values.append(value)
        } while scanner.take(UInt8(ascii: ","))
        try scanner.expect(UInt8(ascii: "]"))
        return .list(values)
    }
}
