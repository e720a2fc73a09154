/// The positions file: text that Promtail can read as well, one line per file.
///
/// ```
/// positions:
///   "/var/log/app.log": "8412" # file 2049:131077 head 1024:9ae16a3b2f90404f
///   # detached "/var/log/app.log": "77120" # file 2049:131075 head 1024:0cc175b9c0f1b6a8
/// ```
///
/// What Promtail does not know stands in comments. Its own file, which has none, is read too. The format is described
/// in docs/formats/positions.md.
package enum PositionsText {
    /// Writes records in the order of their paths.
    package static func encode(_ records: [PositionRecord], spool: SpoolProgress = SpoolProgress()) -> [UInt8] {
        var text =
            "# Offsets of delivered bytes, written by weir. Lines are removed by themselves; edit only while it is stopped.\n"
        if spool != SpoolProgress() { text += "# spool applied \(spool.applied) delivered \(spool.delivered)\n" }
        text += "positions:\n"
        let sorted = records.sorted { left, right in
            left.path != right.path ? left.path < right.path : left.offset < right.offset
        }
        for record in sorted {
            text += record.isDetached ? "  # detached " : "  "
            text += "\(quote(record.path)): \"\(record.offset)\""
            if let identity = record.identity {
                text += " # file \(identity.device):\(identity.inode)"
                text += " head \(record.head.length):\(String(record.head.hash, radix: 16))"
            }
            text += "\n"
        }
        return Array(text.utf8)
    }

    /// Reads records; entries of Promtail that are no files (`journal-`, `cursor-`) are left out.
    ///
    /// - Throws: ``PositionsError`` with the number of the first line that is not understood.
    package static func decode(_ bytes: [UInt8]) throws(PositionsError) -> [PositionRecord] {
        var records: [PositionRecord] = []
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            var text = Substring(String(decoding: line, as: UTF8.self))
            while text.last == "\r" || text.last == " " { text.removeLast() }
            let content = text.drop { $0 == " " }
            if content.isEmpty || content == "positions:" || content == "positions: {}" { continue }
            var rest = content
            var isDetached = false
            if content.hasPrefix("#") {
                guard content.hasPrefix("# detached ") else { continue }
                isDetached = true
                rest = content.dropFirst("# detached ".count)
            }
            guard let record = record(rest, isDetached: isDetached) else {
                throw PositionsError(line: index + 1, text: String(content.prefix(120)))
            }
            if record.path.hasPrefix("journal-") || record.path.hasPrefix("cursor-") { continue }
            records.append(record)
        }
        return records
    }

    /// Reads what the file says about the spool; nothing when it says nothing.
    package static func spoolProgress(_ bytes: [UInt8]) -> SpoolProgress {
        var progress = SpoolProgress()
        for line in bytes.split(separator: UInt8(ascii: "\n")) where line.starts(with: "# spool ".utf8) {
            let words = String(decoding: line, as: UTF8.self).split(separator: " ")
            guard words.count == 6, words[2] == "applied", words[4] == "delivered", let applied = UInt64(words[3]),
                let delivered = UInt64(words[5])
            else { continue }
            (progress.applied, progress.delivered) = (applied, delivered)
        }
        return progress
    }

    private static func record(_ line: Substring, isDetached: Bool) -> PositionRecord? {
        var rest = line
        guard let path = scalar(&rest, endsAtColon: true), rest.first == ":" else { return nil }
        rest = rest.dropFirst().drop { $0 == " " }
        guard let value = scalar(&rest, endsAtColon: false) else { return nil }
        // Promtail keeps other things than offsets under keys that are no paths.
        guard let offset = Int(value), offset >= 0 else {
            return path.hasPrefix("journal-") ? PositionRecord(path: path, identity: nil, offset: 0) : nil
        }
        var record = PositionRecord(path: path, identity: nil, offset: offset, isDetached: isDetached)
        let words = rest.split(separator: " ")
        if words.count == 5, words[0] == "#", words[1] == "file", words[3] == "head" {
            let file = words[2].split(separator: ":")
            let head = words[4].split(separator: ":")
            guard file.count == 2, head.count == 2, let device = UInt64(file[0]), let inode = UInt64(file[1]),
                let length = Int(head[0]), (0...HeadFingerprint.bytesMax).contains(length),
                let hash = UInt64(head[1], radix: 16)
            else { return nil }
            record.identity = FileIdentity(device: device, inode: inode)
            record.head = HeadFingerprint(length: length, hash: hash)
        }
        return record
    }

    /// Reads a plain, single-quoted or double-quoted scalar of YAML and leaves `rest` behind it.
    private static func scalar(_ rest: inout Substring, endsAtColon: Bool) -> String? {
        guard let first = rest.first else { return nil }
        if first == "\"" { return doubleQuoted(&rest) }
        if first == "'" {
            var value = ""
            rest = rest.dropFirst()
            while let close = rest.firstIndex(of: "'") {
                value += rest[..<close]
                rest = rest[close...].dropFirst()
                guard rest.first == "'" else { return value }
                value += "'"
                rest = rest.dropFirst()
            }
            return nil
        }
        var end = rest.endIndex
        for index in rest.indices {
            let next = rest.index(after: index)
            let isEnd = next == rest.endIndex || rest[next] == " "
            if endsAtColon ? rest[index] == ":" && isEnd : rest[index] == " " {
                end = index
                break
            }
        }
        defer { rest = rest[end...] }
        return String(rest[..<end])
    }

    private static func doubleQuoted(_ rest: inout Substring) -> String? {
        var value = ""
        rest = rest.dropFirst()
        while let character = rest.popFirst() {
            if character == "\"" { return value }
            guard character == "\\" else {
                value.append(character)
                continue
            }
            switch rest.popFirst() {
            case "n": value += "\n"
            case "t": value += "\t"
            case "x":
                guard let code = UInt8(rest.prefix(2), radix: 16) else { return nil }
                value.unicodeScalars.append(UnicodeScalar(code))
                rest = rest.dropFirst(2)
            case let escaped?: value.append(escaped)
            case nil: return nil
            }
        }
        return nil
    }

    private static func quote(_ path: String) -> String {
        var quoted = "\""
        for scalar in path.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                quoted += scalar.value < 0x10 ? "\\x0" : "\\x"
                quoted += String(scalar.value, radix: 16)
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

/// Why a positions file cannot be read.
public struct PositionsError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The line, from 1.
    public let line: Int
    /// What stands there.
    public let text: String

    /// Creates an error.
    public init(line: Int, text: String) {
        self.line = line
        self.text = text
    }

    /// `line 3 is no position: …`
    public var description: String { "line \(line) is no position: \(text)" }
}
