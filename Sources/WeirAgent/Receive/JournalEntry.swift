internal import WeirBytes
public import WeirModel

/// One entry of the journal as `journalctl --output=json` writes it.
public struct JournalEntry: Sendable, Hashable {
    /// Where the next run goes on.
    public private(set) var cursor = ""
    /// When it was received, nanoseconds since 1970 UTC.
    public private(set) var timestamp: Int64?
    /// The message; nil where the entry has none.
    public private(set) var message: [UInt8]?
    /// The labels for relabelling, `__journal_*`.
    public private(set) var metaLabels: [Label] = []

    /// Reads one line; nil when it is no entry.
    public init?(_ json: [UInt8]) {
        let isSound = json.withUnsafeBytes { bytes in
            var scanner = JSONScanner(bytes)
            do throws(JSONError) {
                try read(&scanner)
                return true
            } catch {
                return false
            }
        }
        guard isSound, !cursor.isEmpty else { return nil }
    }

    private mutating func read(_ scanner: inout JSONScanner) throws(JSONError) {
        try scanner.expect(UInt8(ascii: "{"))
        guard !scanner.take(UInt8(ascii: "}")) else { return }
        repeat {
            let name = try scanner.decoded(try scanner.string())
            try scanner.expect(UInt8(ascii: ":"))
            guard let value = try JournalEntry.value(&scanner) else { continue }
            switch name {
            case "__CURSOR": cursor = String(decoding: value, as: UTF8.self)
            case "__REALTIME_TIMESTAMP":
                timestamp = Int64(String(decoding: value, as: UTF8.self)).flatMap { $0.multipliedIfFits(by: 1_000) }
            case "MESSAGE": message = value
            default: add(name, String(decoding: value, as: UTF8.self))
            }
        } while scanner.take(UInt8(ascii: ","))
        try scanner.expect(UInt8(ascii: "}"))
    }

    private mutating func add(_ name: String, _ value: String) {
        guard !value.isEmpty, !name.hasPrefix("__") else { return }
        metaLabels.append(Label("__journal_" + name.lowercased(), value))
        if name == "PRIORITY", let level = Int(value), JournalEntry.priorities.indices.contains(level) {
            metaLabels.append(Label("__journal_priority_keyword", JournalEntry.priorities[level]))
        }
    }

    /// A text, or bytes that are no text as a list of numbers; of a field with several values the first. Nil for null.
    private static func value(_ scanner: inout JSONScanner) throws(JSONError) -> [UInt8]? {
        scanner.skipSpace()
        guard scanner.peek() == UInt8(ascii: "[") else { return try scalar(&scanner) }
        try scanner.expect(UInt8(ascii: "["))
        if scanner.take(UInt8(ascii: "]")) { return [] }
        var bytes: [UInt8] = []
        var first: [UInt8]?
        repeat {
            scanner.skipSpace()
            if let byte = scanner.peek(), byte >= 0x30, byte <= 0x39 {
                let range = try scanner.number()
                if let value = UInt8(String(decoding: scanner.bytes[range], as: UTF8.self)) { bytes.append(value) }
            } else if let value = try scalar(&scanner), first == nil {
                first = value
            }
        } while scanner.take(UInt8(ascii: ","))
        try scanner.expect(UInt8(ascii: "]"))
        return first ?? bytes
    }

    private static func scalar(_ scanner: inout JSONScanner) throws(JSONError) -> [UInt8]? {
        guard scanner.peek() == UInt8(ascii: "\"") else {
            let range = try scanner.skipValue()
            let text = Array(scanner.bytes[range])
            return text == Array("null".utf8) ? nil : text
        }
        var text: [UInt8] = []
        try scanner.unescape(try scanner.string(), into: &text)
        return text
    }

    private static let priorities = ["emerg", "alert", "crit", "error", "warning", "notice", "info", "debug"]
}

extension Int64 {
    fileprivate func multipliedIfFits(by factor: Int64) -> Int64? {
        let (product, overflows) = multipliedReportingOverflow(by: factor)
        return overflows ? nil : product
    }
}
