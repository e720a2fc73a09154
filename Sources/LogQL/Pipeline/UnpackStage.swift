import WeirBytes
import WeirModel

/// `| unpack`: opens a line that an agent packed, `{"_entry": "…", "container": "web"}`.
///
/// The text of `_entry` becomes the line and the other strings become labels. A line that is an object without
/// `_entry` stays as it is; one that is no object is marked with `JSONParserErr`.
final class UnpackStage: Sendable {
    private static let entryKey = Array("_entry".utf8)

    /// Opens the line; every entry goes on.
    func apply(to entry: inout PipelineEntry) -> Bool {
        let line = entry.line
        guard line.first == UInt8(ascii: "{") else {
            entry.fail(.json, details: "expecting json object(6), but it is not")
            return true
        }
        var packed: JSONScanner.Text?
        do {
            try UnpackStage.visitStrings(of: line) { key, value in
                if UnpackStage.isEntryKey(key, in: line) { packed = value }
            }
        } catch {
            let isTruncated = error.kind == .truncated
            let details = isTruncated ? "Value is string, but can't find closing '\"' symbol" : "Malformed JSON error"
            entry.fail(.json, details: details)
            return true
        }
        guard let packed else { return true }
        extractLabels(of: line, into: &entry)
        entry.line = UnpackStage.plain(packed, of: line, &entry.arena)
        return true
    }

    private func extractLabels(of line: UnsafeRawBufferPointer, into entry: inout PipelineEntry) {
        // The object was read to its end before, so this cannot fail.
        try? UnpackStage.visitStrings(of: line) { key, value in
            guard !key.range.isEmpty, !UnpackStage.isEntryKey(key, in: line) else { return }
            let name = entry.labels.intern(UnpackStage.plain(key, of: line, &entry.arena))
            entry.labels.extract(name, UnpackStage.plain(value, of: line, &entry.arena))
        }
    }

    /// Calls `visit` for the members of an object whose values are strings.
    private static func visitStrings(
        of line: UnsafeRawBufferPointer, _ visit: (JSONScanner.Text, JSONScanner.Text) -> Void
    ) throws(JSONError) {
        var scanner = JSONScanner(line)
        try scanner.expect(UInt8(ascii: "{"))
        if scanner.take(UInt8(ascii: "}")) { return }
        repeat {
            let key = try scanner.string()
            try scanner.expect(UInt8(ascii: ":"))
            if scanner.peek() == UInt8(ascii: "\"") {
                visit(key, try scanner.string())
            } else {
                try scanner.skipValue()
            }
        } while scanner.take(UInt8(ascii: ","))
        try scanner.expect(UInt8(ascii: "}"))
    }

    private static func isEntryKey(_ key: JSONScanner.Text, in line: UnsafeRawBufferPointer) -> Bool {
        key.range.count == entryKey.count && line[key.range].elementsEqual(entryKey)
    }

    /// The bytes that a string stands for: those of the line, or of the arena where escapes had to be replaced.
    private static func plain(
        _ text: JSONScanner.Text, of line: UnsafeRawBufferPointer, _ arena: inout ByteArena
    ) -> UnsafeRawBufferPointer {
        let raw = UnsafeRawBufferPointer(rebasing: line[text.range])
        guard text.hasEscape else { return raw }
        var plain: [UInt8] = []
        plain.reserveCapacity(text.range.count)
        // An invalid escape leaves the string as it was written.
        guard (try? JSONScanner(line).unescape(text, into: &plain)) != nil else { return raw }
        return plain.withUnsafeBytes { arena.copy($0) }
    }
}
