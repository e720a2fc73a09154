/// Paths of `| json x="a.b[0][\"k k\"]"`.
enum JSONPath {
    /// Parses a path of fields `a.b`, indexes `[0]`, keys `["k k"]`, and `[]` for every element.
    static func parse(_ text: String) throws(StageError) -> [JSONFieldsStage.Step] {
        let bytes = Array(text.utf8)
        var steps: [JSONFieldsStage.Step] = []
        var at = 0
        while at < bytes.count {
            if bytes[at] == UInt8(ascii: "[") {
                steps.append(try bracket(bytes, &at))
                continue
            }
            if !steps.isEmpty {
                guard bytes[at] == UInt8(ascii: ".") else { throw unexpected(bytes, at) }
                at += 1
            }
            guard at < bytes.count else {
                throw StageError("syntax error: unexpected $end, expecting FIELD")
            }
            steps.append(.key(try field(bytes, &at)))
        }
        guard !steps.isEmpty else { throw StageError("syntax error: unexpected $end, expecting LSB or FIELD") }
        return steps
    }

    private static func field(_ bytes: [UInt8], _ at: inout Int) throws(StageError) -> [UInt8] {
        let start = at
        while at < bytes.count, isFieldByte(bytes[at], isFirst: at == start) { at += 1 }
        guard at > start else { throw unexpected(bytes, at) }
        return Array(bytes[start..<at])
    }

    private static func bracket(_ bytes: [UInt8], _ at: inout Int) throws(StageError) -> JSONFieldsStage.Step {
        at += 1
        let step: JSONFieldsStage.Step
        if at < bytes.count, bytes[at] == UInt8(ascii: "\"") {
            step = .key(try quotedKey(bytes, &at))
        } else {
            let start = at
            while at < bytes.count, bytes[at] &- 0x30 < 10 { at += 1 }
            if at == start, at < bytes.count, bytes[at] == UInt8(ascii: "]") {
                at += 1
                return .each
            }
            if at == start, at < bytes.count, isFieldByte(bytes[at], isFirst: true) {
                throw StageError("syntax error: unexpected FIELD, expecting STRING or INDEX")
            }
            guard let index = Int(String(decoding: bytes[start..<at], as: UTF8.self)) else {
                throw unexpected(bytes, at)
            }
            step = .index(index)
        }
        guard at < bytes.count, bytes[at] == UInt8(ascii: "]") else { throw unexpected(bytes, at) }
        at += 1
        return step
    }

    private static func quotedKey(_ bytes: [UInt8], _ at: inout Int) throws(StageError) -> [UInt8] {
        at += 1
        var key: [UInt8] = []
        while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
            if bytes[at] == UInt8(ascii: "\\"), at + 1 < bytes.count { at += 1 }
            key.append(bytes[at])
            at += 1
        }
        guard at < bytes.count else { throw unexpected(bytes, at) }
        at += 1
        return key
    }

    private static func isFieldByte(_ byte: UInt8, isFirst: Bool) -> Bool {
        let isLetter = (byte | 0x20) &- 0x61 < 26 || byte == UInt8(ascii: "_") || byte >= 0x80
        return isLetter || (!isFirst && byte &- 0x30 < 10)
    }

    private static func unexpected(_ bytes: [UInt8], _ at: Int) -> StageError {
        guard at < bytes.count else { return StageError("syntax error: unexpected $end") }
        return StageError("syntax error: unexpected '\(String(decoding: bytes[at...at], as: UTF8.self))'")
    }
}
