/// Names and values of a URL's query or of a form body (`a=1&b=x+y%20z`), decoded as Go's `url.ParseQuery` does.
enum FormPairs {
    /// Decodes all pairs in order; a name without `=` has the empty value.
    ///
    /// - Throws: ``RequestError/invalid(_:)`` for a broken escape or a semicolon, in Go's words.
    static func decode(_ text: some Collection<UInt8>) throws(RequestError) -> [(name: String, value: String)] {
        var pairs: [(name: String, value: String)] = []
        for pair in text.split(separator: UInt8(ascii: "&")) {
            if pair.contains(UInt8(ascii: ";")) { throw .invalid("invalid semicolon separator in query") }
            let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            let name = try unescape(pair[..<equals], plusIsSpace: true)
            let value = try unescape(pair[equals...].dropFirst(), plusIsSpace: true)
            pairs.append((name, value))
        }
        return pairs
    }

    /// Undoes `%XX`, and `+` where it stands for a space. Bytes that are no UTF-8 become U+FFFD.
    static func unescape(_ text: some Collection<UInt8>, plusIsSpace: Bool) throws(RequestError) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var rest = text[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+") where plusIsSpace:
                bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                let digits = rest.prefix(2)
                guard digits.count == 2, let high = digits.first?.hexDigit, let low = digits.dropFirst().first?.hexDigit
                else { throw .invalid("invalid URL escape \"%\(String(decoding: digits, as: UTF8.self))\"") }
                bytes.append(high << 4 | low)
                rest = rest.dropFirst(2)
            default:
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Encodes a name or value so that ``decode(_:)`` gives it back.
    static func escape(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                bytes.append(byte)
            default:
                let digits = Array("0123456789ABCDEF".utf8)
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension UInt8 {
    /// The value of a hexadecimal digit in either case; nil for other bytes.
    fileprivate var hexDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
