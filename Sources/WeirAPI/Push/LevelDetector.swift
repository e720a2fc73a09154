internal import WeirBytes

/// Levels that a line may be found to have. The raw value is the position in ``DetectedLevel/names``.
enum DetectedLevel: UInt8, CaseIterable {
    case unknown, trace, debug, info, warn, error, critical, fatal

    /// The value of `detected_level`.
    var name: StaticString {
        switch self {
        case .unknown: "unknown"
        case .trace: "trace"
        case .debug: "debug"
        case .info: "info"
        case .warn: "warn"
        case .error: "error"
        case .critical: "critical"
        case .fatal: "fatal"
        }
    }

    /// The level that a value of a level field means, whatever its case; nil when it is none of the known words.
    init?(folding value: UnsafeRawBufferPointer) {
        guard value.count >= 3, value.count <= 11 else { return nil }
        switch value[0] | 0x20 {
        case UInt8(ascii: "t") where value.folds(to: "trace") || value.folds(to: "trc"): self = .trace
        case UInt8(ascii: "d") where value.folds(to: "debug") || value.folds(to: "dbg"): self = .debug
        case UInt8(ascii: "i")
        where value.folds(to: "info") || value.folds(to: "inf") || value.folds(to: "information"):
            self = .info
        case UInt8(ascii: "w") where value.folds(to: "warn") || value.folds(to: "warning") || value.folds(to: "wrn"):
            self = .warn
        case UInt8(ascii: "e") where value.folds(to: "error") || value.folds(to: "err"): self = .error
        case UInt8(ascii: "c") where value.folds(to: "critical"): self = .critical
        case UInt8(ascii: "f") where value.folds(to: "fatal"): self = .fatal
        default: return nil
        }
    }

    /// The level of an OpenTelemetry severity number as text; a text that is no number counts as info, as in Loki.
    init(severityNumber text: UnsafeRawBufferPointer) {
        guard let number = Int(String(decoding: text, as: UTF8.self)) else {
            self = .info
            return
        }
        switch number {
        case 1...4: self = .trace
        case 5...8: self = .debug
        case 9...12: self = .info
        case 13...16: self = .warn
        case 17...20: self = .error
        case 21...24: self = .fatal
        default: self = .unknown
        }
    }
}

/// Finds the level of a line from its own text: a JSON or logfmt field, else the first level word.
enum LevelDetector {
    /// The labels, metadata and JSON fields that hold a level, in order of preference.
    static let fieldNames: [StaticString] = [
        "level", "LEVEL", "Level", "log.level", "severity", "SEVERITY", "Severity", "SeverityText", "lvl", "LVL", "Lvl",
        "severity_text", "Severity_Text", "SEVERITY_TEXT",
    ]

    /// The level of a line.
    static func level(of line: UnsafeRawBufferPointer) -> DetectedLevel {
        let text = line.trimmed
        if text.first == UInt8(ascii: "{"), text.last == UInt8(ascii: "}") {
            if let level = levelField(ofJSON: text) { return level }
        } else if let level = levelField(ofLogfmt: line) {
            return level
        }
        return firstWord(in: line)
    }

    /// The first text member with a level's name, in the object or an object directly inside it.
    private static func levelField(ofJSON text: UnsafeRawBufferPointer) -> DetectedLevel? {
        var scanner = JSONScanner(text)
        var found: JSONScanner.Text?
        // A line that is broken further on still has the fields before the break.
        try? search(&scanner, depth: 2, &found)
        guard let found else { return nil }
        return DetectedLevel(folding: UnsafeRawBufferPointer(rebasing: text[found.range]))
    }

    private static func search(
        _ scanner: inout JSONScanner, depth: Int, _ found: inout JSONScanner.Text?
    ) throws(JSONError) {
        try scanner.expect(UInt8(ascii: "{"))
        if scanner.take(UInt8(ascii: "}")) { return }
        repeat {
            let key = try scanner.string()
            try scanner.expect(UInt8(ascii: ":"))
            switch scanner.peek() {
            case UInt8(ascii: "\""):
                let value = try scanner.string()
                if isFieldName(UnsafeRawBufferPointer(rebasing: scanner.bytes[key.range])) {
                    found = value
                    return
                }
            case UInt8(ascii: "{") where depth > 1:
                try search(&scanner, depth: depth - 1, &found)
                if found != nil { return }
            default:
                try scanner.skipValue()
            }
        } while scanner.take(UInt8(ascii: ","))
        try scanner.expect(UInt8(ascii: "}"))
    }

