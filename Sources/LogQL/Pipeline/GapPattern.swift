import WeirBytes

/// The pattern of `|>`: literals and gaps `<_>`, each gap one byte or more.
///
/// The end of the pattern is the end of the line, its start may be anywhere; each literal is found at its first place
/// behind the previous one.
struct GapPattern: Sendable {
    private enum Part: Sendable {
        case gap
        case literal(SubstringSearch)
    }

    private let parts: [Part]

    /// Parses a pattern.
    init(_ text: String) throws(StageError) {
        var parts: [Part] = []
        var literal: [UInt8] = []
        let bytes = Array(text.utf8)
        var at = 0
        while at < bytes.count {
            guard let name = GapPattern.capture(in: bytes, at: at) else {
                literal.append(bytes[at])
                at += 1
                continue
            }
            let spelling = String(decoding: bytes[at..<at + name + 2], as: UTF8.self)
            guard name == 1, bytes[at + 1] == UInt8(ascii: "_") else {
                throw StageError("named captures are not allowed: found '\(spelling)'")
            }
            if !literal.isEmpty { parts.append(.literal(SubstringSearch(literal))) }
            if literal.isEmpty, case .gap? = parts.last {
                throw StageError("found consecutive capture '\(spelling)\(spelling)': invalid expression")
            }
            literal.removeAll()
            parts.append(.gap)
            at += name + 2
        }
        if !literal.isEmpty { parts.append(.literal(SubstringSearch(literal))) }
        self.parts = parts
    }

    /// Whether a line fits. The empty line fits the empty pattern only.
    func fits(_ line: UnsafeRawBufferPointer) -> Bool {
        guard !line.isEmpty, let last = parts.last else { return line.isEmpty && parts.isEmpty }
        var offset = 0
        for (index, part) in parts.enumerated() {
            guard case .literal(let search) = part else { continue }
            guard let found = search.first(in: line, from: offset) else { return false }
            if index > 0 && found == offset { return false }
            offset = found + search.needle.count
        }
        if case .gap = last { return offset < line.count }
        return offset == line.count
    }

    /// The length of the name in `<name>` at `start`; nil when no capture begins there.
    private static func capture(in bytes: [UInt8], at start: Int) -> Int? {
        guard bytes[start] == UInt8(ascii: "<") else { return nil }
        var at = start + 1
        while at < bytes.count, isNameByte(bytes[at], isFirst: at == start + 1) { at += 1 }
        guard at > start + 1, at < bytes.count, bytes[at] == UInt8(ascii: ">") else { return nil }
        return at - start - 1
    }

    private static func isNameByte(_ byte: UInt8, isFirst: Bool) -> Bool {
        let isLetter = (byte | 0x20) &- 0x61 < 26 || byte == UInt8(ascii: "_")
        return isLetter || (!isFirst && byte &- 0x30 < 10)
    }
}
