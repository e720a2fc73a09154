import WeirModel
import WeirRegex

/// `label_replace(v, "dst", "$1", "src", "regex")`: sets a label from parts of another.
struct LabelReplacement {
    private let syntax: LabelReplaceSyntax
    private let pattern: Pattern

    init(_ syntax: LabelReplaceSyntax) throws(QueryError) {
        self.syntax = syntax
        do {
            pattern = try Pattern("^(?s:\(syntax.pattern))$")
        } catch {
            throw .syntax(SyntaxError("invalid regex in label_replace: \(error.goText)"))
        }
    }

    /// The labels after the replacement; unchanged where the pattern does not match.
    func apply(to labels: LabelSet) -> LabelSet {
        var value = labels[syntax.source] ?? ""
        var spans = [Range<Int>?](repeating: nil, count: pattern.groupNames.count + 1)
        let groups: [String?]? = value.withUTF8 { utf8 in
            guard pattern.search(UnsafeRawBufferPointer(utf8), spans: &spans) else { return nil }
            return spans.map { span in span.map { String(decoding: utf8[$0], as: UTF8.self) } }
        }
        guard let groups else { return labels }
        let replaced = expand(groups)
        var result = labels
        result[syntax.destination] = replaced.isEmpty ? nil : replaced
        return result
    }

    /// Fills `$1`, `${1}` and `${name}`; `$$` is a dollar sign, and a group that does not exist is empty.
    private func expand(_ groups: [String?]) -> String {
        var result = ""
        var rest = Substring(syntax.replacement)
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            if rest.first == "$" {
                result += "$"
                rest = rest.dropFirst()
                continue
            }
            guard let name = takeName(&rest) else {
                result += "$"
                continue
            }
            if let number = Int(name) {
                result += number < groups.count ? groups[number] ?? "" : ""
            } else if let index = pattern.groupNames.firstIndex(of: String(name)) {
                result += groups[index + 1] ?? ""
            }
        }
        return result + rest
    }

    private func takeName(_ rest: inout Substring) -> Substring? {
        let isBraced = rest.first == "{"
        let body = isBraced ? rest.dropFirst() : rest
        let name = body.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "_" }
        guard !name.isEmpty else { return nil }
        let after = body[name.endIndex...]
        if isBraced {
            guard after.first == "}" else { return nil }
            rest = after.dropFirst()
        } else {
            rest = after
        }
        return name
    }
}
