import Synchronization
public import WeirRegex
public import WeirTemplate

extension TemplateFunctions {
    /// Functions of patterns, with a memory of compiled ones.
    static func patterns() -> [String: TemplateFunction] {
        let cache = PatternCache()
        return [
            "regexReplaceAll": TemplateFunction([.string, .string, .string]) { arguments, _ throws(Failure) in
                let pattern = try cache.pattern(text(arguments[0]))
                let replacement = RegexReplacement(text(arguments[2]), names: pattern.groupNames)
                return .string(try replacement.apply(pattern, to: bytes(arguments[1])))
            },
            "regexReplaceAllLiteral": TemplateFunction([.string, .string, .string]) { arguments, _ throws(Failure) in
                let replacement = RegexReplacement(literal: bytes(arguments[2]))
                return .string(try replacement.apply(try cache.pattern(text(arguments[0])), to: bytes(arguments[1])))
            },
            "count": TemplateFunction([.string, .string]) { arguments, _ throws(Failure) in
                let pattern = try cache.pattern(text(arguments[0]))
                return .integer(Int64(RegexReplacement.matches(of: pattern, in: bytes(arguments[1])).count))
            },
        ]
    }
}

/// Compiled patterns by text. Patterns of templates are constants nearly always, and compiling takes longer than
/// matching a line.
private final class PatternCache: Sendable {
    /// Patterns beyond this number come from data; then all are forgotten.
    private static let patternsMax = 64

    private let patterns = Mutex<[String: Pattern]>([:])

    func pattern(_ text: String) throws(TemplateFunction.Failure) -> Pattern {
        if let known = patterns.withLock({ $0[text] }) { return known }
        let compiled: Pattern
        do {
            compiled = try Pattern(RegexpFields.withPythonNames(text))
        } catch {
            throw .init("regexp: Compile(`\(text)`): \(error.goText)")
        }
        patterns.withLock { known in
            if known.count >= PatternCache.patternsMax { known.removeAll() }
            known[text] = compiled
        }
        return compiled
    }
}

/// A replacement text with `$1`, `${1}`, `$name` and `$$`, as in Go's `Regexp.Expand`.
public struct RegexReplacement {
    private enum Part {
        case literal([UInt8])
        case group(Int)
    }

    private var parts: [Part] = []

    init(literal: [UInt8]) {
        parts = [.literal(literal)]
    }

    /// Creates a replacement.
    ///
    /// - Parameter names: the names of the groups in order.
    public init(_ template: String, names: [String?]) {
        let bytes = Array(template.utf8)
        var literal: [UInt8] = []
        var position = 0
        while position < bytes.count {
            guard bytes[position] == UInt8(ascii: "$"), position + 1 < bytes.count else {
                literal.append(bytes[position])
                position += 1
                continue
            }
            if bytes[position + 1] == UInt8(ascii: "$") {
                literal.append(UInt8(ascii: "$"))
                position += 2
                continue
            }
            guard let (name, end) = RegexReplacement.name(bytes, from: position + 1) else {
                literal.append(bytes[position])
                position += 1
                continue
            }
            parts.append(.literal(literal))
            literal = []
            position = end
            if let number = Int(name) {
                if number <= names.count { parts.append(.group(number)) }
            } else if let index = names.firstIndex(of: name) {
                parts.append(.group(index + 1))
            }
        }
        parts.append(.literal(literal))
    }

    /// `1`, `{1}`, `name` or `{name}` at `start`.
    private static func name(_ bytes: [UInt8], from start: Int) -> (String, Int)? {
        let isBraced = bytes[start] == UInt8(ascii: "{")
        let first = isBraced ? start + 1 : start
        var end = first
        while end < bytes.count {
            let byte = bytes[end]
            guard byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == UInt8(ascii: "_") else { break }
            end += 1
        }
        guard end > first else { return nil }
        let name = String(decoding: bytes[first..<end], as: UTF8.self)
        guard isBraced else { return (name, end) }
        return end < bytes.count && bytes[end] == UInt8(ascii: "}") ? (name, end + 1) : nil
    }

    /// Replaces every match.
    ///
    /// - Throws: when the result is longer than 4 MiB.
    public func apply(_ pattern: Pattern, to bytes: [UInt8]) throws(TemplateFunction.Failure) -> [UInt8] {
        var result: [UInt8] = []
        var start = 0
        for spans in RegexReplacement.matches(of: pattern, in: bytes) {
            guard let whole = spans[0] else { continue }
            result += bytes[start..<whole.lowerBound]
            for part in parts {
                switch part {
                case .literal(let literal): result += literal
                case .group(let group): if let span = spans[group] { result += bytes[span] }
                }
            }
            try TemplateFunctions.checkSize(result.count)
            start = whole.upperBound
        }
        return result + bytes[start...]
    }

    /// All matches, one behind the other; an empty one directly behind another match does not count.
    static func matches(of pattern: Pattern, in bytes: [UInt8]) -> [[Range<Int>?]] {
        var matches: [[Range<Int>?]] = []
        bytes.withUnsafeBytes { buffer in
            var start = 0
            var lastEnd = -1
            var spans = [Range<Int>?](repeating: nil, count: pattern.groupNames.count + 1)
            while start <= buffer.count {
                for index in spans.indices { spans[index] = nil }
                guard pattern.search(buffer, from: start, spans: &spans), let whole = spans[0] else { break }
                if !(whole.isEmpty && whole.lowerBound == lastEnd) { matches.append(spans) }
                lastEnd = whole.upperBound
                start = whole.isEmpty ? whole.upperBound + 1 : whole.upperBound
                while whole.isEmpty, start < buffer.count, buffer[start] & 0xc0 == 0x80 { start += 1 }
            }
        }
        return matches
    }
}
