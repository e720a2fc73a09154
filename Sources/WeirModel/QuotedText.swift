/// Text in double quotes, escaped as Go's `strconv.Quote` does: the form of label values in selectors and messages.
public enum QuotedText {
    /// Returns `text` in quotes; printable characters stay, others become `\n`, `\x7f` or `\u200d`.
    public static func quote(_ text: String) -> String {
        // Nearly all label values: nothing to escape, no look at Unicode's tables.
        if text.utf8.allSatisfy({ 0x20...0x7e ~= $0 && $0 != 0x22 && $0 != 0x5c }) { return "\"\(text)\"" }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\u{07}": quoted += "\\a"
            case "\u{08}": quoted += "\\b"
            case "\u{0c}": quoted += "\\f"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case "\u{0b}": quoted += "\\v"
            case _ where isPrintable(scalar): quoted.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x80: quoted += "\\x" + hexadecimal(scalar.value, digits: 2)
            case _ where scalar.value < 0x1_0000: quoted += "\\u" + hexadecimal(scalar.value, digits: 4)
            default: quoted += "\\U" + hexadecimal(scalar.value, digits: 8)
            }
        }
        return quoted + "\""
    }

    /// Go's rule: letters, marks, numbers, punctuation, symbols and the ASCII space.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        if scalar == " " { return true }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator:
            return false
        default: return true
        }
    }

    private static func hexadecimal(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