    private static func isFieldName(_ key: UnsafeRawBufferPointer) -> Bool {
        guard key.count >= 3, key.count <= 13, "lLsS".utf8.contains(key[0]) else { return false }
        return fieldNames.contains { key.equals($0) }
    }

    /// The value of the level field that stands first in the list of names, whatever its case.
    ///
    /// Hops from one `=` to the next and looks back at the key: most keys are told from a level's by their last letter.
    private static func levelField(ofLogfmt line: UnsafeRawBufferPointer) -> DetectedLevel? {
        var best: (rank: Int, value: Range<Int>)?
        var position = 0
        while let equals = ByteSearch.first(UInt8(ascii: "="), in: line, from: position) {
            let value = logfmtValue(line, from: equals + 1)
            let rank = logfmtRank(line, upTo: equals, from: position)
            if rank < best?.rank ?? Int.max {
                best = (rank, value)
                if rank == 0 { break }
            }
            // A quoted value is passed over: what looks like a pair in it is none.
            let isQuoted = value.lowerBound > equals + 1
            position = isQuoted ? min(value.upperBound + 1, line.count) : equals + 1
        }
        guard let best else { return nil }
        return DetectedLevel(folding: UnsafeRawBufferPointer(rebasing: line[best.value]))
    }

    private static func logfmtValue(_ line: UnsafeRawBufferPointer, from start: Int) -> Range<Int> {
        guard start < line.count, line[start] == UInt8(ascii: "\"") else {
            var end = start
            // The longest level is `information`; what is longer is no level wherever it ends.
            while end < line.count, line[end] > 0x20, end - start < 12 { end += 1 }
            return start..<end
        }
        var position = start + 1
        while let quote = ByteSearch.first(UInt8(ascii: "\""), in: line, from: position) {
            guard line[quote - 1] == UInt8(ascii: "\\"), isEscaped(quote, in: line, from: start + 1) else {
                return start + 1..<quote
            }
            position = quote + 1
        }
        return start + 1..<line.count
    }

    /// Whether an odd number of backslashes stands before `position`.
    private static func isEscaped(_ position: Int, in line: UnsafeRawBufferPointer, from start: Int) -> Bool {
        var first = position
        while first > start, line[first - 1] == UInt8(ascii: "\\") { first -= 1 }
        return (position - first) % 2 == 1
    }

    /// The place in the list of names, without regard to case, of the key that ends at `end`; the largest number when
    /// it is none of them. The key begins behind white space, or at `start`.
    @inline(__always)
    private static func logfmtRank(_ line: UnsafeRawBufferPointer, upTo end: Int, from start: Int) -> Int {
        guard end - start >= 3 else { return .max }
        switch line[end - 1] | 0x20 {
        case UInt8(ascii: "l"), UInt8(ascii: "y"), UInt8(ascii: "t"): break
        default: return .max
        }
        var first = end
        while first > start, line[first - 1] > 0x20, end - first <= 13 { first -= 1 }
        // What stands behind another `=` is part of a value.
        if first > 0, line[first - 1] == UInt8(ascii: "=") { return .max }
        let key = UnsafeRawBufferPointer(rebasing: line[first..<end])
        if key.folds(to: "level") { return 0 }
        if key.folds(to: "log.level") { return 1 }
        if key.folds(to: "severity") { return 2 }
        if key.folds(to: "severitytext") { return 3 }
        if key.folds(to: "lvl") { return 4 }
        return key.folds(to: "severity_text") ? 5 : .max
    }

    /// The level of the first level word that stands by itself.
    private static func firstWord(in line: UnsafeRawBufferPointer) -> DetectedLevel {
        var position = 0
        while let start = LevelWordSearch.next(in: line, from: position) {
            position = start + 1
            guard start == 0 || isBoundary(line[start - 1], isBefore: true) else { continue }
            guard let (level, length) = LevelWords.word(in: line, at: start) else { continue }
            let end = start + length
            if end == line.count || isBoundary(line[end], isBefore: false) { return level }
        }
        return .unknown
    }

    /// Whether a byte beside a level word leaves it a word. `status:error` and `debug-word` are not about the level,
    /// `error: …` is.
    @inline(__always)
    private static func isBoundary(_ byte: UInt8, isBefore: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), 0x80...:
            false
        case UInt8(ascii: ":"): !isBefore
        default: true
        }
    }
}
