internal import WeirBytes

/// A JSON value with everything in it, for expressions that need more than a walk over the bytes.
indirect enum JSONTree: Sendable, Hashable {
    /// `null`, and what is not there.
    case null
    case bool(Bool)
    /// A number; its text where it stood in a document, which may be longer than a double is exact.
    case number(Double, text: [UInt8]?)
    case string([UInt8])
    case array([JSONTree])
    /// Members in their order; of a repeated key, the last counts.
    case object([Member])

    struct Member: Sendable, Hashable {
        var key: [UInt8]
        var value: JSONTree
    }

    /// Reads the value at the scanner and moves behind it.
    init(_ scanner: inout JSONScanner, depthMax: Int = 128) throws(JSONError) {
        switch scanner.peek() {
        case UInt8(ascii: "{"):
            guard depthMax > 0 else { throw JSONError(.tooDeep, at: scanner.offset) }
            self = .object(try JSONTree.members(&scanner, depthMax))
        case UInt8(ascii: "["):
            guard depthMax > 0 else { throw JSONError(.tooDeep, at: scanner.offset) }
            self = .array(try JSONTree.elements(&scanner, depthMax))
        case UInt8(ascii: "\""): self = .string(try JSONTree.text(&scanner))
        case UInt8(ascii: "t"):
            try scanner.literal("true")
            self = .bool(true)
        case UInt8(ascii: "f"):
            try scanner.literal("false")
            self = .bool(false)
        case UInt8(ascii: "n"):
            try scanner.literal("null")
            self = .null
        default:
            let text = Array(scanner.bytes.part(try scanner.number()))
            self = .number(Double(String(decoding: text, as: UTF8.self)) ?? 0, text: text)
        }
    }

    /// A number that was computed.
    static func number(_ value: Double) -> JSONTree { .number(value, text: nil) }

    /// The value of a member; null for anything that has none.
    func member(_ key: [UInt8]) -> JSONTree {
        guard case .object(let members) = self else { return .null }
        return members.last { $0.key == key }?.value ?? .null
    }

    /// Whether JMESPath takes the value for false: null, false and everything empty.
    var isFalse: Bool {
        switch self {
        case .null: true
        case .bool(let value): !value
        case .number: false
        case .string(let text): text.isEmpty
        case .array(let elements): elements.isEmpty
        case .object(let members): members.isEmpty
        }
    }

    /// Whether both are the same value; of objects the order of members does not matter, of numbers not the spelling.
    func equals(_ other: JSONTree) -> Bool {
        switch (self, other) {
        case (.number(let left, _), .number(let right, _)): left == right
        case (.array(let left), .array(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.equals($1) }
        case (.object(let left), .object(let right)):
            left.count == right.count && left.allSatisfy { $0.value.equals(other.member($0.key)) }
        default: self == other
        }
    }

    /// Appends the value as compact JSON.
    func write(to writer: inout JSONWriter) {
        switch self {
        case .null: writer.raw("null")
        case .bool(let value): value ? writer.raw("true") : writer.raw("false")
        case .number(let value, let text):
            if let text { writer.bytes += text } else { writer.number(value) }
        case .string(let text): writer.string(text)
        case .array(let elements):
            writer.raw("[")
            for (index, element) in elements.enumerated() {
                if index > 0 { writer.raw(",") }
                element.write(to: &writer)
            }
            writer.raw("]")
        case .object(let members):
            writer.raw("{")
            for (index, member) in members.enumerated() {
                if index > 0 { writer.raw(",") }
                writer.string(member.key)
                writer.raw(":")
                member.value.write(to: &writer)
            }
            writer.raw("}")
        }
    }

    /// The value as text: strings as they are, everything else as JSON; nil for null.
    var text: [UInt8]? {
        switch self {
        case .null: return nil
        case .string(let text): return text
        default:
            var writer = JSONWriter()
            write(to: &writer)
            return writer.bytes
        }
    }

    private static func members(_ scanner: inout JSONScanner, _ depthMax: Int) throws(JSONError) -> [Member] {
        try scanner.expect(UInt8(ascii: "{"))
        var members: [Member] = []
        if scanner.take(UInt8(ascii: "}")) { return members }
        repeat {
            let key = try text(&scanner)
            try scanner.expect(UInt8(ascii: ":"))
            members.append(Member(key: key, value: try JSONTree(&scanner, depthMax: depthMax - 1)))
        } while scanner.take(UInt8(ascii: ","))
        try scanner.expect(UInt8(ascii: "}"))
        return members
    }

    private static func elements(_ scanner: inout JSONScanner, _ depthMax: Int) throws(JSONError) -> [JSONTree] {
        try scanner.expect(UInt8(ascii: "["))
        var elements: [JSONTree] = []
        if scanner.take(UInt8(ascii: "]")) { return elements }
        repeat {
            elements.append(try JSONTree(&scanner, depthMax: depthMax - 1))
        } while scanner.take(
            UInt8(ascii: ","))
        try scanner.expect(UInt8(ascii: "]"))
        return elements
    }

    private static func text(_ scanner: inout JSONScanner) throws(JSONError) -> [UInt8] {
        let text = try scanner.string()
        guard text.hasEscape else { return Array(scanner.bytes.part(text.range)) }
        let bytes = scanner.bytes
        return [UInt8](unsafeUninitializedCapacity: text.range.count) { room, count in
            guard let start = room.baseAddress else { return }
            count = JSONEscapes.unescape(bytes, text.range, to: UnsafeMutableRawPointer(start))
        }
    }
}
