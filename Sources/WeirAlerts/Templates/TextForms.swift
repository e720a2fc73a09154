internal import WeirRegex

/// `%41` and the like in addresses.
enum PercentText {
    /// The text with escapes undone; one that is broken stays as it is.
    static func decoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.first {
            rest = rest.dropFirst()
            if byte == UInt8(ascii: "+") {
                bytes.append(0x20)
            } else if byte == UInt8(ascii: "%"),
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16),
                rest.count >= 2
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Base64 (RFC 4648) with padding.
enum Base64Text {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var result: [UInt8] = []
        result.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0..<4 {
                result.append(place <= group.count ? alphabet[bits >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    static func decode(_ text: String) -> [UInt8]? {
        var result: [UInt8] = []
        var bits = 0
        var count = 0
        for byte in text.utf8 where byte != UInt8(ascii: "=") {
            guard let value = alphabet.firstIndex(of: byte) else { return nil }
            bits = bits << 6 | value
            count += 6
            if count >= 8 {
                count -= 8
                result.append(UInt8(truncatingIfNeeded: bits >> count))
            }
        }
        return result
    }
}

/// Lower-case hexadecimal.
enum HexText {
    static func encode(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

/// What takes the place of a match, with Go's `$1`, `${name}` and `$$`.
enum Replacement {
    static func all(of pattern: Pattern, by template: [UInt8], in text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var position = 0
        var spans = [Range<Int>?](repeating: nil, count: pattern.groupNames.count + 1)
        text.withUnsafeBytes { bytes in
            while position <= text.count, pattern.search(bytes, from: position, spans: &spans) {
                guard let match = spans[0] else { break }
                result += text[position..<match.lowerBound]
                expand(template, spans, pattern, text, into: &result)
                if match.isEmpty {
                    // The match takes no bytes, so that one must be stepped over.
                    if match.upperBound < text.count { result.append(text[match.upperBound]) }
                    position = match.upperBound + 1
                } else {
                    position = match.upperBound
                }
            }
        }
        if position < text.count { result += text[position...] }
        return result
    }

    private static func expand(
        _ template: [UInt8], _ spans: [Range<Int>?], _ pattern: Pattern, _ text: [UInt8], into result: inout [UInt8]
    ) {
        var rest = template[...]
        while let byte = rest.first {
            rest = rest.dropFirst()
            guard byte == UInt8(ascii: "$") else {
                result.append(byte)
                continue
            }
            if rest.first == UInt8(ascii: "$") {
                result.append(byte)
                rest = rest.dropFirst()
                continue
            }
            let isBraced = rest.first == UInt8(ascii: "{")
            let inside = isBraced ? rest.dropFirst() : rest
            let name = inside.prefix { $0 == UInt8(ascii: "_") || $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26 }
            let isClosed = inside.dropFirst(name.count).first == UInt8(ascii: "}")
            guard !name.isEmpty, !isBraced || isClosed else {
                result.append(byte)
                continue
            }
            rest = inside.dropFirst(name.count + (isBraced ? 1 : 0))
            let written = String(decoding: name, as: UTF8.self)
            let group = Int(written) ?? pattern.groupNames.firstIndex(of: written).map { $0 + 1 }
            if let group, spans.indices.contains(group), let span = spans[group] { result += text[span] }
        }
    }
}
