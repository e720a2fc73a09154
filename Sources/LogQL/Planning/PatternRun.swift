import WeirBytes

/// Reads a pattern as a run of ASCII classes of fixed length: `[a-f][0-9]{6}`, `\d{3}-\d{4}`.
///
/// Anything else, also a class that only looks odd, is left to the automaton.
struct PatternRun {
    private let bytes: [UInt8]
    private var at = 0

    /// The search that finds what the pattern does, neither more nor less; nil for other patterns.
    static func search(_ text: String) -> ClassRunSearch? {
        var reading = PatternRun(text)
        var run: [[ClosedRange<UInt8>]] = []
        while reading.at < reading.bytes.count {
            guard let members = reading.readClass(), let count = reading.readCount(),
                run.count + count <= ClassRunSearch.lengthMax
            else { return nil }
            run += Array(repeating: members, count: count)
        }
        return ClassRunSearch(run)
    }

    private init(_ text: String) {
        bytes = Array(text.utf8)
    }

    private mutating func readClass() -> [ClosedRange<UInt8>]? {
        let byte = bytes[at]
        at += 1
        switch byte {
        case UInt8(ascii: "["): return readMembers()
        case UInt8(ascii: "\\"): return readEscape()
        case UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "$"), UInt8(ascii: "*"), UInt8(ascii: "+"),
            UInt8(ascii: "?"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "("), UInt8(ascii: ")"),
            UInt8(ascii: "|"), UInt8(ascii: "]"):
            return nil
        default: return byte < 0x80 ? [byte...byte] : nil
        }
    }

    /// Reads `a-f0-9]`.
    private mutating func readMembers() -> [ClosedRange<UInt8>]? {
        var members: [ClosedRange<UInt8>] = []
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            if byte == UInt8(ascii: "]") { return members.isEmpty ? nil : members }
            if byte == UInt8(ascii: "\\") {
                guard at < bytes.count, let escaped = readEscape() else { return nil }
                members += escaped
                continue
            }
            guard PatternRun.isPlain(byte) else { return nil }
            guard at + 1 < bytes.count, bytes[at] == UInt8(ascii: "-") else {
                members.append(byte...byte)
                continue
            }
            let last = bytes[at + 1]
            guard PatternRun.isPlain(last), byte <= last else { return nil }
            members.append(byte...last)
            at += 2
        }
        return nil
    }

    /// Reads the letter behind a backslash.
    private mutating func readEscape() -> [ClosedRange<UInt8>]? {
        guard at < bytes.count else { return nil }
        let byte = bytes[at]
        at += 1
        switch byte {
        case UInt8(ascii: "d"): return [0x30...0x39]
        case UInt8(ascii: "w"): return [0x30...0x39, 0x41...0x5a, 0x5f...0x5f, 0x61...0x7a]
        case UInt8(ascii: "s"): return [0x09...0x0a, 0x0c...0x0d, 0x20...0x20]
        default:
            let isLetterOrDigit = (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10
            return isLetterOrDigit || byte >= 0x80 ? nil : [byte...byte]
        }
    }

    /// Reads `{6}`; 1 where nothing repeats, nil where the count is not fixed.
    private mutating func readCount() -> Int? {
        guard at < bytes.count else { return 1 }
        switch bytes[at] {
        case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"): return nil
        case UInt8(ascii: "{"):
            guard let end = bytes[at...].firstIndex(of: UInt8(ascii: "}")), end > at + 1, end <= at + 3,
                bytes[at + 1..<end].allSatisfy({ $0 &- 0x30 < 10 }),
                let count = Int(String(decoding: bytes[at + 1..<end], as: UTF8.self)), count > 0
            else { return nil }
            at = end + 1
            let repeatsAgain = at < bytes.count && [0x2a, 0x2b, 0x3f, 0x7b].contains(bytes[at])
            return repeatsAgain ? nil : count
        default: return 1
        }
    }

    /// Whether a byte means only itself within brackets.
    private static func isPlain(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: " ")
            || byte == UInt8(ascii: ".") || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "/")
    }
}
