/// Puts values of the environment into a file's text, as `-config.expand-env=true` does in Loki and Promtail.
///
/// `${NAME}` becomes the variable, or nothing when it is not set; `${NAME:-text}` becomes `text` when it is empty or not
/// set, and `text` may hold further variables. `$NAME` and `$1` stay. Two backslashes become one, as they do there, so
/// that files written for them mean the same here.
public enum EnvironmentExpansion {
    /// The text with the variables put in.
    public static func expand(_ text: String, _ environment: [String: String]) -> String {
        var result = ""
        var rest = Substring(text)
        while let special = rest.firstIndex(where: { $0 == "$" || $0 == "\\" }) {
            result += rest[..<special]
            rest = rest[special...]
            if rest.hasPrefix("\\\\") {
                result += "\\"
                rest = rest.dropFirst(2)
            } else if rest.hasPrefix("${"), let end = closingBrace(rest.dropFirst(2)) {
                let inside = rest[rest.index(rest.startIndex, offsetBy: 2)..<end]
                result += value(inside, environment)
                rest = rest[rest.index(after: end)...]
            } else {
                result.append(rest.removeFirst())
            }
        }
        return result + rest
    }

    private static func closingBrace(_ text: Substring) -> String.Index? {
        var depth = 0
        for index in text.indices {
            if text[index] == "}" {
                if depth == 0 { return index }
                depth -= 1
            } else if text[index...].hasPrefix("${") {
                depth += 1
            }
        }
        return nil
    }

    private static func value(_ inside: Substring, _ environment: [String: String]) -> String {
        let name = inside.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        let found = environment[String(name)] ?? ""
        let rest = inside[name.endIndex...]
        guard found.isEmpty, rest.hasPrefix(":-") || rest.hasPrefix(":=") else { return found }
        return expand(String(rest.dropFirst(2)), environment)
    }
}
