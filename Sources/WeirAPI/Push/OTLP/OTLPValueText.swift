internal import WeirBytes

/// Values as text, as OpenTelemetry's collector shows them: lists and maps as JSON, bytes as base 64.
enum OTLPValueText {
    /// A list or map with a number that JSON does not know has no text.
    private struct NoJSON: Error {}

    /// Where the value's text lies; appended to the arena unless it is a text already.
    static func place(of value: OTLPValue, in arena: inout OTLPArena) throws -> Range<Int> {
        switch value {
        case .empty: return 0..<0
        case .text(let range): return try arena.repaired(range)
        case .boolean(let flag): return try arena.append { $0.append(contentsOf: (flag ? "true" : "false").utf8) }
        case .integer(let number): return try arena.append { DecimalText.append(number, to: &$0) }
        case .double(let number) where !number.isFinite:
            return try arena.append {
                $0.append(contentsOf: "json: unsupported value: ".utf8)
                DecimalText.append(number, to: &$0)
            }
        case .double(let number): return try arena.append { append(number, to: &$0) }
        case .bytes(let range):
            let bytes = arena.copy(range)
            return try arena.append { appendBase64(bytes, to: &$0) }
        case .list, .map:
            var json = JSONWriter()
            do {
                try appendJSON(value, arena, to: &json)
            } catch is NoJSON {
                return 0..<0
            }
            return try arena.append { $0.append(contentsOf: json.bytes) }
        }
    }

    private static func appendJSON(_ value: OTLPValue, _ arena: OTLPArena, to json: inout JSONWriter) throws {
        switch value {
        case .empty: json.raw("null")
        case .text(let range): arena.withBytes(range) { json.string($0) }
        case .boolean(let flag): json.raw(flag ? "true" : "false")
        case .integer(let number): json.number(number)
        case .double(let number):
            guard number.isFinite else { throw NoJSON() }
            append(number, to: &json.bytes)
        case .bytes(let range):
            json.raw("\"")
            appendBase64(arena.copy(range), to: &json.bytes)
            json.raw("\"")
        case .list(let values):
            json.raw("[")
            for (index, element) in values.enumerated() {
                if index > 0 { json.raw(",") }
                try appendJSON(element, arena, to: &json)
            }
            json.raw("]")
        case .map(let members):
            try appendObject(members, arena, to: &json)
        }
    }

    /// Members by key, as Go writes maps; of a key that repeats the last one counts.
    private static func appendObject(
        _ members: [OTLPAttribute], _ arena: OTLPArena, to json: inout JSONWriter
    ) throws {
        var values: [[UInt8]: OTLPValue] = [:]
        for member in members { values[arena.copy(member.key)] = member.value }
        json.raw("{")
        let sorted = values.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        for (index, (key, value)) in sorted.enumerated() {
            if index > 0 { json.raw(",") }
            json.string(key)
            json.raw(":")
            try appendJSON(value, arena, to: &json)
        }
        json.raw("}")
    }

    /// The form of JavaScript: an exponent only below 1e-6 and from 1e21 on, without a leading zero.
    private static func append(_ number: Double, to target: inout [UInt8]) {
        guard number != 0, number.magnitude < 1e-6 || number.magnitude >= 1e21 else {
            return DecimalText.append(number, to: &target)
        }
        var text = number.description
        if let zero = text.firstRange(of: "e-0") { text.replaceSubrange(zero, with: "e-") }
        target.append(contentsOf: text.utf8)
    }

    private static func appendBase64(_ bytes: [UInt8], to target: inout [UInt8]) {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var word: UInt32 = 0
            for index in 0..<3 { word = word << 8 | (index < group.count ? UInt32(group[start + index]) : 0) }
            for index in 0..<4 {
                let isPadding = index > group.count
                target.append(isPadding ? UInt8(ascii: "=") : digits[Int(word >> (18 - 6 * UInt32(index)) & 63)])
            }
        }
    }
}
