import WeirModel
import WeirRegex

/// A pattern whose named groups are labels: what the `regexp` stage extracts with.
struct RegexpFields {
    /// Why a text cannot be used, in Loki's words.
    struct ParseError: Error {
        let message: String
    }

    /// The compiled pattern.
    let pattern: Pattern
    /// The labels with the number of their group; 1 is the first.
    let fields: [(name: String, group: Int)]

    /// Compiles `text` and checks its groups.
    init(_ text: String) throws(ParseError) {
        let pattern: Pattern
        do {
            pattern = try Pattern(RegexpFields.withPythonNames(text))
        } catch {
            throw ParseError(message: error.goText)
        }
        var fields: [(name: String, group: Int)] = []
        for (index, name) in pattern.groupNames.enumerated() {
            guard let name else { continue }
            guard Label.isValidName(name) else {
                throw ParseError(message: "invalid extracted label name '\(name)'")
            }
            guard !fields.contains(where: { $0.name == name }) else {
                throw ParseError(message: "duplicate extracted label name '\(name)'")
            }
            fields.append((name, index + 1))
        }
        guard !fields.isEmpty else { throw ParseError(message: "at least one named capture must be supplied") }
        self.pattern = pattern
        self.fields = fields
    }

    /// Writes `(?<name>` as `(?P<name>`, the only form that older RE2 libraries know.
    static func withPythonNames(_ text: String) -> String {
        guard text.contains("(?<") else { return text }
        var result: [UInt8] = []
        let bytes = Array(text.utf8)
        var isInClass = false
        var position = 0
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\\"), position + 1 < bytes.count {
                result += bytes[position...(position + 1)]
                position += 2
                continue
            }
            if byte == UInt8(ascii: "[") { isInClass = true }
            if byte == UInt8(ascii: "]") { isInClass = false }
            result.append(byte)
            position += 1
            let rest = bytes[position...]
            let isName =
                rest.starts(with: "?<".utf8) && !rest.starts(with: "?<=".utf8) && !rest.starts(with: "?<!".utf8)
            if byte == UInt8(ascii: "("), !isInClass, isName {
                result += "?P".utf8
                position += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Checks the text of a `regexp` stage.
    static func check(_ text: String) throws(SyntaxError) {
        do {
            _ = try RegexpFields(text)
        } catch {
            throw SyntaxError("invalid regexp parser: \(error.message)")
        }
    }
}
