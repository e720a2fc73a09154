internal import WeirBytes
internal import WeirModel

/// Label sets as a column holds them: a JSON object in order of names, so that equal sets are equal texts.
enum LabelText {
    static func encode(_ labels: LabelSet) -> String { String(decoding: JSONTree(labels).bytes, as: UTF8.self) }

    static func decode(_ text: String) -> LabelSet? {
        Array(text.utf8).withUnsafeBytes { bytes in
            var scanner = JSONScanner(bytes)
            var labels: [Label] = []
            do {
                try scanner.expect(UInt8(ascii: "{"))
                if scanner.take(UInt8(ascii: "}")) { return .empty }
                repeat {
                    let name = try scanner.decoded(try scanner.string())
                    try scanner.expect(UInt8(ascii: ":"))
                    labels.append(Label(name, try scanner.decoded(try scanner.string())))
                } while scanner.take(UInt8(ascii: ","))
                try scanner.expect(UInt8(ascii: "}"))
            } catch { return nil }
            return LabelSet(labels)
        }
    }
}

/// Matchers as a column holds them: a JSON list of texts, three for each matcher.
enum MatcherListText {
    static func encode(_ matchers: [Matcher]) -> String {
        let parts = matchers.flatMap { [$0.name, $0.comparison.rawValue, $0.value] }
        return String(decoding: JSONTree.list(parts.map { .string($0) }).bytes, as: UTF8.self)
    }

    static func decode(_ text: String) -> [Matcher]? {
        guard let parts = strings(text), parts.count % 3 == 0 else { return nil }
        var matchers: [Matcher] = []
        for start in stride(from: 0, to: parts.count, by: 3) {
            guard let comparison = Matcher.Comparison(rawValue: parts[start + 1]),
                let matcher = try? Matcher(parts[start], comparison, parts[start + 2])
            else { return nil }
            matchers.append(matcher)
        }
        return matchers
    }

    private static func strings(_ text: String) -> [String]? {
        Array(text.utf8).withUnsafeBytes { bytes in
            var scanner = JSONScanner(bytes)
            var parts: [String] = []
            do {
                try scanner.expect(UInt8(ascii: "["))
                if scanner.take(UInt8(ascii: "]")) { return [] }
                repeat {
                    parts.append(try scanner.decoded(try scanner.string()))
                } while scanner.take(
                    UInt8(ascii: ","))
                try scanner.expect(UInt8(ascii: "]"))
            } catch { return nil }
            return parts
        }
    }
}

/// Fingerprints as a column holds them: hexadecimal, sorted, with blanks between.
enum FingerprintList {
    static func encode(_ fingerprints: Set<UInt64>) -> String {
        fingerprints.sorted().map { String($0, radix: 16) }.joined(separator: " ")
    }

    static func decode(_ text: String) -> Set<UInt64> {
        Set(text.split(separator: " ").compactMap { UInt64($0, radix: 16) })
    }
}
